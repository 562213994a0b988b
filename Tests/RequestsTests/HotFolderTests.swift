import Documents
import ImageAPI
import Requests
import Testing

@Suite struct HotFolderTests {
  private func image(_ path: String) throws -> Request? {
    try RequestReader(pipelines: Fixtures.catalog()).image(at: path)
  }

  @Test func aPictureGoesThroughThePipelinesOperation() throws {
    let request = try #require(try image("up/2026/canal.PNG"))
    #expect(request.operation?.endpoint == .upscale)
    #expect(request.operation?.files == [FileField(path: ["image"], source: .inbox("up/2026/canal.PNG"))])
    #expect(request.operation?.body["scale"] == .number("4"))
    #expect([request.pipeline, request.name, request.output] == ["up", "canal", "up/2026"])
    #expect(request.document == .null)
  }

  @Test func withoutAnOperationThePictureIsItsOwnSource() throws {
    #expect(try image("hot/canal.webp")?.work == .source("hot/canal.webp"))
  }

  @Test(arguments: ["canal.png", "web/canal.png", "nowhere/canal.png", "hot/canal.json", "hot/manifest.json"])
  func elsewherePicturesAreMaterial(path: String) throws {
    #expect(try image(path) == nil)
  }

  @Test func aPipelineThatTakesPicturesSaysOneOperationThatIsWhole() throws {
    let two = "accepts-images: true\nrequest:\n  edit: { prompt: x }\n  upscale: {}\n\(Fixtures.outputs)"
    #expect(Fixtures.pipelineError(two)?.place == Fixtures.at(4, 12, "request", "upscale"))
    let lacking = "accepts-images: true\nrequest:\n  edit: { model: x }\n\(Fixtures.outputs)"
    #expect(Fixtures.pipelineError(lacking)?.key == "request.edit.prompt")
  }
}
