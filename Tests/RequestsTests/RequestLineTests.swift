import Documents
import Requests
import Testing

@Suite struct RequestLineTests {
  @Test func aBadLineIsRefusedByItself() throws {
    let text = """
      {"prompt": "one", "model": "m"}
      {"prompt": "two", "modl": "m"}

      {"name": "third", "source": "a.png"}
      {"prompt":
      {"source": "b.png"}
      """
    let lines = try RequestReader(pipelines: Fixtures.catalog()).readLines(
      Array(text.utf8).span, path: "web/batch.jsonl")
    #expect(lines.map(\.line) == [1, 2, 4, 5, 6])
    #expect(try lines[0].request.get().name == "batch-0001")
    #expect(try lines[0].request.get().pipeline == "web")
    #expect(throws: RequestError.self) { try lines[1].request.get() }
    #expect(lines[1].error?.place == Fixtures.at(2, 19, "modl"))
    #expect(lines[1].name == "batch-0002")
    #expect(try lines[2].request.get().name == "third")
    #expect(lines[3].error?.position == Position(line: 5, column: 11))
    #expect(lines[3].error?.mayBeIncomplete == false)
    #expect(try lines[4].request.get().name == "batch-0006")
    #expect(text.utf8.dropFirst(lines[4].range.lowerBound).elementsEqual("{\"source\": \"b.png\"}".utf8))
  }
}

extension RequestLine {
  fileprivate var error: RequestError? {
    if case .failure(let error) = request { error } else { nil }
  }
}
