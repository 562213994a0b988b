import Documents
import ImageAPI
import Processing
import Raster
import Requests
import Testing

@Suite struct PipelineReaderTests {
  @Test func everyKeyIsRead() throws {
    let pipeline = try Fixtures.pipeline(
      """
      description: Everything
      request:
        generate: { format: png }
      verify:
        size: 1024x768
        on-mismatch: accept
        reject: [blank]
        read-back: full
      collision: replace
      accepts-images: true
      on-unknown: retry
      reuse: true
      fit-input: true
      outputs:
        - file: "{name}.webp"
      after:
        - run: [/usr/local/bin/publish, "{manifest}"]
        - webhook: https://build.example/hooks/images
      """, file: "folder/everything.yml")
    #expect(pipeline.name == "everything")
    #expect(pipeline.description == "Everything")
    #expect(pipeline.requestLayers.keys.map(\.rawValue) == ["generate"])
    #expect(pipeline.collision == .replace)
    #expect(pipeline.acceptsImages && pipeline.reusesOriginals && pipeline.fitsInput)
    #expect(pipeline.onUnknown == .retry)
    #expect(
      pipeline.after == [
        .run([try CommandArgument("/usr/local/bin/publish"), try CommandArgument("{manifest}")]),
        .webhook("https://build.example/hooks/images"),
      ])
    #expect(pipeline.recipe.verification.size == .exact(Size(width: 1024, height: 768)))
    #expect(pipeline.recipe.verification.onMismatch == .accept)
    #expect(pipeline.recipe.verification.reject == [.blank])
    #expect(pipeline.recipe.verification.readBack == .full)
  }

  @Test func whatIsNotSaidHasItsDefault() throws {
    let pipeline = try Fixtures.pipeline(Fixtures.outputs)
    #expect(pipeline == Pipeline(name: "web", recipe: pipeline.recipe))
    #expect(pipeline.collision == .fail)
    #expect(pipeline.onUnknown == .hold)
    #expect(pipeline.recipe.verification == Verification())
  }

  @Test(
    arguments: [
      ("descriptoin: x", 1, 1, "descriptoin", "description"), ("onUnknown: hold", 1, 1, "onUnknown", "on-unknown"),
      ("collision: sufix", 1, 12, "collision", "suffix"), ("reuse: yes", 1, 8, "reuse", nil),
      ("description: 5", 1, 14, "description", nil), ("file: x.png", 1, 1, "file", nil),
      ("verify: { sizes: requested }", 1, 11, "verify.sizes", "size"), ("verify: strict", 1, 9, "verify", nil),
    ] as [(String, Int, Int, String, String?)])
  func aMistakeComesWithPositionKeyAndNearest(
    text: String, line: Int, column: Int, key: String, nearest: String?
  ) throws {
    let error = try #require(Fixtures.pipelineError("\(text)\n\(Fixtures.outputs)"))
    #expect(error.position == Position(line: line, column: column))
    #expect(error.key == key)
    #expect(error.nearest == nearest)
  }

  @Test func messagesTeach() {
    #expect(
      Fixtures.pipelineError("reuse: yes\n\(Fixtures.outputs)")?.description
        == "line 1, column 8: 'reuse' has to be true or false, not the text 'yes'. Write true or false there.")
    #expect(
      Fixtures.pipelineError("quality: 5\n\(Fixtures.outputs)")?.remedy
        == "Settings of an output stand under 'outputs', each in its own mapping")
    #expect(
      Fixtures.pipelineError("description: x")?.description
        == "line 1, column 1: the key 'outputs' is missing. Add 'outputs', a list with at least one; the shortest is "
        + "'outputs: [{ file: \"{name}.webp\" }]'.")
  }

  @Test(arguments: [
    ("- run: [publish]", "after[0].run"), ("- run: []", "after[0].run"), ("- run: [/bin/x, 5]", "after[0].run[1]"),
    ("- run: /bin/x", "after[0].run"), ("- webhook: ftp://x", "after[0].webhook"),
    ("- webhook: 'https:// x'", "after[0].webhook"),
    ("- webhook: https://", "after[0].webhook"), ("- { run: [/bin/x], webhook: https://x }", "after[0]"),
    ("- run: [/bin/x, '{manifst}']", "after[0].run[1]"), ("- run: ['/bin/{label.x}']", "after[0].run"),
    ("- webhook: 'https://x/{job}'", "after[0].webhook"), ("- webhook: https://user:word@x/", "after[0].webhook"),
    ("- {}", "after[0]"), ("- rnu: [/bin/x]", "after[0].rnu"), ("run: [/bin/x]", "after"),
  ])
  func whatFollowsIsChecked(after: String, key: String) {
    #expect(Fixtures.pipelineError("\(Fixtures.outputs)\nafter:\n  \(after)")?.key == key)
  }

  @Test func aFolderIsReadAsFarAsItCanBe() {
    func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    let folder = PipelineReader.read([
      (name: "web.yml", bytes: bytes(Fixtures.outputs)), (name: "shop.yaml", bytes: bytes("outputs: [")),
      (name: "web.yaml", bytes: bytes(Fixtures.outputs)), (name: ".hidden.yaml", bytes: bytes("{")),
      (name: "README.md", bytes: bytes("#")), (name: "print.YAML", bytes: bytes(Fixtures.outputs)),
    ])
    #expect(folder.catalog.names == ["print", "web"])
    #expect(folder.mistakes.map(\.file) == ["shop.yaml", "web.yml"])
    #expect(folder.mistakes[0].error.mayBeIncomplete)
    #expect(folder.mistakes[1].error == .samePipeline(name: "web", other: "web.yaml"))
  }
}
