/// A place in a document, as editors count: the first character is 1:1.
public struct Position: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  /// Lines end with LF, CR or CR LF.
  public let line: Int
  /// Counts Unicode scalar values, a tab as one; so does libyaml, and so the two readers agree.
  public let column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public static func < (left: Position, right: Position) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }

  public var description: String { "line \(line), column \(column)" }
}
