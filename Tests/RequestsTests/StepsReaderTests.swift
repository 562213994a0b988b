import Documents
import Processing
import Raster
import Requests
import Testing

@Suite struct StepsReaderTests {
  private func output(_ keys: String) throws -> OutputRecipe {
    try Fixtures.pipeline("outputs:\n  - { file: \"{width}.png\", \(keys) }\n").recipe.outputs[0]
  }

  private func mistake(_ keys: String) -> RequestError? {
    Fixtures.pipelineError("outputs:\n  - { file: \"{width}.png\", \(keys) }\n")
  }

  @Test func withoutKeysThereAreNoSteps() throws {
    let plain = try output("metadata: none")
    #expect(plain.trim == nil && plain.crop == nil && plain.blur == nil && plain.sharpen == nil)
    #expect(plain.flatten == nil && plain.pad == nil)
  }

  @Test(arguments: [
    ("true", Trim?.some(Trim())), ("false", nil), ("{}", Trim()), ("{ tolerance: 0 }", Trim(tolerance: 0)),
    ("{ tolerance: 255, color: \"#fff\", margin: 12 }", Trim(tolerance: 255, color: .white, margin: 12)),
  ])
  func trims(text: String, expected: Trim?) throws {
    #expect(try output("trim: \(text)").trim == expected)
  }

  @Test(arguments: [
    ("\"16:9\"", Cropping.aspect(AspectRatio(width: 16, height: 9), .center)),
    ("{ aspect: \"1:1\", position: top-left }", .aspect(AspectRatio(width: 1, height: 1), .topLeft)),
    ("{ width: 10, height: 20 }", .part(width: .pixels(10), height: .pixels(20), .center)),
    ("{ width: \"50%\", position: bottom }", .part(width: .percent(50), height: .rest, .bottom)),
    (
      "{ x: 0, y: 5, width: 10, height: 20 }",
      .placed(x: .pixels(0), y: .pixels(5), width: .pixels(10), height: .pixels(20))
    ),
    (
      "{ x: \"12.5%\", width: \"87.5%\" }",
      .placed(x: .percent(12.5), y: .pixels(0), width: .percent(87.5), height: .rest)
    ),
    ("{ y: 7 }", .placed(x: .pixels(0), y: .pixels(7), width: .rest, height: .rest)),
  ])
  func crops(text: String, expected: Cropping) throws {
    #expect(try output("crop: \(text)").crop == expected)
  }

