import Documents
import Testing

@testable import ImageAPI

struct OperationTests {
  private func error(_ endpoint: Endpoint, _ body: String, files: [FileField] = []) -> OperationError? {
    #expect(throws: OperationError.self) { try operation(endpoint, body, files: files) }
  }

  @Test(arguments: [
    (Endpoint.generate, #"{"model": "m", "prompt": "p"}"#),
    (
      .generate, #"{"model": "m", "prompt": "p", "inpaint": null, "seed": -999999999, "cfg_scale": 0.001, "steps": 99}"#
    ),
    (.generate, #"{"model": "m", "prompt": "p", "width": 1280, "height": 1e3, "variants": 4, "lora_strength": 0}"#),
    (.generations, #"{"prompt": "p", "n": null, "size": null, "quality": "hd", "user": "me"}"#),
    (.upscale, #"{"image": "https://example.com/a.png", "scale": 4, "creativity": null}"#),
    (.backgroundRemove, #"{"image_url": "https://example.com/a.png"}"#),
  ])
  func rightBodies_passWithoutAWarning(endpoint: Endpoint, body: String) throws {
    #expect(try operation(endpoint, body).warnings == [])
    #expect(try operation(endpoint, body).body == json(body))
  }

  @Test func unknownField_isRefusedWithTheNearestName() {
    #expect(
      error(.generate, #"{"model": "m", "prompt": "p", "heigth": 5}"#)
        == .unknownField(path: ["heigth"], endpoint: .generate, nearest: "height"))
    #expect(
      error(.generations, #"{"prompt": "p", "safe_mode": false}"#)
        == .unknownField(path: ["safe_mode"], endpoint: .generations, nearest: "moderation"))
    #expect(
      error(.multiEdit, #"{"prompt": "p", "model": "x"}"#)
        == .unknownField(path: ["model"], endpoint: .multiEdit, nearest: "modelId"))
    #expect(
      error(.upscale, #"{"image": "https://x.example/a", "zebra": 1}"#)
        == .unknownField(path: ["zebra"], endpoint: .upscale, nearest: nil))
    #expect(
      error(
        .generate,
        #"{"model": "m", "prompt": "p", "style_references": [{"image": "https://x.example/a", "strenght": 1}]}"#)
        == .unknownField(path: ["style_references", "0", "strenght"], endpoint: .generate, nearest: "strength"))
  }

  @Test func missingField_isRefused() {
    #expect(error(.generate, #"{"prompt": "p"}"#) == .missingField(path: ["model"], endpoint: .generate))
    #expect(error(.edit, #"{"prompt": "p"}"#) == .missingField(path: ["image"], endpoint: .edit))
    #expect(error(.backgroundRemove, "{}") == .missingField(path: ["image"], endpoint: .backgroundRemove))
    #expect(
      error(.generate, #"{"model": "m", "prompt": "p", "style_references": [{"strength": 0.5}]}"#)
        == .missingField(path: ["style_references", "0", "image"], endpoint: .generate))
  }

  @Test func wrongType_isRefused() {
    #expect(
      error(.generate, #"{"model": "m", "prompt": "p", "width": "1024"}"#)
        == .wrongType(path: ["width"], expected: "an integer", found: "a string"))
    #expect(
      error(.generate, #"{"model": "m", "prompt": "p", "seed": 1.5}"#)
        == .wrongType(path: ["seed"], expected: "an integer", found: "1.5"))
    #expect(
      error(.generate, #"{"model": "m", "prompt": null}"#)
        == .wrongType(path: ["prompt"], expected: "a string", found: "null"))
    #expect(
      error(.multiEdit, #"{"prompt": "p", "images": "x"}"#)
        == .wrongType(path: ["images"], expected: "an array", found: "a string"))
  }

  @Test(arguments: [
    ("cfg_scale", "0"), ("cfg_scale", "20.000000000000000000001"), ("width", "0"), ("height", "1281"),
    ("variants", "0"), ("variants", "5"), ("seed", "1000000000"), ("seed", "-1000000000"), ("lora_strength", "-1"),
    ("lora_strength", "1e99999999999"),
  ])
  func numberOutOfRange_isRefused(name: String, value: String) throws {
    let bounds = try #require(
      Endpoint.generate.fields.first { $0.name == name }.flatMap { field -> Field.Bounds? in
        switch field.kind {
        case .integer(let bounds), .number(let bounds): bounds
        default: nil
        }
      })
    #expect(
      error(.generate, #"{"model": "m", "prompt": "p", "\#(name)": \#(value)}"#)
        == .outOfRange(path: [name], value: value, allowed: bounds))
  }

  @Test func lengths_countUnicodeScalars() throws {
    let long = String(repeating: "🛶", count: 1501)
    #expect(
      error(.generations, #"{"prompt": "\#(long)"}"#) == .tooLong(path: ["prompt"], length: 1501, maximum: 1500))
    _ = try operation(.generations, #"{"prompt": "\#(long.dropLast())"}"#)
    #expect(error(.generations, #"{"prompt": ""}"#) == .tooShort(path: ["prompt"], length: 0, minimum: 1))
    #expect(
      error(.multiEdit, #"{"prompt": "p", "images": []}"#) == .tooFewItems(path: ["images"], count: 0, minimum: 1))
  }

  @Test func choice_isRefusedWithTheNearest() {
    #expect(
      error(.generate, #"{"model": "m", "prompt": "p", "format": "wepb"}"#)
        == .notAChoice(path: ["format"], value: "wepb", allowed: ["jpeg", "png", "webp"], nearest: "webp"))
  }

  /// The bodies of venice/pages 000 and 001 (notes.md, "The bodies printed in the pages").
  @Test(arguments: [#""<unknown>""#, #"{"strength": 50, "source_image_base64": "..."}"#])
  func inpaint_isRefused(value: String) {
    #expect(
      error(.generate, #"{"model": "m", "prompt": "p", "inpaint": \#(value)}"#)
        == .disabledField(path: ["inpaint"], why: "the vendor switched inpainting off on 19 May 2025"))
  }

  /// Page 000's body without `inpaint`.
  @Test func mixedSizing_isAWarning() throws {
    let body = #"""
      {"model": "grok-imagine-image", "prompt": "A beautiful sunset over a mountain range", "cfg_scale": 7.5,
       "embed_exif_metadata": false, "format": "webp", "height": 1024, "hide_watermark": false, "lora_strength": 50,
       "negative_prompt": "Clouds, Rain, Snow", "return_binary": false, "variants": 3, "safe_mode": false,
       "seed": 123456789, "steps": 8, "style_preset": "3D Model", "aspect_ratio": "1:1", "resolution": "1K",
       "quality": "high", "enable_web_search": false, "width": 1024}
      """#
    let operation = try operation(.generate, body)
    #expect(operation.warnings == [.mixedSizing(fields: ["width", "height", "aspect_ratio", "resolution"])])
    #expect(operation.requestedSize == .unspecified)
    #expect(operation.variants == 3)
    #expect(operation.seed == 123_456_789)
  }

  @Test func variantsWithABinaryAnswer_areRefused() throws {
    #expect(
      error(.generate, #"{"model": "m", "prompt": "p", "variants": 2, "return_binary": true}"#)
        == .conflict(path: ["variants"], with: "return_binary", why: "a binary answer carries one picture"))
    _ = try operation(.generate, #"{"model": "m", "prompt": "p", "variants": 1, "return_binary": true}"#)
  }

  /// Page 004: the page allows what the schema does not list.
  @Test func extrasOfThePages_areSentWithAWarning() throws {
    let body = #"""
      {"model": "gpt-image-2-edit", "image": "\#(tinyPNGBase64)", "prompt": "change the sky to a sunrise",
       "resolution": "2K", "quality": "medium", "output_format": "jpg"}
      """#
    let operation = try operation(.edit, body)
    #expect(
      operation.warnings == [
        .notInSchema(path: ["quality"], page: "the page of /image/edit"),
        .doubtfulValue(path: ["output_format"], value: "jpg", why: "the schema lists only jpeg, its text jpg too"),
      ])
    #expect(operation.requestedFormat == "jpeg")
    #expect(
      error(.generate, #"{"model": "m", "prompt": "p", "format": "jpg"}"#)?.path == ["format"])
  }

  @Test func modelIdOfAnEdit_isDeprecatedAndItsListIsOpen() throws {
    let image = #""image": "https://example.com/a.png", "prompt": "p""#
    #expect(
      try operation(.edit, #"{"modelId": "qwen-image-2-edti", \#(image)}"#).warnings == [
        .deprecatedField(path: ["modelId"], instead: "model"),
        .unlistedValue(path: ["modelId"], value: "qwen-image-2-edti", nearest: "qwen-image-2-edit"),
      ])
    #expect(error(.edit, #"{"modelId": "a", "model": "b", \#(image)}"#)?.path == ["modelId"])
  }

  @Test func doubtfulUpscales_areWarnings() throws {
    let operation = try operation(.upscale, #"{"image": "https://example.com/a", "scale": 3, "creativity": 0.5}"#)
    #expect(operation.warnings.count == 2)
    #expect(error(.upscale, #"{"image": "https://example.com/a", "scale": 1.9}"#)?.path == ["scale"])
  }

  @Test(arguments: [
    "", "iVBORw0KGgoAAAANSUhEUgAAAgAAAAIACAIAAAB7GkOtAAAAIGNIUk0A...", "photo.jpg", "aGVsbG8gd29ybGQ=",
    "data:text/plain;base64,aGVsbG8=", "data:image/png,abc", "iVBORw0KGgo", "ftp://example.com/a.png", "https://",
  ])
  func textThatIsNoImage_isRefused(text: String) {
    guard case .notAnImage(path: ["image"], _)? = error(.edit, #"{"prompt": "p", "image": "\#(text)"}"#) else {
      Issue.record("passed: \(text)")
      return
    }
  }

  @Test func imageBeyondTheLimit_isRefused() {
    let text = String(repeating: "iVBO", count: (8 << 20) / 3 + 1)
    #expect(
      error(.generate, #"{"model": "m", "prompt": "p", "style_references": [{"image": "\#(text)"}]}"#)
        == .imageTooLarge(path: ["style_references", "0", "image"], bytes: 8_388_609, maximum: 8_388_608))
  }

  @Test func files_fillTheirPlaces() throws {
    let image = [FileField(path: ["image"], source: .inbox("web/photo.jpg"))]
    #expect(try operation(.edit, #"{"prompt": "p"}"#, files: image).files == image)
    _ = try operation(.upscale, "{}", files: [FileField(path: ["image"], source: .previous)])
    _ = try operation(.backgroundRemove, "{}", files: image)
    _ = try operation(
      .multiEdit, #"{"prompt": "p", "images": ["https://example.com/a"]}"#,
      files: [
        FileField(path: ["images", "0"], source: .inbox("a")), FileField(path: ["images", "2"], source: .inbox("b")),
      ])
    _ = try operation(
      .generate, #"{"model": "m", "prompt": "p", "style_references": [{"strength": 1}]}"#,
      files: [FileField(path: ["style_references", "0", "image"], source: .inbox("a"))])
  }

  @Test func filesWithoutAPlace_areRefused() {
    func file(_ path: String...) -> [FileField] { [FileField(path: path, source: .inbox("a"))] }
    #expect(
      error(.edit, #"{"prompt": "p", "image": "https://example.com/a"}"#, files: file("image"))
        == .misplacedFile(path: ["image"], why: "the field has a value already"))
    #expect(
      error(.upscale, #"{"image": "https://example.com/a"}"#, files: file("creativity"))
        == .misplacedFile(path: ["creativity"], why: "the field takes a number"))
    #expect(
      error(.edit, "{}", files: file("prompt")) == .misplacedFile(path: ["prompt"], why: "the field takes a string"))
    #expect(
      error(.multiEdit, #"{"prompt": "p"}"#, files: file("images", "1"))
        == .misplacedFile(path: ["images", "1"], why: "its place in the body does not exist"))
    #expect(
      error(.edit, #"{"prompt": "p"}"#, files: file("imgae"))
        == .unknownField(path: ["imgae"], endpoint: .edit, nearest: "image"))
  }

  @Test func messages_sayWhatToDo() {
    #expect(
      "\(OperationError.outOfRange(path: ["width"], value: "1281", allowed: .init(minimum: "0", maximum: "1280", excludesMinimum: true)))"
        == "'width' is 1281; it must be above 0 and at most 1280")
    #expect(
      "\(OperationError.unknownField(path: ["heigth"], endpoint: .generate, nearest: "height"))"
        == "generate has no field 'heigth'; did you mean 'height'?")
  }
}
