import Documents
import ImageAPI
import Requests
import Testing

@Suite struct ImageReferenceTests {
  private func read(_ image: String) throws -> Request {
    try Fixtures.read("{\"edit\": {\"prompt\": \"x\", \"image\": \(JSONValue.string(image).serialized())}}")
  }

  private func mistake(_ image: String) -> RequestError? {
    Fixtures.error("{\"edit\": {\"prompt\": \"x\", \"image\": \(JSONValue.string(image).serialized())}}")
  }

  @Test(arguments: [
    ("photo.jpg", "photo.jpg"), ("photos/2026/canal.png", "photos/2026/canal.png"), ("./photo.jpg", "photo.jpg"),
    ("data.png", "data.png"), ("iVBORw0KGgo.png", "iVBORw0KGgo.png"), ("a b/ä.webp", "a b/ä.webp"),
    ("a...b.png", "a...b.png"), ("https.png", "https.png"),
  ])
  func aTextWithADotIsAPath(text: String, path: String) throws {
    let request = try read(text)
    #expect(request.operation?.files == [FileField(path: ["image"], source: .inbox(path))])
    #expect(request.operation?.body.keys == ["prompt"])
    #expect(request.files == [path])
  }

  @Test(arguments: [
    Fixtures.png, "data:image/png;base64," + Fixtures.png, "https://example.com/a.png", "HTTP://example.com/x",
  ])
  func whatTheAPITakesStaysInTheBody(text: String) throws {
    let operation = try #require(try read(text).operation)
    #expect(operation.files == [])
    #expect(operation.body["image"] == .string(text))
  }

  @Test func whiteSpaceInBase64IsRemoved() throws {
    let text = "edit:\n  prompt: x\n  image: |\n    \(Fixtures.png.prefix(60))\n    \(Fixtures.png.dropFirst(60))\n"
    let request = try Fixtures.read(text, path: "r.yaml")
    #expect(request.operation?.body["image"] == .string(Fixtures.png))
  }

  @Test(arguments: [
    "iVBORw0KGgo...", "iVBORw0KGgoAAAANSUhEUgAAAgAAAAIACAIAAAB7GkOtAAAAIGNIUk0A...", "...", "…", "iVBORw0KGgo…",
    "iVBORw0K...ggg==", "data:image/png;base64,iVBORw0KGgo...",
  ])
  func anElidedTextIsNoImage(text: String) throws {
    let error = try #require(mistake(text))
    #expect(error.place == Fixtures.at(1, 35, "edit", "image"))
    #expect(error.reason.contains("elided"))
    guard case .notAnImage = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test(arguments: [
    "photos/canal", "aGVsbG8=", "<string>", "aGVsbG8gd29ybGQsIHRoaXMgaXMgbm8gcGljdHVyZQ==",
    String(Fixtures.png.dropLast(3)), Fixtures.png + "-", "", "data:image/png,abc", "data:text/plain;base64,aGVsbG8=",
  ])
  func whatIsNoPictureIsRefused(text: String) throws {
    let error = try #require(mistake(text))
    #expect(error.place == Fixtures.at(1, 35, "edit", "image"))
    #expect(error.reason.contains("is not an image"))
  }

  @Test(arguments: [
    ("../secret.png", "a path lies beneath the inbox; it has no '..'"),
    ("a/../../b.png", "a path lies beneath the inbox; it has no '..'"),
    ("/etc/passwd.png", "a path is relative to the inbox; it does not begin with /"),
    ("file:///etc/a.png", "only http:// and https:// URLs are taken"), ("a//b.png", "there is a / too many"),
    ("a.png/", "there is a / too many"), ("a\u{0}.png", "a path has no control characters"), (".", "it names no file"),
    (String(repeating: "x", count: 252) + ".png", "a file name has at most 255 bytes"),
  ])
  func aPathThatLeavesTheInboxIsRefused(path: String, why: String) {
    for text in [
      "{\"edit\": {\"prompt\": \"x\", \"image\": \(JSONValue.string(path).serialized())}}",
      "{\"source\": \(JSONValue.string(path).serialized())}",
    ] {
      guard case .invalid(_, path, why)? = Fixtures.error(text) else {
        Issue.record("\(text): \(String(describing: Fixtures.error(text)))")
        continue
      }
    }
  }

  @Test func picturesWithinListsAndMappingsAreFound() throws {
    let request = try Fixtures.read(
      """
      generate:
        model: m
        prompt: p
        style_references:
          - { image: https://example.com/a.png }
          - { image: style/b.png, strength: 0.5 }
      """, path: "r.yaml")
    #expect(
      request.operation?.files == [FileField(path: ["style_references", "1", "image"], source: .inbox("style/b.png"))])
    let edit = try Fixtures.read("{\"multi-edit\": {\"prompt\": \"p\", \"images\": [\"a.png\", \"\(Fixtures.png)\"]}}")
    #expect(edit.operation?.files == [FileField(path: ["images", "0"], source: .inbox("a.png"))])
    #expect(edit.operation?.body["images"] == .array([.string(Fixtures.png)]))
  }
}
