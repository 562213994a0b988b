import Codecs
import Metadata
import Processing
import Raster
import Testing

@Suite struct ProcessorRunTests {
  // MARK: Encoded pixels that stay

  @Test(arguments: ImageFormat.allCases, [MetadataPolicy.Level.none, .keep, .provenance, .full])
  func unchangedPixelsKeepTheirEncodedBytes(_ format: ImageFormat, _ level: MetadataPolicy.Level) throws {
    let blocks = MetadataBlocks(exif: Originals.exif(.upright), icc: Originals.profile("Test"))
    let original = try Originals.original(format, with: blocks)
    let recipe = Recipe(outputs: [try .test("{name}.{format}", format, metadata: level)])
    let (plan, outputs) = try process(original, recipe)
    #expect(plan.outputs.map(\.pixels) == [.kept])
    #expect(try encodedPixels(outputs[0].bytes) == encodedPixels(original))
    #expect(try !encodedPixels(original).isEmpty)
    #expect(try metadata(of: outputs[0].bytes).icc == blocks.icc)
  }

  @Test(arguments: ImageFormat.allCases)
  func nothingToWriteLeavesTheFileAsItIs(_ format: ImageFormat) throws {
    let original = try Originals.original(format, with: MetadataBlocks(xmp: XMP.packet(XMPFields(rights: "me"))))
    let recipe = Recipe(outputs: [try .test("{name}", format, metadata: .keep)])
    #expect(try process(original, recipe).outputs.map(\.bytes) == [original])
  }

  @Test(arguments: ImageFormat.allCases)
  func anEncoderSettingEncodesAgain(_ format: ImageFormat) throws {
    let encoding: Encoding =
      switch format {
      case .webp: .webp(WebP.Options(quality: 20))
      case .jpeg: .jpeg(JPEG.Options(quality: 20))
      case .png: .png(PNG.Options(compression: 0))
      }
    let original = try Originals.original(format)
    let (plan, outputs) = try process(original, Recipe(outputs: [try .test("{name}", format, encoding: encoding)]))
    #expect(plan.outputs[0].pixels != .kept)
    #expect(try encodedPixels(outputs[0].bytes) != encodedPixels(original))
    #expect(try decoded(outputs[0].bytes).size == Size(width: 64, height: 48))
  }

  // MARK: Pixels that change

