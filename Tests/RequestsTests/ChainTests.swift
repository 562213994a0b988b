import Documents
import ImageAPI
import Requests
import Testing

@Suite struct ChainTests {
  private func read(_ then: String) throws -> Request {
    try Fixtures.read("{\"source\": \"a.png\", \"then\": \(then)}")
  }
  private func mistake(_ then: String) -> RequestError? {
    Fixtures.error("{\"source\": \"a.png\",\n\"then\": \(then)}")
  }

  @Test func eachStepWorksOnThePictureBefore() throws {
    let request = try read(
      #"[{"edit": {"prompt": "x"}}, {"background-remove": {}}, {"upscale": {"scale": 4}}]"#)
    #expect(request.chain.map(\.endpoint) == [.edit, .backgroundRemove, .upscale])
    for operation in request.chain {
      #expect(operation.files == [FileField(path: ["image"], source: .previous)])
    }
    #expect(request.work == .source("a.png"))
  }

  @Test func aMultiEditPutsThePictureBeforeInFrontOfItsOwn() throws {
    let request = try read(
      #"[{"multi-edit": {"prompt": "x", "images": ["b.png", "https://x.example/c.png", "d.png"]}}]"#)
    let operation = try #require(request.chain.first)
    #expect(
      operation.files == [
        FileField(path: ["images", "1"], source: .inbox("b.png")),
        FileField(path: ["images", "3"], source: .inbox("d.png")), FileField(path: ["images", "0"], source: .previous),
      ])
    #expect(operation.body["images"] == .array([.string("https://x.example/c.png")]))
    #expect(request.files == ["a.png", "b.png", "d.png"])
  }

  @Test func aStepHasOneOperationThatTakesAPicture() {
    #expect(mistake("[{}]") == .noOperation(Fixtures.at(2, 10, "then", "0")))
    #expect(
      mistake(#"[{"upscale": {}, "edit": {}}]"#)
        == .severalOperations(Fixtures.at(2, 26, "then", "0", "edit"), names: ["upscale", "edit"]))
    #expect(
      mistake(#"[{"source": "b.png"}]"#)
        == .unknownKey(
          Fixtures.at(2, 11, "then", "0", "source"), nearest: nil, hint: "Only the first operation can be a 'source'"))
    #expect(mistake(#"[{"upscal": {}}]"#)?.nearest == "upscale")
    #expect(mistake(#"[{"generate": {"model": "m", "prompt": "p"}}]"#)?.key == "then[0].generate")
    #expect(
      mistake(#"[{"upscale": {"image": "b.png"}}]"#)?.place == Fixtures.at(2, 32, "then", "0", "upscale", "image"))
    #expect(mistake("{}")?.key == "then")
  }

  @Test func aWrongFieldOfAStepSaysWhere() {
    #expect(
      mistake(#"[{"upscale": {"scale": 8}}]"#)?.place == Fixtures.at(2, 32, "then", "0", "upscale", "scale"))
    #expect(mistake(#"[{"edit": {}}]"#)?.place == Fixtures.at(2, 19, "then", "0", "edit", "prompt"))
  }

  @Test func aPictureOfAMultiEditCountsAsItIsWritten() {
    let text = String(repeating: "aGVs", count: 20)
    #expect(
      mistake("[{\"multi-edit\": {\"prompt\": \"x\", \"images\": [\"a.png\", \"\(text)\"]}}]")?.place
        == Fixtures.at(2, 61, "then", "0", "multi-edit", "images", "1"))
  }
}
