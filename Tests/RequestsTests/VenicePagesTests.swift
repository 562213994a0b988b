import Documents
import ImageAPI
import Requests
import Testing

/// What becomes of each body that the vendor's pages print; Tests/Venice/bodies/ORIGIN.md names the pages.
@Suite struct VenicePagesTests {
  private func read(_ name: String, changing: (inout JSONObject) -> Void = { _ in }) throws -> Request {
    let text = try Fixtures.body(name)
    guard case .object(var body) = try DocumentReader.json(Array(text.utf8)).value else {
      throw RequestError.noOperation(Fixtures.at(1, 1))
    }
    changing(&body)
    return try Fixtures.read(JSONValue.object(body).serialized(), path: "web/\(name).json")
  }

  private func mistake(_ name: String) throws -> RequestError? { Fixtures.error(try Fixtures.body(name)) }

  @Test(arguments: [
    ("000-02-gpt-image-2", Endpoint.generate), ("000-03-nano-banana-pro", .generate),
    ("000-04-qwen-image-2", .generate),
    ("000-05-venice-sd35", .generate), ("000-06-gpt-image-2", .generate), ("002-01-z-image-turbo", .generate),
    ("002-02-z-image-turbo", .generate), ("002-03-nano-banana-2", .generate), ("002-04-z-image-turbo", .generate),
    ("002-05-z-image-turbo", .generations), ("002-06-z-image-turbo", .generate), ("003-01-venice-sd35", .generate),
    ("003-02-qwen-image-2", .generate), ("003-03-gpt-image-2", .generate), ("003-04-nano-banana-pro", .generate),
    ("003-05-qwen-image-2", .generate), ("003-06-qwen-image-2", .generate), ("003-07-qwen-image-2", .generate),
    ("003-08-gpt-image-2", .generate), ("003-09-nano-banana-2", .generate), ("003-10-qwen-image-2", .generate),
    ("003-11-qwen-image-2", .generations), ("003-12-venice-sd35", .generate),
  ])
  func bodiesOfOneSizingIdiomAreSentAsTheyArePrinted(name: String, endpoint: Endpoint) throws {
    let request = try read(name)
    let operation = try #require(request.operation)
    #expect(operation.endpoint == endpoint)
    #expect(request.warnings == [])
    #expect(.object(operation.body) == request.document)
  }

  /// Page 000, the sample on top.
  @Test func inpaintIsRefusedAndWithoutItMixedSizingIsAWarning() throws {
    let error = try #require(try mistake("000-01-grok-imagine-image"))
    #expect(error.place == Fixtures.at(9, 14, "inpaint"))
    #expect(error.reason.contains("the vendor switched inpainting off on 19 May 2025"))
    let request = try read("000-01-grok-imagine-image") { $0["inpaint"] = .null }
    #expect(request.warnings == [.mixedSizing(fields: ["width", "height", "aspect_ratio", "resolution"])])
    #expect(request.operation?.variants == 3)
  }

  /// Page 001: the model is unknown to the schema's page of today, which is the catalogue's business.
  @Test func anInpaintObjectIsRefusedAndWithoutItTheBodyIsSent() throws {
    #expect(try mistake("001-01-fluently-xl")?.place == Fixtures.at(15, 14, "inpaint"))
    let request = try read("001-01-fluently-xl") { $0["inpaint"] = nil }
    #expect(request.warnings == [])
    #expect(request.operation?.model == "fluently-xl")
  }

  /// Page 002: "variants > 1 requires return_binary: false".
  @Test func severalVariantsWithABinaryAnswerAreRefused() throws {
    #expect(throws: RequestError.self) {
      try read("002-02-z-image-turbo") { $0["return_binary"] = .bool(true) }
    }
    #expect(try read("002-01-z-image-turbo") { $0["return_binary"] = .bool(true) }.operation?.returnsBinary == true)
  }

  /// Page 004: both pictures are elided.
  @Test(arguments: [("004-01-default-model", 3), ("004-02-gpt-image-2-edit", 3)])
  func anElidedPictureIsRefusedAndARealOneIsSent(name: String, line: Int) throws {
    let error = try #require(try mistake(name))
    #expect(error.place == Fixtures.at(line, 12, "image"))
    #expect(
      error.reason == "'image' is not an image: its text is elided, '...' stands for the rest, as in documentation")
    let request = try read(name) { $0["image"] = .string(Fixtures.png) }
    #expect(request.operation?.endpoint == .edit)
  }

  /// Page 004 shows `quality` on an edit; the schema of 2026-08 does not list it.
  @Test func qualityOnAnEditIsSentWithAWarning() throws {
    let request = try read("004-02-gpt-image-2-edit") { $0["image"] = .string("photo.png") }
    #expect(request.warnings == [.notInSchema(path: ["quality"], page: "the page of /image/edit")])
    #expect(request.operation?.body["quality"] == .string("medium"))
  }
}
