import Codecs
import Documents
import Metadata
import Processing
import Raster
import Requests
import Testing

@Suite struct OutputReaderTests {
  private func outputs(_ items: String...) throws -> [OutputRecipe] {
    try Fixtures.pipeline("outputs:\n" + items.map { "  - \($0)\n" }.joined()).recipe.outputs
  }

  private func mistake(_ items: String...) -> RequestError? {
    Fixtures.pipelineError("outputs:\n" + items.map { "  - \($0)\n" }.joined())
  }

  @Test(arguments: [
    ("\"{name}.webp\"", "", ImageFormat.webp), ("\"{name}.jpg\"", "", .jpeg), ("\"{name}.JPEG\"", "", .jpeg),
    ("\"{name}.{width}.png\"", "", .png), ("\"{name}.webp\"", ", format: png", .png),
    ("\"{name}.{format}\"", ", format: jpeg", .jpeg), ("\"{name}\"", ", format: jpg", .jpeg),
  ])
  func theFormatFollowsTheExtensionUnlessFormatSaysOtherwise(file: String, more: String, format: ImageFormat) throws {
    #expect(try outputs("{ file: \(file)\(more) }").map(\.format) == [format])
  }

  @Test(arguments: [
    ("\"{name}.{format}\"", "outputs[0]"), ("\"{name}\"", "outputs[0]"), ("\"{name}.tiff\"", "outputs[0].file"),
    ("\"{name}.webp\", format: gif", "outputs[0].format"), ("\"{nmae}.webp\"", "outputs[0].file"),
    ("\"../{name}.webp\"", "outputs[0].file"), ("\"a/{name}.webp\"", "outputs[0].file"),
    ("\"{name.webp\"", "outputs[0].file"), ("\".{name}.webp\"", "outputs[0].file"),
    ("\"{name}\\0.webp\"", "outputs[0].file"), ("\"\(String(repeating: "x", count: 260)).webp\"", "outputs[0].file"),
    ("\"manifest.json\", format: webp", "outputs[0].file"), ("5", "outputs[0].file"),
  ])
  func aFileNameThatCannotBeIsRefusedWhenThePipelineIsRead(file: String, key: String) throws {
    let error = try #require(mistake("{ file: \(file) }"))
    #expect(error.key == key)
    if key == "outputs[0].file" { #expect(error.position == Position(line: 2, column: 13)) }
  }

  @Test func coloursAreKeptUnlessTheOutputSaysOtherwise() throws {
    #expect(try outputs("{ file: \"{name}.webp\" }").map(\.color) == [.keep])
    #expect(try outputs("{ file: \"{name}.webp\", color: keep }").map(\.color) == [.keep])
    #expect(try outputs("{ file: \"{name}.webp\", color: srgb }").map(\.color) == [.srgb])
  }

  @Test func anUnknownColourComesWithTheNearest() throws {
    let error = try #require(mistake("{ file: \"{name}.webp\", color: sRGB }"))
    #expect(error.key == "outputs[0].color")
    #expect(error.nearest == "srgb")
    #expect(mistake("{ file: \"{name}.webp\", colour: srgb }")?.nearest == "color")
  }

  @Test func anUnknownPlaceholderComesWithTheNearest() {
    #expect(mistake("{ file: \"{nmae}.webp\" }")?.nearest == "name")
  }

  @Test func aListOfWidthsBecomesOneOutputEach() throws {
    let made = try outputs(
      "{ file: \"{name}-{width}.webp\", resize: { width: [320, 640], fit: cover, position: top-left } }")
    #expect(
      made.map(\.resize) == [
        Resize(width: 320, fit: .cover, position: .topLeft), Resize(width: 640, fit: .cover, position: .topLeft),
      ])
  }

  @Test(arguments: [
    ("width: [10, 20], height: [30, 40]", [Resize(width: 10, height: 30), Resize(width: 20, height: 40)]),
    ("width: [10, 20], height: 30", [Resize(width: 10, height: 30), Resize(width: 20, height: 30)]),
    ("width: 10, height: [30, 40]", [Resize(width: 10, height: 30), Resize(width: 10, height: 40)]),
    ("height: [30]", [Resize(height: 30)]), ("width: 5, enlarge: true", [Resize(width: 5, enlarge: true)]),
    ("width: 5, filter: nearest", [Resize(width: 5, filter: .nearest)]),
  ])
  func listsArePairedItemByItem(resize: String, expected: [Resize]) throws {
    #expect(try outputs("{ file: \"{width}x{height}.png\", resize: { \(resize) } }").map(\.resize) == expected)
  }