  @Test(arguments: ImageFormat.allCases, ImageFormat.allCases)
  func everyFormatBecomesEveryOther(_ from: ImageFormat, _ to: ImageFormat) throws {
    let original = try Originals.original(from)
    let recipe = Recipe(outputs: [try .test("{name}-{width}.{format}", to, resize: Resize(width: 32))])
    let output = try process(original, recipe).outputs[0]
    #expect(output.planned.name.settled == "canal-32.\(to.rawValue)")
    #expect(ImageFormat(signatureOf: output.bytes.span) == to)
    let expected = try decoded(original).resized(
      Resize(width: 32).geometry(for: Size(width: 64, height: 48)), background: nil)
    let found = try decoded(output.bytes)
    #expect(found.size == Size(width: 32, height: 24))
    let worst = zip(found.bytes, expected.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
    #expect(worst <= (to == .png ? 0 : 24))
  }

  @Test func orientationIsAppliedBeforeAnythingElse() throws {
    let original = try Originals.original(.png, 64, 48, with: MetadataBlocks(exif: Originals.exif(.rotated90)))
    let recipe = Recipe(outputs: [
      try .test("{name}-{width}x{height}.png", .png, metadata: .keep),
      try .test("{name}-small-{width}x{height}.png", .png, resize: Resize(width: 24)),
    ])
    let outputs = try process(original, recipe).outputs
    #expect(outputs.map(\.planned.name.settled) == ["canal-48x64.png", "canal-small-24x32.png"])
    let upright = try decoded(original).oriented(by: .rotated90)
    #expect(try decoded(outputs[0].bytes).bytes == upright.bytes)
    let blocks = try metadata(of: outputs[0].bytes)
    let orientation = blocks.exif.map(Exif.orientation(of:)) ?? .upright
    #expect(orientation == .upright)
  }

  @Test func aTurnedOriginalIsMeasuredAsItIsDisplayed() throws {
    let original = try Originals.original(.jpeg, 64, 48, with: MetadataBlocks(exif: Originals.exif(.transposed)))
    let recipe = Recipe(
      verification: Verification(size: .exact(Size(width: 48, height: 64))),
      outputs: [try .test("{name}", .jpeg)])
    #expect(try process(original, recipe).outputs[0].planned.size == Size(width: 48, height: 64))
  }

  @Test func transparencyIsFlattenedForJPEGAlone() throws {
    let original = try Originals.original(.png, 20, 20, .rgba8)
    let red = Color(red: 255, green: 0, blue: 0)
    let best = Encoding.jpeg(JPEG.Options(quality: 100, subsampling: .full))
    let outputs = try process(
      original,
      Recipe(outputs: [
        try .test("a.jpg", .jpeg, encoding: best, background: red),
        try .test("b.png", .png, resize: Resize(width: 10), background: red),
        try .test("c.webp", .webp, background: red),
      ])
    ).outputs
    let flat = try decoded(original).flattened(onto: red)
    let jpeg = try decoded(outputs[0].bytes)
    #expect(jpeg.layout == .rgb8)
    #expect(zip(jpeg.bytes, flat.bytes).allSatisfy { abs(Int($0) - Int($1)) <= 4 })
    #expect(try decoded(outputs[1].bytes).layout == .rgba8)
    #expect(try decoded(outputs[2].bytes).layout == .rgba8)
  }

  @Test func aCanvasIsTransparentBehindACutOutAndColoredBehindAPhoto() throws {
    let resize = Resize(width: 30, height: 10, fit: .contain)
    let blue = Color(red: 0, green: 0, blue: 255)
    let lossless = Encoding.webp(WebP.Options(lossless: true))
    let recipe = Recipe(outputs: [
      try .test("a.png", .png, resize: resize, background: blue),
      try .test("b.webp", .webp, resize: resize, encoding: lossless, background: blue),
    ])
    for output in try process(Originals.original(.png, 10, 10, .rgba8), recipe).outputs {
      #expect(try Array(decoded(output.bytes).bytes.prefix(4)) == [0, 0, 0, 0])
    }
    for output in try process(Originals.original(.png, 10, 10, .rgb8), recipe).outputs {
      #expect(try Array(decoded(output.bytes).bytes.prefix(3)) == [0, 0, 255])
    }
    let gray = try decoded(process(Originals.original(.png, 10, 10, .gray8), recipe).outputs[0].bytes)
    #expect(gray.layout == .rgb8)
    #expect(Array(gray.bytes.prefix(3)) == [0, 0, 255])
  }

  @Test(arguments: Layout.Channels.allCases, Layout.Depth.allCases)
  func eachFormatGetsWhatItCanHold(_ channels: Layout.Channels, _ depth: Layout.Depth) throws {
    let layout = Layout(channels, depth)
    let original = try Originals.original(.png, 12, 12, layout)
    let resize = Resize(width: 6)
    let outputs = try process(
      original,
      Recipe(outputs: [
        try .test("a.png", .png, resize: resize), try .test("a.webp", .webp, resize: resize),
        try .test("a.jpg", .jpeg, resize: resize),
      ])
    ).outputs
    let layouts = try outputs.map { try header(of: $0.bytes).layout }
    #expect(layouts == [layout, layout.hasAlpha ? .rgba8 : .rgb8, channels.isGray ? .gray8 : .rgb8])
  }

  @Test func sixteenBitsRoundOnce() throws {
    let original = try Originals.original(.png, 12, 12, Layout(.rgb, .sixteen))
    let lossless = Encoding.webp(WebP.Options(lossless: true))
    let recipe = Recipe(outputs: [try .test("a.webp", .webp, encoding: lossless)])
    let output = try process(original, recipe).outputs[0]
    #expect(try decoded(output.bytes).bytes == decoded(original).converted(to: .rgb8).bytes)
  }

  // MARK: Metadata

  @Test(arguments: ImageFormat.allCases)
  func theProfileIsCarriedIntoEncodedOutputs(_ format: ImageFormat) throws {
    let profile = Originals.profile("Wide")
    let original = try Originals.original(.png, with: MetadataBlocks(icc: profile))
    let recipe = Recipe(outputs: [try .test("a", format, resize: Resize(width: 8))])
    let output = try process(original, recipe).outputs[0]
    #expect(try metadata(of: output.bytes).icc == profile)
    #expect(output.warnings.isEmpty)
  }

  @Test func aGreyProfileStaysWithGrey() throws {
    let profile = Originals.profile("Dot Gain", space: "GRAY")
    let original = try Originals.original(.png, 16, 16, .gray8, with: MetadataBlocks(icc: profile))
    let resize = Resize(width: 8)
    let outputs = try process(
      original,
      Recipe(outputs: [try .test("a.png", .png, resize: resize), try .test("a.webp", .webp, resize: resize)])
    ).outputs
    #expect(try metadata(of: outputs[0].bytes).icc == profile)
    #expect(try metadata(of: outputs[1].bytes).icc == nil)
    #expect(outputs[0].warnings.isEmpty)
    let warning = MetadataWarning.dropped(.icc, reason: "it is not for the channels of the output")
    #expect(outputs[1].warnings == [.metadata(template: "a.webp", warning)])
  }

  @Test(arguments: ImageFormat.allCases)
  func theDisclosureIsInEveryOutput(_ format: ImageFormat) throws {
    let original = try Originals.original(.webp)
    let recipe = Recipe(outputs: [
      try .test("a", format, metadata: .provenance), try .test("b", format, resize: Resize(width: 9), metadata: .full),
    ])
    for output in try process(original, recipe).outputs {
      let packet = try #require(try metadata(of: output.bytes).xmp)
      let fields = try #require(XMP.fields(of: packet))
      #expect(fields.digitalSourceType?.hasSuffix("/trainedAlgorithmicMedia") == true)
      #expect(fields.prompt == (output.planned.template == "b" ? "a canal" : nil))
    }
  }

  // MARK: Originals that are refused

  @Test(arguments: ImageFormat.allCases)
  func aCutOriginalIsRefusedAlthoughNoOutputNeedsItsPixels(_ format: ImageFormat) throws {
    let whole = try Originals.original(format)
    let cut = Array(whole.dropLast(whole.count / 3))
    let recipe = Recipe(outputs: [try .test("a", format, metadata: .keep)])
    #expect(throws: ProcessingError.original(.truncated(format))) { try process(cut, recipe) }
  }

  @Test func aWholeContainerAroundCutPixelsIsRefusedToo() throws {
    let whole = try Originals.original(.jpeg)
    let cut = Array(whole.dropLast(whole.count / 3) + [0xFF, 0xD9])
    let recipe = Recipe(outputs: [try .test("a", .jpeg, metadata: .keep)])
    let report = try Processor.examine(cut.span)
    #expect(report.damage == nil)
    let error = CodecError.malformed(.jpeg, reason: "Corrupt JPEG data: premature end of data segment")
    #expect(throws: ProcessingError.original(error)) { try process(cut, recipe) }
  }

  @Test func whatIsNoPictureIsRefused() throws {
    let html = Array("<!DOCTYPE html><html>".utf8)
    let recipe = Recipe(outputs: [try .test("a", .webp)])
    #expect(throws: ProcessingError.original(.notAnImage(beginning: Array(html.prefix(16))))) {
      try process(html, recipe)
    }
    #expect(throws: ProcessingError.original(.notAnImage(beginning: []))) { try process([], recipe) }
  }

