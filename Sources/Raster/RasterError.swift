/// Why pixels could not be worked on.
public enum RasterError: Error, Hashable, Sendable, Codable {
  /// A picture of this size does not fit memory's addresses.
  case tooLarge(Size)
}

extension RasterError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLarge(let size): "a picture of \(size) does not fit in memory; ask for a smaller one"
    }
  }
}
