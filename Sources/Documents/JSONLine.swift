/// One line of a `.jsonl` document.
public struct JSONLine: Sendable {
  /// Counts from 1, blank lines included.
  public let line: Int
  /// Where the line lies in the document, its line break excluded.
  public let range: Range<Int>
  /// A bad line is wrong by itself and spoils no other.
  public let document: Result<Node, DocumentError>
}

extension DocumentReader {
  /// What the lines of positions are counted in.
  public enum LineNumbering: Sendable {
    /// The whole document.
    case ofDocument
    /// Each line by itself: of what is to be cut out of the document.
    case ofEachLine
  }

  /// Reads one JSON text from each line that is not blank; lines end with LF or CR LF. A limit of bytes holds for each line.
  ///
  /// Only a last line without its line break can be ``DocumentError/unexpectedEnd(_:expected:)``: the others are done.
  public static func jsonLines(
    _ bytes: Span<UInt8>, numbering: LineNumbering = .ofDocument, limits: DocumentLimits = DocumentLimits()
  ) -> [JSONLine] {
    var lines: [JSONLine] = []
    var start = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
    var number = 0
    while start < bytes.count {
      number += 1
      var end = start
      var isBlank = true
      while end < bytes.count, bytes[end] != 0x0A {
        if bytes[end] != 0x20, bytes[end] != 0x09, bytes[end] != 0x0D { isBlank = false }
        end += 1
      }
      let isTerminated = end < bytes.count
      if !isBlank {
        let range = start..<(end > start && bytes[end - 1] == 0x0D ? end - 1 : end)
        lines.append(
          JSONLine(
            line: number, range: range,
            document: document(
              bytes.extracting(range), line: numbering == .ofDocument ? number : 1, isTerminated: isTerminated,
              limits: limits)))
      }
      start = end + 1
    }
    return lines
  }

  private static func document(
    _ bytes: Span<UInt8>, line: Int, isTerminated: Bool, limits: DocumentLimits
  ) -> Result<Node, DocumentError> {
    do throws(DocumentError) {
      guard bytes.count <= limits.bytes else { throw .tooManyBytes(found: bytes.count, limit: limits.bytes) }
      var parser = JSONParser(limits: limits, line: line)
      return .success(try parser.document(bytes))
    } catch {
      if isTerminated, case .unexpectedEnd(let position, let expected) = error {
        return .failure(.unexpected(position, found: "the end of the line", expected: expected))
      }
      return .failure(error)
    }
  }
}
