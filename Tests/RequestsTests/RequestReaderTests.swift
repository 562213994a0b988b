import Documents
import ImageAPI
import Requests
import Testing

@Suite struct RequestReaderTests {
  private static let prompt = #""model": "venice-sd35", "prompt": "a canal""#

  @Test func theRequestOfTheDesignIsRead() throws {
    let request = try Fixtures.read(
      """
      pipeline: web
      name: venice-canal
      output: heroes
      priority: 7
      labels: { campaign: autumn, year: 2026, final: true }
      generate:
        model: venice-sd35
        prompt: A serene canal in Venice at sunset
        width: 1024
        height: 1024
        variants: 2
      then:
        - upscale: { scale: 2 }
      """, path: "canal.yaml")
    #expect(request.pipeline == "web")
    #expect(request.name == "venice-canal")
    #expect(request.output == "heroes")
    #expect(request.priority == 7)
    #expect(request.labels == ["campaign": "autumn", "year": "2026", "final": "true"])
    let operation = try #require(request.operation)
    #expect(operation.endpoint == .generate)
    #expect(operation.body.keys == ["model", "prompt", "width", "height", "variants"])
    #expect(operation.body["width"] == .number("1024"))
    #expect(request.chain.map(\.endpoint) == [.upscale])
    #expect(request.chain.first?.files == [FileField(path: ["image"], source: .previous)])
    #expect(request.warnings == [])
  }

  @Test(arguments: [
    ("canal.json", "default", "canal", ""), ("web/canal.json", "web", "canal", "web"),
    ("web/heroes/grand canal.v2.json", "web", "grand canal.v2", "web/heroes"),
  ])
  func thePathGivesWhatTheRequestDoesNotSay(path: String, pipeline: String, name: String, output: String) throws {
    let request = try Fixtures.read("{\"generate\": {\(Self.prompt)}}", path: path)
    #expect([request.pipeline, request.name, request.output] == [pipeline, name, output])
    #expect(request.priority == 0 && request.labels.isEmpty)
  }

  @Test func whatTheRequestSaysWinsOverItsPath() throws {
    let text = #"{"pipeline": "default", "output": "", "name": "x", "generate": {"#
    let request = try Fixtures.read(text + Self.prompt + "}}", path: "web/canal.json")
    #expect([request.pipeline, request.name, request.output] == ["default", "x", ""])
  }

  @Test func namesAreComposed() throws {
    let request = try Fixtures.read(
      "name: cafe\u{301}\noutput: e\u{301}te\u{301}/x\nsource: a.png", path: "r.yaml")
    #expect(request.name.unicodeScalars.elementsEqual("caf\u{E9}".unicodeScalars))
    #expect(request.output.unicodeScalars.elementsEqual("\u{E9}t\u{E9}/x".unicodeScalars))
  }

  @Test func theDocumentIsKeptAsItWasDropped() throws {
    let text = #"{"then":[],"generate":{"prompt":"a","model":"m","seed":1e0},"priority":-100}"#
    #expect(try Fixtures.read(text).document.serialized() == text)
  }

  // MARK: Bare bodies

  @Test(arguments: [
    ("{\(prompt)}", Endpoint.generate), ("{\(prompt), \"size\": \"1024x1024\"}", .generations),
    ("{\(prompt), \"response_format\": \"url\"}", .generations),
    ("{\"prompt\": \"a\", \"output_format\": \"png\"}", .generations),
    ("{\"prompt\": \"a\", \"image\": \"photo.jpg\"}", .edit),
    ("{\"prompt\": \"a\", \"image\": \"photo.jpg\", \"output_format\": \"png\"}", .edit),
    ("{\"prompt\": \"a\", \"images\": [\"a.png\", \"b.png\"]}", .multiEdit),
  ])
  func aBareBodyIsToldByItsFields(text: String, endpoint: Endpoint) throws {
    #expect(try Fixtures.read(text, path: "web/canal.json").operation?.endpoint == endpoint)
  }