  @Test func blurSharpenFlattenAndPad() throws {
    #expect(try output("blur: 1.5").blur == 1.5)
    #expect(try output("blur: 1000").blur == 1000)
    #expect(try output("sharpen: true").sharpen == Sharpening())
    #expect(try output("sharpen: false").sharpen == nil)
    #expect(
      try output("sharpen: { sigma: 2, amount: 0.5, threshold: 0 }").sharpen
        == Sharpening(sigma: 2, amount: 0.5, threshold: 0))
    #expect(try output("flatten: \"#102030\"").flatten == Color(red: 16, green: 32, blue: 48))
    #expect(try output("pad: 20").pad == Frame(Padding(all: 20)))
    #expect(
      try output("pad: { left: 3, bottom: 4, color: \"#fff\" }").pad
        == Frame(Padding(bottom: 4, left: 3), color: .white))
  }

  @Test func linearLightAndFiltersByName() throws {
    for filter in Filter.allCases {
      let resize = try output("resize: { width: 5, filter: \(filter.rawValue), linear: true }").resize
      #expect(resize == Resize(width: 5, filter: filter, isLinear: true))
    }
    let error = try #require(mistake("resize: { width: 5, filter: lanczos }"))
    #expect(error.nearest == "lanczos3" || error.nearest == "lanczos2")
    #expect(error.reason.contains("lanczos3, lanczos2, spline36, bicubic, mitchell, bilinear, nearest"))
    #expect(mistake("resize: { width: 5, filter: mitchel }")?.nearest == "mitchell")
  }

  @Test(arguments: [
    ("trim: 5", "trim", "true, false or a mapping"), ("trim: { tolerance: 256 }", "trim.tolerance", "0 to 255"),
    ("trim: { tolerance: -1 }", "trim.tolerance", "0 to 255"), ("trim: { color: white }", "trim.color", "#rrggbb"),
    ("trim: { margin: 1.5 }", "trim.margin", "whole number"), ("crop: 5", "crop", "aspect"),
    ("crop: \"16/9\"", "crop", "a ratio is written"), ("crop: {}", "crop", "'width' is missing"),
    ("crop: { width: 0 }", "crop.width", "1 to 65535"), ("crop: { x: -1 }", "crop.x", "0 to 65535"),
    ("crop: { width: \"0%\" }", "crop.width", "above 0%"), ("crop: { x: \"100%\" }", "crop.x", "below 100%"),
    ("crop: { width: \"101%\" }", "crop.width", "100% at most"), ("crop: { width: \"x%\" }", "crop.width", "percent"),
    ("crop: { width: \"nan%\" }", "crop.width", "percent"), ("crop: { width: \"0x10%\" }", "crop.width", "percent"),
    ("crop: { width: 50.5 }", "crop.width", "whole number"),
    ("crop: { x: \"60%\", width: \"50%\" }", "crop.width", "together with 'x'"),
    ("crop: { x: \"70%\", width: \"30.5%\" }", "crop.width", "30.5% from 70% on"),
    ("crop: { y: \"0.5%\", height: \"100%\" }", "crop.height", "100% from 0.5% on"),
    ("crop: { aspect: \"0:9\" }", "crop.aspect", "a ratio is written \"16:9\""),
    ("crop: { x: 1, position: left }", "crop.position", "cannot go together"),
    ("crop: { aspect: \"1:1\", width: 5 }", "crop.width", "cannot go together"),
    ("crop: { width: 5, position: middle }", "crop.position", "center"),
    ("blur: 0.2", "blur", "0.3 to 1000"), ("blur: true", "blur", "a number"), ("blur: 1001", "blur", "0.3 to 1000"),
    ("sharpen: 1", "sharpen", "true, false or a mapping"), ("sharpen: { sigma: 11 }", "sharpen.sigma", "0.3 to 10"),
    ("sharpen: { amount: -1 }", "sharpen.amount", "0 to 10"),
    ("sharpen: { threshold: 300 }", "sharpen.threshold", "0 to 255"),
    ("flatten: white", "flatten", "#rrggbb"), ("flatten: true", "flatten", "text"),
    ("pad: -1", "pad", "0 to 65535"), ("pad: \"5%\"", "pad", "a number of pixels"), ("pad: {}", "pad", "'top'"),
    ("pad: { left: 70000 }", "pad.left", "0 to 65535"), ("resize: { width: 5, linear: yes }", "resize.linear", "true"),
  ])
  func aMistakeSaysWhereAndWhatIsAllowed(keys: String, key: String, words: String) throws {
    let error = try #require(mistake(keys))
    #expect(error.key == "outputs[0].\(key)")
    #expect(error.description.contains(words), "\(error)")
  }

  @Test(arguments: [
    ("trimm: true", "trim"), ("corp: \"1:1\"", "crop"), ("sharpn: true", "sharpen"), ("blurr: 1", "blur"),
    ("trim: { tolerence: 5 }", "tolerance"), ("crop: { widht: 5 }", "width"), ("sharpen: { amuont: 1 }", "amount"),
    ("pad: { botom: 5 }", "bottom"), ("resize: { width: 5, lineer: true }", "linear"),
  ])
  func aMisspeltKeyComesWithTheNearest(keys: String, nearest: String) {
    #expect(mistake(keys)?.nearest == nearest)
  }

  /// What is cut off or put around changes the sizes in names; the other steps do not.
  @Test func stepsThatChangeTheSizeTellNamesApart() throws {
    func outputs(_ first: String, _ second: String) -> RequestError? {
      Fixtures.pipelineError(
        "outputs:\n  - { file: \"{width}.png\", \(first) }\n  - { file: \"{width}.png\", \(second) }\n")
    }
    for step in ["trim: true", "crop: \"1:1\"", "pad: 5"] { #expect(outputs(step, "compression: 5") == nil) }
    for step in ["blur: 2", "sharpen: true", "flatten: \"#fff\""] {
      guard case .sameName? = outputs(step, "compression: 5") else {
        Issue.record("\(step)")
        continue
      }
    }
  }
}
