import Codecs
import Metadata
import Raster

/// A picture made to fit a service's bounds.
public struct FittedInput: Hashable, Sendable {
  public let bytes: [UInt8]
  /// Mostly the picture's own; a PNG with too many bytes becomes JPEG, or WebP where it is transparent.
  public let format: ImageFormat
  /// As displayed: orientation is applied, and nothing in the file asks for it any more.
  public let size: Size
  /// What was done, one line for the manifest:
  /// `scaled from 8000x6000 to 6651x4988 to fit the API's limit of 33177600 pixels`.
  public let change: String

  public init(bytes: [UInt8], format: ImageFormat, size: Size, change: String) {
    self.bytes = bytes
    self.format = format
    self.size = size
    self.change = change
  }
}

/// Why a picture could not be made to fit.
public enum InputFitError: Error, Hashable, Sendable, Codable {
  /// It is no picture, cut, damaged, or beyond the limits.
  case unreadable(CodecError)
  case tooFewPixels(found: Size, minimum: Int)
  /// The last and smallest try still had too many bytes; `limit` itself is too many.
  case stillTooManyBytes(size: Size, found: Int, limit: Int)
  /// CMYK that does not become RGB.
  case color(reason: String)
  case resampling(RasterError)
  case encoding(CodecError)
  /// The colour profile cannot be put in place.
  case profile(MetadataError)
}

extension InputFitError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let error): "the image cannot be used: \(error)"
    case .tooFewPixels(let found, let minimum):
      "\(InputMisfit.tooFewPixels(found: found, minimum: minimum)); enlarging it would invent pixels, so send a larger "
        + "one"
    case .stillTooManyBytes(let size, let found, let limit):
      "the image, scaled to \(size) at low quality, still has \(found) bytes, and the API takes fewer than \(limit); "
        + "send a smaller one"
    case .color(let reason): "fitting the image into the API's limits: \(reason)"
    case .resampling(let error): "fitting the image into the API's limits: \(error)"
    case .encoding(let error): "fitting the image into the API's limits: \(error)"
    case .profile(let error): "fitting the image into the API's limits: \(error)"
    }
  }
}
