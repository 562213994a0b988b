import Codecs
import Metadata
import Processing
import Raster
import Testing

/// A JPEG that only has to be turned is turned without loss.
@Suite struct ProcessorTurnTests {
  private static let turned = Orientation.allCases.filter { $0 != .upright }

  /// As jpegtran(1) calls them.
  private static let words: [Orientation: [String]] = [
    .mirrored: ["-flip", "horizontal"], .rotated180: ["-rotate", "180"], .flipped: ["-flip", "vertical"],
    .transposed: ["-transpose"], .rotated90: ["-rotate", "90"], .transversed: ["-transverse"],
    .rotated270: ["-rotate", "270"],
  ]

  private func original(
    _ width: Int, _ height: Int, _ orientation: Orientation, _ layout: Layout = .rgb8,
    _ subsampling: JPEG.Options.Subsampling = .quarter, icc: [UInt8]? = nil
  ) throws -> [UInt8] {
    let picture = Originals.picture(width, height, layout)
    let bare = try JPEG.encode(picture, options: JPEG.Options(subsampling: subsampling))
    let blocks = MetadataBlocks(exif: Originals.exif(orientation), icc: icc)
    return try Container.rewrite(bare.span, with: blocks)
  }

  @Test(arguments: turned, Verification.ReadBack.allCases)
  func theSamplesAreThoseOfJpegtran(_ orientation: Orientation, _ readBack: Verification.ReadBack) throws {
    let icc = Originals.profile("Wide")
    let original = try original(64, 48, orientation, icc: icc)
    let recipe = Recipe(
      verification: Verification(readBack: readBack), outputs: [try .test("a.jpg", .jpeg, metadata: .full)])
    let (plan, outputs) = try process(original, recipe)
    #expect(plan.outputs.map(\.pixels) == [.turned])
    // No pixel is wanted: it is only seen that the original is whole.
    #expect(plan.scale == .eighth)
    let words = try #require(Self.words[orientation])
    let expected = try jpegTool("jpegtran", ["-perfect", "-copy", "none"] + words, original)
    #expect(try encodedPixels(outputs[0].bytes) == encodedPixels(expected))
    #expect(try jpegTool("djpeg", [], outputs[0].bytes) == jpegTool("djpeg", [], expected))
    #expect(outputs[0].planned.size == orientation.displayed(Size(width: 64, height: 48)))
    let blocks = try metadata(of: outputs[0].bytes)
    #expect(blocks.icc == icc)
    #expect((blocks.exif.map(Exif.orientation(of:)) ?? .upright) == .upright)
  }

  @Test func aTurnAndTheTurnBackGiveTheSamplesOfTheOriginal() throws {
    let original = try original(96, 32, .rotated90)
    let recipe = Recipe(outputs: [try .test("a.jpg", .jpeg)])
    let once = try process(original, recipe).outputs[0].bytes
    let back = try Container.rewrite(once.span, with: MetadataBlocks(exif: Originals.exif(.rotated270)))
    let twice = try process(back, recipe).outputs[0].bytes
    #expect(try encodedPixels(twice) == encodedPixels(original))
  }

  /// Blocks of 16x16 and of 8x8 pixels, and edges within them.
  @Test(arguments: [
    (40, 48, JPEG.Options.Subsampling.quarter, Orientation.rotated90, true),
    (40, 48, .quarter, .rotated270, false), (40, 48, .quarter, .mirrored, false), (40, 48, .quarter, .flipped, true),
    (40, 48, .full, .mirrored, true), (40, 47, .full, .mirrored, true), (40, 47, .full, .rotated180, false),
    (41, 47, .quarter, .transposed, true), (41, 48, .quarter, .transversed, false),
  ])
  func onlyWholeBlocksAreTurned(
    _ width: Int, _ height: Int, _ subsampling: JPEG.Options.Subsampling, _ orientation: Orientation, _ isTurned: Bool
  ) throws {
    let original = try original(width, height, orientation, .rgb8, subsampling)
    let (plan, outputs) = try process(original, Recipe(outputs: [try .test("a.jpg", .jpeg)]))
    #expect((plan.outputs[0].pixels == .turned) == isTurned)
    #expect((plan.scale == .full) == !isTurned)
    let picture = try decoded(outputs[0].bytes)
    let expected = try decoded(original).oriented(by: orientation)
    #expect(picture.size == expected.size)
    let worst = zip(picture.bytes, expected.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
    // Encoded again it is as far off as the encoder is; turned, by as much as a decoder rounds otherwise.
    #expect(worst <= (isTurned ? 4 : 24))
  }

  @Test func gradesOfGreyAreTurnedToo() throws {
    let (plan, outputs) = try process(
      try original(24, 40, .rotated90, .gray8), Recipe(outputs: [try .test("a.jpg", .jpeg)]))
    #expect(plan.outputs[0].pixels == .turned)
    #expect(try header(of: outputs[0].bytes).layout == .gray8)
  }

  @Test func whatIsMoreThanATurnIsEncodedAgain() throws {
    let original = try original(64, 48, .rotated90)
    let recipe = Recipe(outputs: [
      try .test("a.jpg", .jpeg, encoding: .jpeg(JPEG.Options())),
      try .test("b.jpg", .jpeg, resize: Resize(width: 20)), try .test("c.png", .png),
    ])
    for output in try process(original, recipe).plan.outputs {
      if case .encoded = output.pixels { continue }
      Issue.record("\(output.template) is \(output.pixels)")
    }
    let png = try Originals.original(.png, 64, 48, with: MetadataBlocks(exif: Originals.exif(.rotated90)))
    #expect(try process(png, Recipe(outputs: [try .test("a.png", .png)])).plan.outputs[0].pixels != .turned)
  }

  @Test func aCutOriginalIsNotTurned() throws {
    let whole = try original(64, 48, .rotated90)
    let cut = Array(whole.dropLast(whole.count / 4))
    let recipe = Recipe(outputs: [try .test("a.jpg", .jpeg)])
    #expect(throws: ProcessingError.original(.truncated(.jpeg))) { try process(cut, recipe) }
  }
}