  @Test func limitsAreCheckedBeforePixels() throws {
    let original = try Originals.original(.png)
    let recipe = Recipe(outputs: [try .test("a", .png)])
    let size = Size(width: 64, height: 48)
    let (tooMany, tooLong) = (Limits(pixels: 3071), Limits(bytes: 10))
    let manyPixels = ProcessingError.original(.tooManyPixels(found: size, limit: 3071))
    #expect(throws: manyPixels) { try Processor.examine(original.span, limits: tooMany) }
    #expect(throws: manyPixels) { try process(original, recipe, limits: tooMany) }
    let manyBytes = ProcessingError.original(.tooManyBytes(found: original.count, limit: 10))
    #expect(throws: manyBytes) { try Processor.examine(original.span, limits: tooLong) }
    _ = try process(original, recipe, limits: Limits(pixels: 3072, bytes: original.count))
  }

  @Test func aBlankOriginalIsRefusedUnlessThePipelineTakesIt() throws {
    let blank = try Originals.encoded(Image(size: Size(width: 9, height: 9), layout: .rgb8), as: .png)
    var recipe = Recipe(outputs: [try .test("a", .png, metadata: .keep)])
    #expect(throws: ProcessingError.flaw(.blank)) { try process(blank, recipe) }
    recipe.verification.reject = [.violation, .blurred]
    #expect(try process(blank, recipe).outputs.count == 1)
  }

  @Test func onePixelIsNotBlank() throws {
    let pixel = try Originals.encoded(Image(size: Size(width: 1, height: 1), layout: .rgb8), as: .png)
    #expect(try process(pixel, Recipe(outputs: [try .test("a", .png, metadata: .keep)])).outputs.count == 1)
  }

