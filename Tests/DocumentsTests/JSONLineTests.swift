import Documents
import Testing

@Suite struct JSONLineTests {
  private func lines(_ text: String) -> [JSONLine] { DocumentReader.jsonLines(Array(text.utf8).span) }

  @Test func eachLineIsADocumentOfItsOwn() throws {
    let lines = lines("{\"a\":1}\r\n\n  \n{oops}\n[2")
    #expect(lines.map(\.line) == [1, 4, 5])
    #expect(lines.map(\.range) == [0..<7, 13..<19, 20..<22])
    #expect(try lines[0].document.get().value.serialized() == #"{"a":1}"#)
    #expect(
      lines[1].document.failure
        == .unexpected(Position(line: 4, column: 2), found: "oops", expected: "a key in double quotes"))
    #expect(lines[2].document.failure == .unexpectedEnd(Position(line: 5, column: 3), expected: "a comma or ]"))
  }

  @Test func aLineThatHasEndedIsNotStillBeingWritten() {
    let error = lines("{\"a\":\n{}\n")[0].document.failure
    #expect(
      error == .unexpected(Position(line: 1, column: 6), found: "the end of the line", expected: "a value"))
    #expect(error?.mayBeIncomplete == false)
  }

  @Test func limitsHoldForEachLine() {
    let limits = DocumentLimits(bytes: 4)
    let lines = DocumentReader.jsonLines(Array("[10]\n[100]\n".utf8).span, limits: limits)
    #expect(lines[0].document.failure == nil)
    #expect(lines[1].document.failure == .tooManyBytes(found: 5, limit: 4))
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
