import Metadata
import Processing
import Testing

@testable import Requests

/// `metadata` in a request: words for its picture.
@Suite struct RequestTextsTests {
  private func error(_ metadata: String) -> RequestError? {
    Fixtures.error(#"{"generate": {"model": "m", "prompt": "p"}, "metadata": \#(metadata)}"#)
  }

  @Test func aRequestSaysWhatItsPictureIsCalled() throws {
    let text = #"""
      {"generate": {"model": "m", "prompt": "p"}, "metadata": {"artist": "Ada", "copyright": "© Ada", "description": "A canal",
        "alt-text": "Water between houses", "keywords": ["a", "b"], "prompt-writer": "Bo"}}
      """#
    #expect(
      try Fixtures.read(text).texts
        == MetadataTexts(
          artist: "Ada", copyright: "© Ada", description: "A canal", altText: "Water between houses",
          keywords: ["a", "b"], promptWriter: "Bo"))
    #expect(try Fixtures.read(#"{"generate": {"model": "m", "prompt": "p"}}"#).texts == nil)
    #expect(try Fixtures.read(#"{"source": "a.png", "metadata": {}}"#).texts == MetadataTexts())
  }

  @Test func eachLineOfAFileHasItsOwn() throws {
    let text = #"""
      {"generate": {"model": "m", "prompt": "p"}, "metadata": {"artist": "Ada"}}
      {"generate": {"model": "m", "prompt": "q"}}
      """#
    let bytes = Array(text.utf8)
    let lines = RequestReader(pipelines: try Fixtures.catalog()).readLines(bytes.span, path: "a.jsonl")
    #expect(try lines.map { try $0.request.get().texts?.artist } == ["Ada", nil])
  }

  @Test(arguments: [
    ("5", "metadata"), (#""full""#, "metadata"), (#"{"artist": 5}"#, "metadata.artist"),
    (#"{"artist": ""}"#, "metadata.artist"), (#"{"artist": "a\u0000b"}"#, "metadata.artist"),
    (#"{"copyright": "a\u001bb"}"#, "metadata.copyright"), (#"{"alt-text": []}"#, "metadata.alt-text"),
    (#"{"keywords": "a"}"#, "metadata.keywords"), (#"{"keywords": ["a", 5]}"#, "metadata.keywords[1]"),
    (#"{"artits": "a"}"#, "metadata.artits"), (#"{"level": "full"}"#, "metadata.level"),
    (#"{"gps": "keep"}"#, "metadata.gps"), (#"{"parameters": true}"#, "metadata.parameters"),
  ])
  func aMistakeSaysWhere(_ metadata: String, _ key: String) {
    #expect(error(metadata)?.key == key)
  }

  @Test func wordsHaveBounds() throws {
    let longest = String(repeating: "x", count: MetadataReader.textLimit)
    #expect(error(#"{"description": "\#(longest)"}"#) == nil)
    #expect(error(#"{"description": "\#(longest)x"}"#)?.key == "metadata.description")
    let words = [String](repeating: #""a""#, count: MetadataReader.keywordLimit).joined(separator: ",")
    #expect(error(#"{"keywords": [\#(words)]}"#) == nil)
    #expect(error(#"{"keywords": [\#(words), "a"]}"#)?.key == "metadata.keywords")
    #expect(error(#"{"keywords": ["\#(longest)x"]}"#)?.key == "metadata.keywords[0]")
  }

  @Test func theLevelIsThePipelinesAlone() throws {
    let refused = try #require(self.error(#"{"level": "full"}"#))
    #expect("\(refused)".contains("What outputs carry is the pipeline's to say"))
    let pipeline = try Fixtures.pipeline(
      "outputs: [{ file: a.webp, metadata: none }, { file: b.webp, metadata: { level: full, artist: House } }]")
    let recipe = pipeline.recipe.naming(MetadataTexts(artist: "Ada"))
    #expect(recipe.outputs.map(\.metadata.level) == [.none, .full])
    #expect(recipe.outputs.map(\.metadata.artist) == [nil, "Ada"])
    #expect(pipeline.recipe.naming(nil) == pipeline.recipe)
  }

  @Test func thumbnailsAndMakerNotesCannotBeAskedFor() {
    for key in ["thumbnail", "maker-note"] {
      let error = Fixtures.pipelineError("outputs: [{ file: a.jpg, metadata: { level: keep, \(key): keep } }]")
      #expect(error?.key == "outputs[0].metadata.\(key)")
      #expect(error.map { "\($0)" }?.contains("never kept") == true)
    }
  }
}