  @Test func aBareBodyTakesNoKeysOfARequest() {
    let error = Fixtures.error("{\"prompt\": \"a\",\n \"model\": \"m\", \"name\": \"x\"}")
    #expect(
      error
        == .unknownKey(
          Fixtures.at(2, 16, "name"), nearest: nil,
          hint: "This is a bare API body; to use 'name', put the body under 'generate:'"))
  }

  // MARK: Mistakes

  @Test(arguments: [
    ("{\"generate\": {", 1, 15, "", true), ("{'generate'", 1, 2, "", false),
    ("{\"generate\": {}, \"generate\": {}}", 1, 18, "", false),
  ])
  func aFileThatIsNoJSONSaysWhere(text: String, line: Int, column: Int, key: String, isUnfinished: Bool) throws {
    let error = try #require(Fixtures.error(text))
    #expect(error.position == Position(line: line, column: column))
    #expect(error.key == key)
    #expect(error.mayBeIncomplete == isUnfinished)
  }

  @Test func anUnknownKeyComesWithItsNearest() throws {
    let error = try #require(Fixtures.error("{\n  \"pipelin\": \"web\",\n  \"generate\": {\(Self.prompt)}}"))
    #expect(error == .unknownKey(Fixtures.at(2, 3, "pipelin"), nearest: "pipeline", hint: nil))
    #expect(
      error.description
        == "line 2, column 3: the key 'pipelin' is unknown. Did you mean 'pipeline'? Rename or remove it.")
  }

  @Test(arguments: [
    ("after", "What runs on the machine is the administrator's: 'after' stands in pipelines"),
    ("verify", "'verify' is a key of pipelines; it stands in the pipeline's file"),
    ("seed", "It is a field of 'generate': move it under that key"),
  ])
  func aKeyThatBelongsElsewhereSaysWhere(key: String, hint: String) throws {
    let error = try #require(Fixtures.error("{\"generate\": {\(Self.prompt)}, \"\(key)\": 1}"))
    #expect(error.remedy == hint)
    #expect(error.key == key)
  }

  @Test func anUnknownFieldOfTheBodyComesWithPositionPathAndNearest() throws {
    let error = try #require(Fixtures.error("generate:\n  model: m\n  promt: a\n", path: "r.yaml"))
    #expect(
      error
        == .operation(
          Fixtures.at(3, 3, "generate", "promt"),
          .unknownField(path: ["promt"], endpoint: .generate, nearest: "prompt"), layer: nil))
    #expect(error.nearest == "prompt")
  }

  @Test func anUnknownFieldWithinAListIsFound() throws {
    let text = "generate:\n  model: m\n  prompt: a\n  style_references:\n    - { image: a.png, strenght: 1 }\n"
    let error = try #require(Fixtures.error(text, path: "r.yaml"))
    #expect(error.place == Fixtures.at(5, 23, "generate", "style_references", "0", "strenght"))
    #expect(error.key == "generate.style_references[0].strenght")
    #expect(error.nearest == "strength")
  }

  @Test func aWrongFieldOfTheBodySaysWhere() {
    let text = "{\"generate\": {\(Self.prompt), \"width\": 4000}}"
    #expect(Fixtures.error(text)?.place == Fixtures.at(1, 69, "generate", "width"))
    #expect(Fixtures.error("{\"generate\": {\"model\": \"m\"}}")?.place == Fixtures.at(1, 14, "generate", "prompt"))
  }

  @Test func askingForNothingOrForSeveralThingsIsRefused() {
    #expect(Fixtures.error("{\"name\": \"x\"}") == .noOperation(Fixtures.at(1, 1)))
    #expect(
      Fixtures.error("{\"generate\": {},\n \"source\": \"a.png\"}")
        == .severalOperations(Fixtures.at(2, 2, "source"), names: ["generate", "source"]))
    #expect(
      Fixtures.error("[1]") == .wrongType(Fixtures.at(1, 1), expected: "a request, which is a mapping", found: "a list")
    )
    #expect(
      Fixtures.error("generate:\n", path: "r.yaml")
        == .wrongType(
          Fixtures.at(1, 10, "generate"), expected: "a mapping", found: "nothing (null)"))
  }

  @Test(
    arguments: [
      ("{\"pipeline\": \"wbe\", \"source\": \"a.png\"}", "r.json", 1, 14, "pipeline", "web", false),
      ("{\"source\": \"a.png\"}", "wbe/r.json", 1, 1, "", "web", true),
      ("{\"source\": \"a.png\"}", "2026/r.json", 1, 1, "", nil, true),
    ] as [(String, String, Int, Int, String, String?, Bool)])
  func aMissingPipelineIsNamedWithTheNearest(
    text: String, path: String, line: Int, column: Int, key: String, nearest: String?, folder: Bool
  ) throws {
    let error = try #require(Fixtures.error(text, path: path))
    #expect(error.position == Position(line: line, column: column))
    #expect(error.key == key)
    #expect(error.nearest == nearest)
    if case .unknownPipeline(_, _, _, folder) = error {} else { Issue.record("\(error)") }
  }

  @Test(arguments: [
    ("\"..\"", "this would leave the folder"), ("\"\"", "a name has at least one character"),
    ("\".hidden\"", "a name does not begin with a dot, which hides it"), ("\"a/b\"", "a name has no /"),
    ("\"a\\\\b\"", "a name has no \\"), ("\"a\\u0000\"", "a name does not have the character U+0"),
    ("\"a\\u202eb\"", "a name does not have the character U+202E"),
    ("\" a\"", "a name neither begins nor ends with a space"),
    ("\"\(String(repeating: "é", count: 101))\"", "it has 202 bytes, a name has at most 200"),
  ])
  func aNameThatIsNoDirectorysIsRefused(name: String, why: String) throws {
    let error = try #require(Fixtures.error("{\"source\": \"a.png\", \"name\": \(name)}"))
    guard case .invalid(let place, _, why) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(place == Fixtures.at(1, 29, "name"))
  }

  @Test(arguments: [
    ("../x", "this would leave the folder"), ("a/../b", "this would leave the folder"),
    ("/etc", "the folder lies beneath the output tree; leave the / in front out"), ("a//b", "there is a / too many"),
    ("a/", "there is a / too many"), (".darkroom/x", "a name does not begin with a dot, which hides it"),
    ("a/./b", "this would leave the folder"), ("a\u{1}", "a name does not have the character U+1"),
    (String(repeating: "a/", count: 16) + "a", "folders lie at most 16 deep"),
  ])
  func anOutputThatLeavesTheTreeIsRefused(output: String, why: String) throws {
    let text = JSONValue.string(output).serialized()
    let error = try #require(Fixtures.error("{\"source\": \"a.png\", \"output\": \(text)}"))
    guard case .invalid(let place, _, why) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(place == Fixtures.at(1, 31, "output"))
  }

  @Test func aFileNameThatIsNoDirectorysAsksForAName() throws {
    let error = try #require(Fixtures.error("{\"source\": \"a.png\"}", path: "web/ x.json"))
    #expect(error.reason.hasSuffix("it comes from the file's name: rename the file, or give it a 'name'"))
  }

  @Test(arguments: [
    ("101", "'priority' is 101; it has to be -100 to 100"), ("-101", "'priority' is -101; it has to be -100 to 100"),
    ("1.5", "'priority' has to be a whole number, not the number 1.5"),
    ("\"high\"", "'priority' has to be a whole number, not the text 'high'"),
    ("99999999999999999999", "'priority' is 99999999999999999999; it has to be -100 to 100"),
  ])
  func prioritiesAreBounded(priority: String, reason: String) {
    #expect(Fixtures.error("{\"source\": \"a.png\", \"priority\": \(priority)}")?.reason == reason)
  }

  @Test(arguments: [
    ("{\"a{b\": 1}", "labels.a{b"), ("{\"a\": null}", "labels.a"), ("{\"\": 1}", "labels."),
    ("{\"a\": [1]}", "labels.a"),
    ("{\"a\": \"b\\nc\"}", "labels.a"), ("[1]", "labels"),
  ])
  func labelsAreTextsByKey(labels: String, key: String) {
    #expect(Fixtures.error("{\"source\": \"a.png\", \"labels\": \(labels)}")?.key == key)
  }

  @Test func whatIsCertainlyWrongIsRefusedBeforeMoneyIsSpent() throws {
    let inpaint = try #require(Fixtures.error("{\(Self.prompt),\n\"inpaint\": {\"strength\": 50}}"))
    #expect(inpaint.place == Fixtures.at(2, 12, "inpaint"))
    #expect(inpaint.reason.contains("19 May 2025"))
    #expect(Fixtures.error("{\(Self.prompt), \"inpaint\": null}") == nil)
    let variants = try #require(Fixtures.error("{\(Self.prompt), \"return_binary\": true, \"variants\": 2}"))
    #expect(variants.key == "variants")
    #expect(Fixtures.error("{\(Self.prompt), \"return_binary\": true, \"variants\": 1}") == nil)
  }

  @Test func mixedSizingIsSentWithAWarning() throws {
    let request = try Fixtures.read("{\(Self.prompt), \"width\": 512, \"aspect_ratio\": \"1:1\"}")
    #expect(request.warnings == [.mixedSizing(fields: ["width", "aspect_ratio"])])
  }

  // MARK: Sizes

  @Test func aRequestIsBoundedWithoutItsPictures() throws {
    let picture = "iVBORw0KGgoAAAAN" + String(repeating: "AAAA", count: 1 << 19)
    #expect(Fixtures.error("{\"prompt\": \"a\", \"image\": \"\(picture)\"}") == nil)
    let padding = String(repeating: " ", count: 2 << 20)
    #expect(Fixtures.error("{\"source\":\(padding)\"a.png\"}") == nil)
    let label = String(repeating: "x", count: 2 << 20)
    #expect(
      Fixtures.error("{\"source\": \"a.png\", \"labels\": {\"a\": \"\(label)\"}}")
        == .tooLarge(found: 2_097_152 + "sourcea.pnglabelsa".count, limit: 1 << 20))
  }

  @Test(arguments: ["canal.txt", "canal", "manifest.json", "web/Manifest.JSON", "a.jsonl", "a.png"])
  func otherFilesAreNoRequests(path: String) {
    guard case .unknownKind(path, _)? = Fixtures.error("{}", path: path) else {
      Issue.record("taken for a request")
      return
    }
  }
}
