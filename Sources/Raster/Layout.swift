/// How the samples of a pixel lie in memory: interleaved, straight alpha last, rows from the top without padding.
public struct Layout: Hashable, Sendable, Codable {
  public enum Channels: String, Sendable, Codable, CaseIterable {
    case gray
    case grayAlpha
    case rgb
    case rgba
    /// Ink, 255 for all of it: what some JPEGs hold, on its way to becoming RGB. Nothing else is done with it, but turning.
    case cmyk

    /// What outputs have.
    public static let allCases: [Channels] = [.gray, .grayAlpha, .rgb, .rgba]

    public var count: Int {
      switch self {
      case .gray: 1
      case .grayAlpha: 2
      case .rgb: 3
      case .rgba, .cmyk: 4
      }
    }

    public var hasAlpha: Bool {
      switch self {
      case .grayAlpha, .rgba: true
      case .gray, .rgb, .cmyk: false
      }
    }
  }

  /// Bits of a sample. Sixteen-bit samples are in the machine's byte order.
  public enum Depth: Int, Sendable, Codable, CaseIterable {
    case eight = 8
    case sixteen = 16

    public var bytes: Int { rawValue / 8 }
  }

  public let channels: Channels
  public let depth: Depth

  public init(_ channels: Channels, _ depth: Depth = .eight) {
    self.channels = channels
    self.depth = depth
  }

  public var bytesPerPixel: Int { channels.count * depth.bytes }
  public var hasAlpha: Bool { channels.hasAlpha }

  public static let gray8 = Layout(.gray)
  public static let grayAlpha8 = Layout(.grayAlpha)
  public static let rgb8 = Layout(.rgb)
  public static let rgba8 = Layout(.rgba)
  public static let cmyk8 = Layout(.cmyk)
}

extension Layout {
  /// `RGBA of 16 bits`, for people.
  public var words: String {
    let channels =
      switch channels {
      case .gray: "gray"
      case .grayAlpha: "gray with alpha"
      case .rgb: "RGB"
      case .rgba: "RGBA"
      case .cmyk: "CMYK"
      }
    return "\(channels) of \(depth.rawValue) bits"
  }
}
