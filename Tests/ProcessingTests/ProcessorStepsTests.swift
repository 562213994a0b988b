import Codecs
import Foundation
import Metadata
import Processing
import Raster
import Testing

@Suite struct ProcessorStepsTests {
  /// A white picture with a red block of 20x12 at 10,6.
  static let mug = Region(x: 10, y: 6, size: Size(width: 20, height: 12))

  private func product(
    _ width: Int = 48, _ height: Int = 32, _ layout: Layout = .rgb8, ground: [UInt8] = [255, 255, 255, 255],
    turned: Orientation = .upright
  ) throws -> [UInt8] {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let isInside = (10..<30).contains(x) && (6..<18).contains(y)
        let pixel: [UInt8] = isInside ? [200, UInt8(x), UInt8(y), 255] : ground
        pixels += pixel.prefix(layout.channels.count)
      }
    }
    let image = Image(size: Size(width: width, height: height), layout: layout, pixels: pixels)
    let bare = try PNG.encode(image, options: PNG.Options())
    guard turned != .upright else { return bare }
    var blocks = MetadataBlocks()
    blocks.exif = Originals.exif(turned)
    return try Container.rewrite(bare.span, with: blocks)
  }

  private func steps(_ plan: Plan) -> [[Step]] {
    plan.outputs.map { if case .encoded(let work) = $0.pixels { work.steps } else { [] } }
  }

  @Test func stepsAreDoneInTheirOneOrder() throws {
    let original = try product(48, 32, .rgba8, ground: [0, 0, 0, 0])
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
      steps(plan) == [
        [
          .trim(to: Self.mug), .crop(to: square),
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

  // MARK: Trim

  @Test func namesAndSizesAreThoseOfWhatIsLeft() throws {
    var output = try OutputRecipe.test("{width}x{height}.png", .png)
    output.trim = Trim(margin: 1)
    let (plan, outputs) = try process(try product(), Recipe(outputs: [output]))
    #expect(plan.outputs[0].name.settled == "22x14.png")
    #expect(plan.warnings == [])
    let image = try decoded(outputs[0].bytes)
    let whole = try decoded(try product())
    let expected = whole.cropped(to: Region(x: 9, y: 5, size: Size(width: 22, height: 14)))
    let isEqual = image.equals(expected)
    #expect(isEqual)
  }

  /// A quarter turn: what is left lies elsewhere in the upright picture.
  @Test func aTrimIsOfTheUprightPicture() throws {
    let original = try product(turned: .rotated90)
    let report = try Processor.examine(original.span, for: [Trim()])
    #expect(report.size == Size(width: 32, height: 48))
    let left = Region(x: 32 - 6 - 12, y: 10, size: Size(width: 12, height: 20))
    #expect(report.surveys == [OriginalReport.Survey(trim: Trim(), region: left)])
    var output = try OutputRecipe.test("{width}x{height}.png", .png)
    output.trim = Trim()
    let (_, outputs) = try process(original, Recipe(outputs: [output]))
    let image = try decoded(outputs[0].bytes)
    #expect(outputs[0].planned.name.settled == "12x20.png" && image.size == left.size)
    // The block's upper left pixel, turned, is at the upper right.
    #expect(Array(image.bytes[33..<36]) == [200, 10, 6])
  }

  @Test func aSurveyIsMadeOfARecipesTrimsOnly() throws {
    let original = try product()
    #expect(try Processor.examine(original.span).surveys == [])
    // A cut picture has a header, but no pixels to survey.
    let cut = Array(original.prefix(original.count - 20))
    #expect(try Processor.examine(cut.span).surveys == [])
    #expect(throws: ProcessingError.self) { try Processor.examine(cut.span, for: [Trim()]) }
    let two = try Processor.examine(original.span, for: [Trim(), Trim(margin: 2)])
    #expect(two.surveys.map(\.region?.size.width) == [20, 24])
    let again = try JSONDecoder().decode(OriginalReport.self, from: JSONEncoder().encode(two))
    #expect(again.surveys == two.surveys)
    var outputs = try [0, 0, 2].map { margin in
      var output = try OutputRecipe.test("{sha256:8}.png", .png)
      output.trim = Trim(margin: margin)
      return output
    }
    outputs.append(try .test("b.png", .png))
    #expect(Recipe(outputs: outputs).trims == [Trim(), Trim(margin: 2)])
  }

  @Test func aPictureOfOneColourIsLeftWholeWithAWarning() throws {
    let pixels = [UInt8](repeating: 9, count: 30)
    let original = try PNG.encode(
      Image(size: Size(width: 5, height: 2), layout: .rgb8, pixels: pixels), options: PNG.Options())
    var output = try OutputRecipe.test("{width}x{height}.png", .png)
    output.trim = Trim()
    var other = output
    other.file = try FileNameTemplate("b.png")
    let (plan, outputs) = try process(
      original, Recipe(verification: Verification(reject: []), outputs: [output, other]))
    #expect(plan.warnings == [.nothingLeftByTrim])
    #expect(outputs.map(\.planned.size) == [Size(width: 5, height: 2), Size(width: 5, height: 2)])
  }

  @Test func withoutAnOriginalSizesAreThoseBeforeTrimming() throws {
    var output = try OutputRecipe.test("{width}.png", .png)
    output.trim = Trim()
    let report = OriginalReport.expected(.png, Size(width: 64, height: 48))
    let plan = try Processor.plan(
      Recipe(outputs: [output]), for: report, original: OriginalFacts(), job: .test())
    #expect(plan.outputs[0].size == Size(width: 64, height: 48))
    #expect(plan.warnings == [.trimUnknown])
  }

  @Test func theSizeThatWasAskedForIsThatBeforeTrimming() throws {
    var output = try OutputRecipe.test("{width}.png", .png)
    output.trim = Trim()
    let asked = JobFacts.test(requestedSize: .exact(Size(width: 48, height: 32)))
    #expect(try process(try product(), Recipe(outputs: [output]), job: asked).outputs.count == 1)
    let left = JobFacts.test(requestedSize: .exact(Self.mug.size))
    let error = ProcessingError.size(expected: .exact(Self.mug.size), found: Size(width: 48, height: 32))
    #expect(throws: error) { try process(try product(), Recipe(outputs: [output]), job: left) }
  }

  @Test func whatSeveralOutputsTrimIsTrimmedOnce() throws {
    let outputs = try [20, 10].map { width in
      var output = try OutputRecipe.test("{width}.png", .png, resize: Resize(width: width))
      output.trim = Trim()
      return output
    }
    let original = try product()
    let report = try Processor.examine(original.span, for: [Trim()])
    let plan = try Processor.plan(Recipe(outputs: outputs), for: report, original: OriginalFacts(), job: .test())
    let explanation = plan.explanation(of: report)
    #expect(explanation.shared.map(\.steps) == [["trim to 20x12 at 10,6"]])
    #expect(explanation.outputs[1].steps == ["trim to 20x12 at 10,6", "resize to 10x6 (lanczos3)"])
  }

  // MARK: Crop

  @Test(arguments: [
    (Cropping.aspect(AspectRatio(width: 16, height: 9), .center), "100x56 at 0,2"),
    (.aspect(AspectRatio(width: 1, height: 1), .right), "60x60 at 40,0"),
    (.aspect(AspectRatio(width: 999_999, height: 1), .bottom), "100x1 at 0,59"),
    (.aspect(AspectRatio(width: 5, height: 3), .topLeft), "100x60 at 0,0"),
    (.part(width: .pixels(11), height: .rest, .center), "11x60 at 44,0"),
    (.part(width: .percent(50), height: .percent(0.1), .bottomRight), "50x1 at 50,59"),
    (.placed(x: .pixels(90), y: .pixels(0), width: .pixels(10), height: .pixels(60)), "10x60 at 90,0"),
    (.placed(x: .pixels(7), y: .percent(50), width: .rest, height: .rest), "93x30 at 7,30"),
    (.placed(x: .percent(33.3), y: .percent(0), width: .percent(33.3), height: .percent(100)), "34x60 at 33,0"),
    (.placed(x: .percent(99.9), y: .percent(99.9), width: .percent(0.1), height: .rest), "1x1 at 99,59"),
  ])
  func aCropIsThePartThatIsMeant(_ crop: Cropping, _ expected: String) throws {
    let original = try Originals.original(.png, 100, 60)
    var output = try OutputRecipe.test("a.png", .png)
    output.crop = crop
    let (plan, outputs) = try process(original, Recipe(outputs: [output]))
    let image = try decoded(outputs[0].bytes)
    #expect(image.size == outputs[0].planned.size)
    if case .crop(let region)? = steps(plan)[0].first {
      #expect(region.description == expected)
      let isEqual = image.equals(try decoded(original).cropped(to: region))
      #expect(isEqual)
    } else {
      #expect(expected == "100x60 at 0,0")
    }
  }

  @Test func aCropThatDoesNotLieInThePictureIsAnError() throws {
    let original = try product()
    var output = try OutputRecipe.test("a.png", .png)
    for (crop, part) in [
      (Cropping.part(width: .pixels(49), height: .pixels(1), .center), "49x1 at 0,15"),
      (.placed(x: .pixels(29), y: .pixels(0), width: .pixels(20), height: .rest), "20x32 at 29,0"),
      (.placed(x: .pixels(0), y: .pixels(32), width: .rest, height: .rest), "48x1 at 0,32"),
    ] {
      output.crop = crop
      let error = #expect(throws: ProcessingError.self) { try process(original, Recipe(outputs: [output])) }
      #expect(
        error?.description
          == "output \"a.png\" keeps \(part) of a picture that is 48x32: that part does not lie in it; crop less, in "
          + "percent, or to an aspect ratio")
      let expected = Processor.expectedOutputs(
        of: Recipe(outputs: [output]), size: Size(width: 48, height: 32), originals: 1, job: .test())
      #expect(expected.map(\.size) == [nil])
    }
    output.trim = Trim()
    output.crop = .part(width: .pixels(21), height: .pixels(1), .topLeft)
    let part = Region(x: 0, y: 0, size: Size(width: 21, height: 1))
    let error = ProcessingError.cropOutside(template: "a.png", part: part, size: Self.mug.size, isTrimmed: true)
    #expect(throws: error) { try process(original, Recipe(outputs: [output])) }
  }

  // MARK: Room, ground and light

  @Test(arguments: [
    (ImageFormat.png, Layout.rgba8, nil, nil, Layout.rgba8, [0, 0, 0, 0] as [UInt8]),
    (.png, .rgb8, nil, nil, .rgb8, [10, 20, 30]), (.png, .rgba8, Color.white, nil, .rgb8, [10, 20, 30]),
    (.png, .gray8, nil, nil, .rgb8, [10, 20, 30]),
    (.png, .rgba8, nil, Color(red: 7, green: 8, blue: 9), .rgba8, [7, 8, 9, 255]),
    (.png, .grayAlpha8, nil, nil, .grayAlpha8, [0, 0]),
    (.png, .gray8, nil, Color.white, .gray8, [255]), (.webp, .gray8, nil, nil, .rgb8, [10, 20, 30]),
  ])
  func roomIsTransparentOrTheBackground(
    _ format: ImageFormat, _ layout: Layout, _ flatten: Color?, _ color: Color?, _ expected: Layout, _ corner: [UInt8]
  ) throws {
    var output = try OutputRecipe.test(
      "a.\(format.rawValue)", format, encoding: format == .webp ? .webp(WebP.Options(lossless: true)) : nil,
      background: Color(red: 10, green: 20, blue: 30))
    output.pad = Frame(Padding(top: 1, right: 2, bottom: 3, left: 4), color: color)
    output.flatten = flatten
    let (_, outputs) = try process(try Originals.original(.png, 20, 10, layout), Recipe(outputs: [output]))
    let image = try decoded(outputs[0].bytes)
    #expect(image.size == Size(width: 26, height: 14))
    #expect(image.layout == expected)
    #expect(Array(image.bytes.prefix(corner.count)) == corner)
  }

  @Test func aCanvasHasTheColourThatACutOutIsLaidOn() throws {
    let blue = Color(red: 10, green: 20, blue: 200)
    for (layout, corner) in [(Layout.rgba8, [10, 20, 200]), (.rgb8, [255, 255, 255])] as [(Layout, [UInt8])] {
      var output = try OutputRecipe.test("a.png", .png, resize: Resize(width: 20, height: 30, fit: .contain))
      output.flatten = blue
      let (_, outputs) = try process(try Originals.original(.png, 20, 10, layout), Recipe(outputs: [output]))
      let image = try decoded(outputs[0].bytes)
      #expect(image.layout == .rgb8 && Array(image.bytes.prefix(3)) == corner)
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

  @Test func roomKeepsTheLimit() throws {
    var output = try OutputRecipe.test("a.png", .png)
    output.pad = Frame(Padding(all: 65_535))
    let error = ProcessingError.outputTooLarge(
      template: "a.png", size: Size(width: 131_134, height: 131_118), limit: 100_000_000)
    #expect(throws: error) {
      try process(try Originals.original(.png), Recipe(outputs: [output]), limits: Limits(pixels: 100_000_000))
    }
  }

  @Test func flatteningNeedsTransparency() throws {
    var output = try OutputRecipe.test("a.webp", .webp, encoding: .webp(WebP.Options(lossless: true)))
    output.flatten = Color(red: 0, green: 0, blue: 255)
    let (_, outputs) = try process(try Originals.original(.png, 20, 10, .rgba8), Recipe(outputs: [output]))
    let image = try decoded(outputs[0].bytes)
    #expect(image.layout == .rgb8)
    #expect(Array(image.bytes.prefix(3)) == [0, 0, 255])
    let opaque = try process(try Originals.original(.png, 20, 10), Recipe(outputs: [output]))
    #expect(steps(opaque.plan) == [[]])
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

  @Test func expectedSizesAreKnownWhereATrimDoesNotMatter() throws {
    func size(_ change: (inout OutputRecipe) -> Void) throws -> Size? {
      var output = try OutputRecipe.test("a.png", .png)
      change(&output)
      return Processor.expectedOutputs(
        of: Recipe(outputs: [output]), size: Size(width: 64, height: 48), originals: 1, job: .test())[0].size
    }
    #expect(try size { $0.trim = Trim() } == nil)
    #expect(
      try size {
        $0.trim = Trim()
        $0.resize = Resize(width: 30, height: 40, fit: .contain)
        $0.pad = Frame(Padding(all: 5))
      } == Size(width: 40, height: 50))
    #expect(
      try size {
        $0.trim = Trim()
        $0.resize = Resize(width: 30, height: 40, fit: .cover)
      } == nil)
    #expect(try size { $0.pad = Frame(Padding(all: 5)) } == Size(width: 74, height: 58))
  }
}
