extension WebP {
  /// Encoder settings, under libwebp's own names and ranges (`webp/encode.h`, `WebPConfig`).
  public struct Options: Hashable, Sendable, Codable {
    /// 0 (smallest) to 100; for lossless, the effort.
    public var quality: Int
    /// 0 (fastest) to 6 (slowest, smallest).
    public var method: Int
    public var lossless: Bool
    /// 0 (most preprocessing) to 100 (off); `nil` leaves lossless exact. Implies lossless.
    public var nearLossless: Int?
    /// Slower, sharper conversion from RGB to YUV.
    public var sharpYUV: Bool
    /// 0 to 100; 100 keeps alpha lossless.
    public var alphaQuality: Int

    public init(
      quality: Int = 80, method: Int = 4, lossless: Bool = false, nearLossless: Int? = nil, sharpYUV: Bool = false,
      alphaQuality: Int = 100
    ) {
      self.quality = quality
      self.method = method
      self.lossless = lossless
      self.nearLossless = nearLossless
      self.sharpYUV = sharpYUV
      self.alphaQuality = alphaQuality
    }
  }
}

extension JPEG {
  /// Encoder settings, under libjpeg's own names.
  public struct Options: Hashable, Sendable, Codable {
    /// Horizontal and vertical sampling of the colour channels.
    public enum Subsampling: String, Hashable, Sendable, Codable, CaseIterable {
      case full = "4:4:4"
      case half = "4:2:2"
      case quarter = "4:2:0"
    }

    /// 1 (smallest) to 100.
    public var quality: Int
    public var subsampling: Subsampling
    public var progressive: Bool
    /// Huffman tables made for this picture: 2.3 times the time for half a percent fewer bytes.
    public var optimize: Bool

    public init(
      quality: Int = 85, subsampling: Subsampling = .quarter, progressive: Bool = false, optimize: Bool = false
    ) {
      self.quality = quality
      self.subsampling = subsampling
      self.progressive = progressive
      self.optimize = optimize
    }
  }
}

extension PNG {
  /// Encoder settings.
  public struct Options: Hashable, Sendable, Codable {
    /// 0 (stored) to 12 (slowest, smallest).
    public var compression: Int

    public init(compression: Int = 6) {
      self.compression = compression
    }
  }
}
