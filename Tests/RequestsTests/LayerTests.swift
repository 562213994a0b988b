import Documents
import ImageAPI
import Requests
import Testing

@Suite struct LayerTests {
  @Test func theRequestWinsFieldForField() throws {
    let pipeline = try Fixtures.pipeline(
      """
      request: { generate: { format: png, model: base, steps: 20 }, upscale: { scale: 4 } }
      \(Fixtures.outputs)
      """, file: "layered.yaml")
    let text = #"{"generate": {"prompt": "p", "model": "mine"}, "then": [{"upscale": {}}]}"#
    let request = try Fixtures.read(text, path: "layered/r.json", pipeline)
    let body = try #require(request.operation?.body)
    #expect(JSONValue.object(body).serialized() == #"{"prompt":"p","model":"mine","format":"png","steps":20}"#)
    #expect(request.chain.first?.body["scale"] == .number("4"))
    // Layers of other operations do not concern a request.
    let bare = try Fixtures.read(#"{"prompt": "p", "size": "auto"}"#, path: "layered/r.json", pipeline)
    #expect(bare.operation?.body.keys == ["prompt", "size"])
  }

  @Test func aFieldOfTheLayerThatDoesNotGoWithTheRequestNamesThePipeline() throws {
    let pipeline = try Fixtures.pipeline(
      "request: { generate: { return_binary: true, model: m } }\n\(Fixtures.outputs)", file: "binary.yaml")
    let text = "{\"generate\": {\"prompt\": \"p\",\n \"variants\": 2}}"
    let error = try #require(Fixtures.error(text, path: "binary/r.json", pipeline))
    #expect(error.place == Fixtures.at(2, 14, "generate", "variants"))
    let mixed = try Fixtures.pipeline(
      "request: { generate: { variants: 3 } }\n\(Fixtures.outputs)", file: "many.yaml")
    let binary = "{\"generate\": {\"prompt\": \"p\", \"model\": \"m\", \"return_binary\": true}}"
    guard case .operation(_, _, layer: "many")? = Fixtures.error(binary, path: "many/r.json", mixed) else {
      Issue.record("the pipeline is not named")
      return
    }
  }

  @Test(
    arguments: [
      ("generate: { promt: x }", 1, 24, "request.generate.promt", "prompt"),
      ("generate: { width: 9000 }", 1, 31, "request.generate.width", nil),
      ("genrate: {}", 1, 12, "request.genrate", "generate"),
      ("format: png", 1, 12, "request.format", nil), ("generate: png", 1, 22, "request.generate", nil),
      ("edit: { image: a.png }", 1, 27, "request.edit.image", nil),
    ] as [(String, Int, Int, String, String?)])
  func aLayerIsCheckedWhenThePipelineIsRead(
    layer: String, line: Int, column: Int, key: String, nearest: String?
  ) throws {
    let error = try #require(Fixtures.pipelineError("request: { \(layer) }\n\(Fixtures.outputs)"))
    #expect(error.position == Position(line: line, column: column))
    #expect(error.key == key)
    #expect(error.nearest == nearest)
  }

  @Test func aLayerMayLackWhatItsRequestsBring() {
    for endpoint in Endpoint.allCases {
      #expect(Fixtures.pipelineError("request: { \(endpoint.rawValue): {} }\n\(Fixtures.outputs)") == nil)
    }
  }
}
