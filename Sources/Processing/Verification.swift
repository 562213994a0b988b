import Raster

/// What an original must be before outputs are made of it.
public struct Verification: Hashable, Sendable, Codable {
  public enum SizeRule: Hashable, Sendable, Codable {
    /// What the request asked for, see ``RequestedSize``.
    case requested
    case exact(Size)
    case range(min: Size?, max: Size?, aspect: AspectRatio?, tolerance: Double)
  }

  public enum MismatchAction: String, Hashable, Sendable, Codable, CaseIterable {
    case fail
    case accept
  }

  /// What makes an original unfit although it decodes.
  public enum Flaw: String, Hashable, Sendable, Codable, CaseIterable {
    /// The API says that the picture breaks its content policy.
    case violation
    /// The API says that it has blurred the picture.
    case blurred
    /// Every pixel has the same colour, and there are several.
    case blank
  }

  public enum ReadBack: String, Hashable, Sendable, Codable, CaseIterable {
    /// Structure, size and tags.
    case structure
    /// The pixels too.
    case full
  }

  public var size: SizeRule
  public var onMismatch: MismatchAction
  public var reject: Set<Flaw>
  public var readBack: ReadBack

  public init(
    size: SizeRule = .requested, onMismatch: MismatchAction = .fail,
    reject: Set<Flaw> = [.violation, .blurred, .blank], readBack: ReadBack = .structure
  ) {
    self.size = size
    self.onMismatch = onMismatch
    self.reject = reject
    self.readBack = readBack
  }
}

/// A ratio of sides, `16:9`.
public struct AspectRatio: Hashable, Sendable, Codable, CustomStringConvertible {
  public let width: Int
  public let height: Int

  /// - Precondition: both are at least 1.
  public init(width: Int, height: Int) {
    precondition(width >= 1 && height >= 1, "a ratio has two positive sides")
    self.width = width
    self.height = height
  }

  public var description: String { "\(width):\(height)" }
}

/// The size that a request asked the API for.
public enum RequestedSize: Hashable, Sendable, Codable {
  /// The request does not say.
  case unspecified
  /// `width`/`height`, or `size`.
  case exact(Size)
  /// `aspect_ratio`; met within 2%.
  case aspectRatio(AspectRatio)
  /// `upscale`'s `scale`, of an image of this size.
  case scaled(Size, factor: Double)
}
