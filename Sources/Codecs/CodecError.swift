import Raster

/// Why a picture could not be read or written.
public enum CodecError: Error, Hashable, Sendable, Codable {
  /// The bytes begin like none of WebP, PNG, JPEG. `beginning` holds up to the first sixteen bytes.
  case notAnImage(beginning: [UInt8])
  /// The bytes are of another format than the decoder that was asked.
  case mislabelled(expected: ImageFormat, found: ImageFormat?)
  /// The bytes end before the picture does.
  case truncated(ImageFormat)
  /// The bytes break the format's rules; `reason` is the C library's own word where there is one.
  case malformed(ImageFormat, reason: String)
  /// A rule-abiding file that is not decoded here.
  case unsupported(ImageFormat, feature: String)
  /// The header promises more pixels than the limit.
  case tooManyPixels(found: Size, limit: Int)
  /// The encoded file is larger than the limit.
  case tooManyBytes(found: Int, limit: Int)
  /// The picture is larger than the format can hold.
  case tooLargeToEncode(ImageFormat, found: Size, limit: Int)
  /// Even the lowest quality makes more bytes than were allowed.
  case tooFewBytes(ImageFormat, smallest: Int, target: Int)
  /// The C library could not encode; `reason` is its own word.
  case encodingFailed(ImageFormat, reason: String)
  /// The C library could not get memory.
  case outOfMemory(ImageFormat)
}

extension CodecError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAnImage(let beginning):
      "not a WebP, PNG or JPEG picture: it begins with \(Self.quoted(beginning))"
    case .mislabelled(let expected, let found):
      "expected \(expected.rawValue), found \(found?.rawValue ?? "something that is no picture")"
    case .truncated(let format): "the \(format.rawValue) picture is cut: its bytes end before its pixels do"
    case .malformed(let format, let reason): "the \(format.rawValue) picture is damaged: \(reason)"
    case .unsupported(let format, let feature): "\(format.rawValue) with \(feature) is not supported"
    case .tooManyPixels(let found, let limit):
      "the picture claims \(found) pixels, the limit is \(limit) in all (limits.pixels)"
    case .tooManyBytes(let found, let limit): "the file has \(found) bytes, the limit is \(limit) (limits.bytes)"
    case .tooLargeToEncode(let format, let found, let limit):
      "\(found) does not fit \(format.rawValue), whose sides reach \(limit)"
    case .tooFewBytes(let format, let smallest, let target):
      "\(target) bytes are too few: the lowest quality of \(format.rawValue) makes \(smallest)"
    case .encodingFailed(let format, let reason): "writing \(format.rawValue) failed: \(reason)"
    case .outOfMemory(let format): "no memory for the \(format.rawValue) picture"
    }
  }

  private static func quoted(_ bytes: [UInt8]) -> String {
    let text = String(
      bytes.map { (0x20...0x7E).contains($0) ? Character(Unicode.Scalar($0)) : "." })
    return "\"\(text)\""
  }
}