  @Test func aPlanFitsNoOtherOriginal() throws {
    let recipe = Recipe(outputs: [try .test("a", .png)])
    let original = try Originals.original(.png, 10, 10)
    let report = try Processor.examine(original.span)
    let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: .test())
    let others = [
      try Originals.original(.png, 11, 10), try Originals.original(.webp, 10, 10),
      try Originals.original(.png, 10, 10, .rgba8),
    ]
    for other in others {
      let found = try decoded(other).size
      let error = ProcessingError.notAsPlanned(expected: Size(width: 10, height: 10), found: found)
      #expect {
        try Processor.run(plan, original: other.span) { _ in }
      } throws: {
        ($0 as? RunError<Never>).flatMap { if case .processing(let found) = $0 { found } else { nil } } == error
      }
    }
  }

  // MARK: Handing over

  @Test func whatEmitThrowsEndsTheRun() throws {
    struct Full: Error, Equatable {}
    let original = try Originals.original(.png)
    let recipe = Recipe(outputs: [try .test("a.png", .png), try .test("b.webp", .webp), try .test("c.jpg", .jpeg)])
    let report = try Processor.examine(original.span)
    let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: .test())
    var taken: [String?] = []
    #expect {
      try Processor.run(plan, original: original.span) { (output: FinishedOutput) throws(Full) in
        taken.append(output.planned.name.settled)
        if taken.count == 2 { throw Full() }
      }
    } throws: {
      if case .emission? = $0 as? RunError<Full> { true } else { false }
    }
    #expect(taken == ["a.png", "b.webp"])
  }

  @Test(arguments: Verification.ReadBack.allCases)
  func readBackPassesWhatWasMade(_ readBack: Verification.ReadBack) throws {
    let outputs: [OutputRecipe] = [
      try .test("k", .png, metadata: .full), try .test("a", .png, resize: Resize(width: 5), metadata: .full),
      try .test("b", .webp, encoding: .webp(WebP.Options(lossless: true)), metadata: .full),
      try .test("c", .webp, encoding: .webp(WebP.Options(nearLossless: 40))),
      try .test("d", .jpeg, encoding: .jpeg(JPEG.Options(progressive: true)), metadata: .provenance),
    ]
    let recipe = Recipe(verification: Verification(readBack: readBack), outputs: outputs)
    let layouts = Layout.Channels.allCases.flatMap { [Layout($0, .eight), Layout($0, .sixteen)] }
    for layout in layouts {
      let original = try Originals.original(.png, 13, 7, layout, with: MetadataBlocks(exif: Originals.exif(.upright)))
      #expect(try process(original, recipe).outputs.count == 5)
    }
  }

  // MARK: PNG in as few bits as hold it

  /// Gray in three channels, which only the pixels tell.
  private func grayInColour(with blocks: MetadataBlocks = MetadataBlocks()) throws -> [UInt8] {
    let picture = Originals.picture(16, 16, .gray8).converted(to: .rgb8)
    let lossless = try WebP.encode(picture, options: WebP.Options(lossless: true))
    return try Container.rewrite(lossless.span, with: blocks)
  }

  @Test func grayInColourIsStoredAsGrayAndReadBack() throws {
    let recipe = Recipe(verification: Verification(readBack: .full), outputs: [try .test("a.png", .png)])
    let output = try process(grayInColour(), recipe).outputs[0]
    #expect(try header(of: output.bytes).layout == .gray8)
  }

  @Test func grayInColourStaysColourUnderItsProfile() throws {
    let profile = Originals.profile("Wide")
    let recipe = Recipe(verification: Verification(readBack: .full), outputs: [try .test("a.png", .png)])
    let output = try process(grayInColour(with: MetadataBlocks(icc: profile)), recipe).outputs[0]
    #expect(try header(of: output.bytes).layout == .rgb8)
    #expect(try metadata(of: output.bytes).icc == profile)
  }

  @Test(arguments: Layout.Depth.allCases, Layout.Depth.allCases)
  func theDepthThatIsAskedForIsWritten(_ from: Layout.Depth, _ to: Layout.Depth) throws {
    let original = try Originals.original(.png, 12, 12, Layout(.rgb, from))
    let recipe = Recipe(
      verification: Verification(readBack: .full),
      outputs: [try .test("a.png", .png, encoding: .png(PNG.Options(depth: to)))])
    let output = try process(original, recipe).outputs[0]
    #expect(try header(of: output.bytes).layout == Layout(.rgb, to))
    #expect(try decoded(output.bytes).bytes == decoded(original).converted(to: Layout(.rgb, to)).bytes)
  }

  @Test(arguments: [
    Encoding.webp(WebP.Options(quality: 100, targetBytes: 4000)),
    .jpeg(JPEG.Options(quality: 100, targetBytes: 4000)),
  ])
  func targetBytesAreThoseOfTheFileWithItsMetadata(_ encoding: Encoding) throws {
    let profile = Originals.profile(String(repeating: "W", count: 900))
    let original = try Originals.original(.png, 160, 120, with: MetadataBlocks(icc: profile))
    let recipe = Recipe(outputs: [try .test("a", encoding.format, encoding: encoding)])
    let output = try process(original, recipe).outputs[0]
    #expect(try metadata(of: output.bytes).icc == profile)
    #expect(output.bytes.count <= 4000)
    // A step of quality is less than that.
    #expect(output.bytes.count > 3500)
  }
}
