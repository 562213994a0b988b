/// What a document may cost before memory is taken for it.
public struct DocumentLimits: Hashable, Sendable {
  /// Bytes of the document.
  public var bytes: Int
  /// Arrays and objects within one another. Readers recurse, so this also bounds the stack.
  public var depth: Int
  /// Values in all; in YAML after aliases have been expanded, so that a few lines cannot become gigabytes.
  public var values: Int

  public init(bytes: Int = 128 << 20, depth: Int = 64, values: Int = 100_000) {
    self.bytes = bytes
    self.depth = depth
    self.values = values
  }
}
