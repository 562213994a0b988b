import Codecs
import Foundation
import Processing
import Raster
import Testing

/// The steps of an output together: their order, what is left out, what they need of the original.
@Suite struct ProcessorStepsTests {
  @Test func stepsAreDoneInTheirOneOrder() throws {
    let original = try Originals.product(48, 32, .rgba8, ground: [0, 0, 0, 0])
    var output = try OutputRecipe.test("a.png", .png, resize: Resize(width: 10))
    output.pad = Frame(Padding(all: 2))
    output.flatten = Color(red: 1, green: 2, blue: 3)
    output.sharpen = Sharpening()
    output.blur = 1
    output.crop = .aspect(AspectRatio(width: 1, height: 1), .left)
    output.trim = Trim()
    let (plan, outputs) = try process(original, Recipe(outputs: [output]))
    let square = Region(x: 0, y: 0, size: Size(width: 12, height: 12))
    #expect(
      plan.steps == [
        [
          .trim(to: Originals.mug), .crop(to: square),
          .resize(Resize(width: 10).geometry(for: square.size), .lanczos3, isLinear: false, background: nil),
          .blur(sigma: 1), .sharpen(Sharpening()), .flatten(onto: Color(red: 1, green: 2, blue: 3)),
          .pad(Padding(all: 2), background: .white),
        ]
      ])
    #expect(outputs[0].planned.size == Size(width: 14, height: 14))
    let image = try decoded(outputs[0].bytes)
    #expect(image.size == Size(width: 14, height: 14) && image.layout == .rgb8)
  }

  @Test func whatChangesNothingIsLeftOut() throws {
    let original = try Originals.original(.png)
    var output = try OutputRecipe.test("a.png", .png, metadata: .keep)
    // The gradient's corner is not its neighbours' colour.
    output.trim = Trim(tolerance: 0)
    output.crop = .placed(x: .pixels(0), y: .percent(0), width: .rest, height: .percent(100))
    output.flatten = .white
    output.pad = Frame(Padding())
    let (plan, outputs) = try process(original, Recipe(outputs: [output]))
    #expect(plan.outputs[0].pixels == .kept)
    let (found, expected) = (try encodedPixels(outputs[0].bytes), try encodedPixels(original))
    #expect(found == expected)
    // Any step that does something makes it another picture.
    for change in [
      { $0.blur = 0.3 }, { $0.sharpen = Sharpening() }, { $0.pad = Frame(Padding(top: 1)) },
      { $0.crop = .placed(x: .pixels(1), y: .pixels(0), width: .rest, height: .rest) },
    ] as [(inout OutputRecipe) -> Void] {
      var changed = output
      change(&changed)
      let plan = try process(original, Recipe(outputs: [changed])).plan
      #expect(plan.outputs[0].pixels != .kept)
    }
  }

  @Test func whatNoFileOfTheFormatHoldsIsRefusedWithoutPixels() throws {
    var output = try OutputRecipe.test(
      "a.webp", .webp, resize: Resize(width: 16_383, height: 2, fit: .fill, enlarge: true))
    let original = try Originals.original(.png, 20, 10)
    let report = try Processor.examine(original.span)
    func planned() throws -> Plan {
      try Processor.plan(Recipe(outputs: [output]), for: report, original: OriginalFacts(), job: .test())
    }
    #expect(try planned().outputs.count == 1)
    output.pad = Frame(Padding(left: 1))
    let tooLong = CodecError.tooLargeToEncode(.webp, found: Size(width: 16_384, height: 2), limit: 16_383)
    #expect(throws: ProcessingError.encoding(template: "a.webp", tooLong)) { try planned() }
  }

  /// A decoder that scales has mixed samples as they are stored, and cuts to whole blocks.
  @Test func aJPEGIsDecodedWholeForLinearLightAndForWhatIsCutBefore() throws {
    let original = try Originals.original(.jpeg, 640, 480)
    let resize = Resize(width: 40)
    var linear = resize
    linear.isLinear = true
    #expect(try process(original, Recipe(outputs: [.test("a.png", .png, resize: resize)])).plan.scale == .eighth)
    #expect(try process(original, Recipe(outputs: [.test("a.png", .png, resize: linear)])).plan.scale == .full)
    var cropped = try OutputRecipe.test("a.png", .png, resize: resize)
    cropped.crop = .aspect(AspectRatio(width: 1, height: 1), .center)
    #expect(try process(original, Recipe(outputs: [cropped])).plan.scale == .full)
    var blurred = try OutputRecipe.test("a.png", .png, resize: resize)
    blurred.blur = 2
    blurred.sharpen = Sharpening()
    #expect(try process(original, Recipe(outputs: [blurred])).plan.scale == .eighth)
  }

  @Test func aPixelGoesThroughEveryStep() throws {
    for layout in [Layout.gray8, .rgba8, Layout(.grayAlpha, .sixteen), Layout(.rgb, .sixteen)] {
      var output = try OutputRecipe.test("{width}.png", .png, resize: Resize(width: 1, height: 1, isLinear: true))
      output.trim = Trim(margin: 3)
      output.crop = .placed(x: .percent(99), y: .percent(0), width: .percent(1), height: .rest)
      output.blur = 30
      output.sharpen = Sharpening()
      output.flatten = .white
      output.pad = Frame(Padding(left: 1))
      let (_, outputs) = try process(
        try Originals.original(.png, 1, 1, layout), Recipe(verification: Verification(reject: []), outputs: [output]))
      let size = try header(of: outputs[0].bytes).size
      #expect(size == Size(width: 2, height: 1))
    }
  }

  @Test func aRecipeWithStepsSurvivesJSON() throws {
    var output = try OutputRecipe.test("a.png", .png, resize: Resize(width: 9, filter: .mitchell, isLinear: true))
    output.trim = Trim(tolerance: 3, color: .white, margin: 2)
    output.crop = .placed(x: .percent(1.5), y: .pixels(3), width: .rest, height: .percent(40))
    output.blur = 0.7
    output.sharpen = Sharpening(sigma: 2, amount: 1, threshold: 0)
    output.flatten = .white
    output.pad = Frame(Padding(left: 3), color: Color(red: 1, green: 2, blue: 3))
    let recipe = Recipe(outputs: [output])
    #expect(try JSONDecoder().decode(Recipe.self, from: JSONEncoder().encode(recipe)) == recipe)
    let report = OriginalReport.expected(.png, Size(width: 64, height: 48))
    let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: .test())
    #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
  }
}
