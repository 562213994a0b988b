/// Why a profile tells nothing of a picture's colours.
public enum ColorimetryError: Error, Hashable, Sendable {
  /// It has more bytes than any honest one.
  case tooLarge(bytes: Int, limit: Int)
  /// It is for other channels than the picture has.
  case wrongChannels(found: String, expected: String)
  /// It is damaged, or of a kind that no picture carries; `reason` is lcms2's own word where there is one.
  case unusable(reason: String)
}

extension ColorimetryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLarge(let bytes, let limit): "it has \(bytes) bytes, the limit is \(limit)"
    case .wrongChannels(let found, let expected): "it is for \(found), the picture is \(expected)"
    case .unusable(let reason): reason
    }
  }
}