  @Test(arguments: [
    ("{}", 40, "resize"), ("{ fit: cover }", 40, "resize"), ("{ width: [] }", 49, "resize.width"),
    ("{ width: 0 }", 49, "resize.width"), ("{ width: 16384 }", 49, "resize.width"),
    ("{ width: 1.5 }", 49, "resize.width"),
    ("{ width: [320, wide] }", 55, "resize.width[1]"), ("{ widht: 5 }", 42, "resize.widht"),
    ("{ width: 5, fit: stretch }", 57, "resize.fit"), ("{ width: 5, position: middle }", 62, "resize.position"),
    ("{ width: 5, enlarge: 1 }", 61, "resize.enlarge"), ("{ width: [1, 2], height: [1, 2, 3] }", 65, "resize.height"),
    ("320", 40, "resize"),
  ])
  func aMistakeInAResizeSaysWhere(resize: String, column: Int, key: String) throws {
    let error = try #require(mistake("{ file: \"{width}-{height}.webp\", resize: \(resize) }"))
    #expect(error.key == "outputs[0].\(key)")
    #expect(error.position == Position(line: 2, column: column + 6))
  }

  @Test func settingsBecomeTheEncodersOptions() throws {
    #expect(try outputs("{ file: a.webp }")[0].encoding == nil)
    #expect(
      try outputs("{ file: a.webp, quality: 0, method: 6, lossless: false, sharp-yuv: true, alpha-quality: 50 }")[0]
        .encoding
        == .webp(WebP.Options(quality: 0, method: 6, lossless: false, sharpYUV: true, alphaQuality: 50)))
    #expect(
      try outputs("{ file: a.webp, near-lossless: 60 }")[0].encoding
        == .webp(WebP.Options(lossless: true, nearLossless: 60)))
    #expect(
      try outputs("{ file: a.jpg, quality: 1, subsampling: \"4:4:4\", progressive: true, optimize: true }")[0].encoding
        == .jpeg(JPEG.Options(quality: 1, subsampling: .full, progressive: true, optimize: true)))
    #expect(
      try outputs("{ file: a.jpg, subsampling: auto, restart-rows: 2, target-bytes: 50000 }")[0].encoding
        == .jpeg(JPEG.Options(subsampling: .automatic, restartRows: 2, targetBytes: 50_000)))
    #expect(
      try outputs("{ file: a.webp, target-bytes: 50000 }")[0].encoding == .webp(WebP.Options(targetBytes: 50_000)))
    #expect(
      try outputs("{ file: a.png, compression: 12, bit-depth: 16 }")[0].encoding
        == .png(PNG.Options(compression: 12, depth: .sixteen)))
  }

  @Test(arguments: [
    ("a.webp", "quality: 101", "quality"), ("a.webp", "quality: -1", "quality"), ("a.jpg", "quality: 0", "quality"),
    ("a.webp", "method: 7", "method"), ("a.webp", "near-lossless: 101", "near-lossless"),
    ("a.webp", "alpha-quality: 200", "alpha-quality"), ("a.png", "compression: 13", "compression"),
    ("a.jpg", "restart-rows: 0", "restart-rows"), ("a.jpg", "target-bytes: 0", "target-bytes"),
    ("a.webp", "lossless: true, target-bytes: 9", "target-bytes"),
    ("a.webp", "near-lossless: 50, target-bytes: 9", "target-bytes"),
    ("a.png", "bit-depth: 12", "bit-depth"), ("a.png", "bit-depth: 4", "bit-depth"),
    ("a.jpg", "subsampling: 4:1:1", "subsampling"), ("a.webp", "lossless: 1", "lossless"),
    ("a.webp", "lossless: false, near-lossless: 5", "near-lossless"), ("a.webp", "qualitiy: 5", "qualitiy"),
  ])
  func aSettingBeyondItsRangeIsRefused(file: String, setting: String, key: String) {
    #expect(mistake("{ file: \(file), \(setting) }")?.key == "outputs[0].\(key)")
  }

  @Test(arguments: [
    ("a.png", "quality: 80", "quality", ["webp", "jpeg"]), ("a.jpg", "method: 4", "method", ["webp"]),
    ("a.jpg", "lossless: true", "lossless", ["webp"]), ("a.webp", "subsampling: \"4:4:4\"", "subsampling", ["jpeg"]),
    ("a.webp", "progressive: true", "progressive", ["jpeg"]), ("a.webp", "compression: 6", "compression", ["png"]),
    ("a.jpg", "compression: 6", "compression", ["png"]), ("a.webp", "bit-depth: 8", "bit-depth", ["png"]),
    ("a.webp", "restart-rows: 1", "restart-rows", ["jpeg"]),
    ("a.png", "target-bytes: 9", "target-bytes", ["webp", "jpeg"]),
  ])
  func aSettingOfAnotherFormatNamesItsFormats(file: String, setting: String, key: String, formats: [String]) throws {
    let error = try #require(mistake("{ file: \(file), \(setting) }"))
    guard case .settingOfAnotherFormat(let place, _, formats) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(place.key == "outputs[0].\(key)")
    #expect(place.position == Position(line: 2, column: 17 + file.count + key.count))
  }

  @Test(arguments: [
    ("{ file: \"{name}.webp\" }", "{ file: \"{name}.webp\", quality: 5 }"),
    ("{ file: \"{name}.webp\", resize: { width: 10 } }", "{ file: \"{name}.webp\" }"),
    ("{ file: \"{name}.{format}\", format: png }", "{ file: \"{name}.png\" }"),
    (
      "{ file: \"{width}.webp\", resize: { width: 10 } }",
      "{ file: \"{width}.webp\", resize: { width: 10 }, quality: 5 }"
    ),
  ])
  func twoOutputsThatAlwaysGetOneNameAreRefused(first: String, second: String) throws {
    let error = try #require(mistake(first, second))
    guard case .sameName(let place, _, let other) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(place == Fixtures.at(3, 13, "outputs", "1", "file"))
    #expect(other == Position(line: 2, column: 13))
  }

  @Test func aListWithoutAPlaceholderOfTheSizeIsRefused() throws {
    let error = try #require(mistake("{ file: \"{name}.webp\", resize: { width: [320, 640] } }"))
    #expect(error.reason.contains("two outputs would always get the name '{name}.webp'"))
    #expect(mistake("{ file: \"{width}.webp\", resize: { width: [320, 320] } }") != nil)
  }

  @Test func outputsThatMayDifferAreLeftToTheOriginal() throws {
    #expect(try outputs("{ file: \"{width}.webp\" }", "{ file: \"{width}.webp\", resize: { width: 10 } }").count == 2)
    #expect(try outputs("{ file: \"{sha256:8}.webp\" }", "{ file: \"{sha256:8}.webp\", quality: 5 }").count == 2)
  }

  @Test(arguments: [
    ("\"#abc\"", Color(red: 0xAA, green: 0xBB, blue: 0xCC)), ("'#010203'", Color(red: 1, green: 2, blue: 3)),
  ])
  func backgroundsAreColours(text: String, color: Color) throws {
    #expect(try outputs("{ file: a.jpg, background: \(text) }")[0].background == color)
  }

  @Test func aBackgroundWithoutQuotesIsExplained() {
    let error = Fixtures.pipelineError("outputs:\n  - file: a.jpg\n    background: #ffffff\n")
    #expect(error?.place == Fixtures.at(3, 16, "outputs", "0", "background"))
    #expect(error?.reason.contains("text with # in front needs quotes") == true)
    #expect(mistake("{ file: a.jpg, background: white }")?.key == "outputs[0].background")
  }

  @Test(arguments: ["[]", "{}", "x", "[5]", "[{ quality: 5 }]", "[{ file: a.webp, width: 5 }]"])
  func outputsAreAListOfMappings(text: String) {
    #expect(Fixtures.pipelineError("outputs: \(text)") != nil)
  }
}
