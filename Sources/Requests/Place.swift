import Documents

/// Where something stands: in the file, and in its structure.
public struct Place: Hashable, Sendable {
  public let position: Position
  /// Keys and zero-based indices from the root; empty for the document as a whole.
  public let path: [String]

  public init(position: Position, path: [String]) {
    self.position = position
    self.path = path
  }

  /// The path for people: `outputs[0].resize.width`.
  public var key: String {
    path.reduce(into: "") { key, step in
      if !step.isEmpty, step.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
        key += "[\(step)]"
      } else {
        key += key.isEmpty ? step : ".\(step)"
      }
    }
  }
}
