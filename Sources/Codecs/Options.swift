import Raster

extension WebP {
  /// Encoder settings, under libwebp's own names and ranges (`webp/encode.h`, `WebPConfig`).
  ///
  /// Costs are those of a photograph of 1024x1024, against the defaults.
  public struct Options: Hashable, Sendable, Codable {
    /// 0 (smallest) to 100; for lossless, the effort.
    public var quality: Int
    /// 0 (fastest) to 6 (slowest, smallest): 0, 2 and 6 take 0.3, 0.5 and 2.9 times the time of 4; 2 makes 3% more
    /// bytes than 4.
    public var method: Int
    public var lossless: Bool
    /// 0 (most preprocessing) to 100 (off); `nil` leaves lossless exact. Implies lossless.
    public var nearLossless: Int?
    /// A conversion from RGB to YUV that keeps thin lines of strong colour.
    public var sharpYUV: Bool
    /// 0 to 100; 100 keeps alpha lossless.
    public var alphaQuality: Int
    /// Bytes that the file may have: the best quality up to `quality` is sought that makes no more. Not for lossless.
    ///
    /// What it costs: nothing when `quality` fits, else three to six times the time. libwebp's own search
    /// (`target_size`) takes as long, and misses by up to a tenth in either direction.
    public var targetBytes: Int?

    public init(
      quality: Int = 80, method: Int = 4, lossless: Bool = false, nearLossless: Int? = nil, sharpYUV: Bool = false,
      alphaQuality: Int = 100, targetBytes: Int? = nil
    ) {
      self.quality = quality
      self.method = method
      self.lossless = lossless
      self.nearLossless = nearLossless
      self.sharpYUV = sharpYUV
      self.alphaQuality = alphaQuality
      self.targetBytes = targetBytes
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
      /// `full` from quality 90 on, else `quarter`: whoever asks for such a quality wants no smeared edges of colour.
      case automatic = "auto"
    }

    /// 1 (smallest) to 100.
    public var quality: Int
    public var subsampling: Subsampling
    /// Scans from coarse to fine: 5.5 times the time for 4% fewer bytes. Implies `optimize`.
    public var progressive: Bool
    /// Huffman tables made for this picture: 2.3 times the time for half a percent fewer bytes.
    public var optimize: Bool
    /// Rows of blocks from one restart marker to the next, 1 to 65535 (libjpeg's `restart_in_rows`); `nil` for none. A
    /// decoder loses no more than those rows to a damaged byte, and can decode them side by side. A few bytes each.
    public var restartRows: Int?
    /// Bytes that the file may have: the best quality up to `quality` is sought that makes no more.
    ///
    /// What it costs: nothing when `quality` fits, else three to six times the time.
    public var targetBytes: Int?

    public init(
      quality: Int = 85, subsampling: Subsampling = .quarter, progressive: Bool = false, optimize: Bool = false,
      restartRows: Int? = nil, targetBytes: Int? = nil
    ) {
      self.quality = quality
      self.subsampling = subsampling
      self.progressive = progressive
      self.optimize = optimize
      self.restartRows = restartRows
      self.targetBytes = targetBytes
    }
  }
}

extension PNG {
  /// Encoder settings.
  public struct Options: Hashable, Sendable, Codable {
    /// libdeflate's levels: 0 (stored) to 12 (slowest, smallest). For a photograph 1 takes half the time of 6, 9 twice
    /// and 12 twenty times; 12 makes 3% fewer bytes, of a drawing up to a tenth.
    public var compression: Int
    /// Bits of a sample that are stored, which the picture must have; `nil` for as few as hold it exactly.
    public var depth: Layout.Depth?

    public init(compression: Int = 6, depth: Layout.Depth? = nil) {
      self.compression = compression
      self.depth = depth
    }
  }
}
