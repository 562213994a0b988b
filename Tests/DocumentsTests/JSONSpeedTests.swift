import Documents
import Testing

@Suite struct JSONSpeedTests {
  /// Pictures come as base64 in one line: each position after them must not cost another walk over the line.
  @Test(.timeLimit(.minutes(1))) func manyLongTextsOnOneLineAreReadInLinearTime() throws {
    let picture = "\"" + String(repeating: "iVBORw0KGgo", count: 100_000) + "\","
    let document = Array("[\(String(repeating: picture, count: 10))1]".utf8)
    let root = try DocumentReader.json(document)
    #expect(root.position(at: ["10"]) == Position(line: 1, column: document.count - 1))
  }
}
