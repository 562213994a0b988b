import Documents
import Testing

@Suite struct JSONLineNumberingTests {
  @Test(arguments: [(DocumentReader.LineNumbering.ofDocument, 3), (.ofEachLine, 1)])
  func positionsCountInTheDocumentOrInEachLine(_ numbering: DocumentReader.LineNumbering, _ line: Int) throws {
    let bytes = Array("{\"a\": 1}\n\n{\"b\": x}\n".utf8)
    let lines = DocumentReader.jsonLines(bytes.span, numbering: numbering)
    #expect(lines.map(\.line) == [1, 3])
    #expect(throws: DocumentError.self) { try lines[1].document.get() }
    guard case .failure(let error) = lines[1].document else { return }
    #expect(error.position == Position(line: line, column: 7))
  }
}
