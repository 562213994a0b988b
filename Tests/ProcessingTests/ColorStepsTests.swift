import Codecs
import Colorimetry
import Foundation
import Metadata
import Processing
import Raster
import Testing

/// Colours beside the other steps of an output.
struct ColorStepsTests {
  private static let paper: [UInt8] = [0, 0, 0, 0]

  /// Ink is trimmed and cut as the light that it lets through, whatever the border's own ink.
  @Test(arguments: [Color.white, nil]) func inkIsTrimmedAsLight(_ border: Color?) throws {
    let samples = [Self.paper, [255, 0, 0, 0], [0, 255, 0, 0], Self.paper].flatMap(\.self)
    let original = try Colors.inkJPEG(samples, icc: nil)
    var output = try OutputRecipe.test("{width}x{height}.png", .png, color: .srgb)
    output.trim = Trim(color: border)
    output.crop = .placed(x: .pixels(0), y: .pixels(0), width: .percent(50), height: .rest)
    let (plan, outputs) = try process(original, Recipe(outputs: [output]))
    #expect(plan.outputs[0].name.settled == "8x8.png")
    guard case .encoded(let work) = plan.outputs[0].pixels else {
      Issue.record("nothing is encoded")
      return
    }
    #expect(
      work.steps == [
        .color(.plainInk), .trim(to: Region(x: 8, y: 0, size: Size(width: 16, height: 8))),
        .crop(to: Region(x: 0, y: 0, size: Size(width: 8, height: 8))),
      ])
    let picture = try decoded(outputs[0].bytes)
    let (red, green) = (picture.bytes[0], picture.bytes[1])
    // Cyan lets green and blue through.
    #expect(picture.layout == .rgb8 && red <= 3 && green >= 252)
  }

  /// A crop needs the pixels as they are, colours do not.
  @Test func onlyWhatDependsOnSizeKeepsAJPEGWhole() throws {
    let icc = Colors.named("Display P3").icc
    let original = try Originals.original(.jpeg, 400, 300, with: MetadataBlocks(icc: icc))
    var output = try OutputRecipe.test("a.jpg", .jpeg, color: .srgb, resize: Resize(width: 50))
    #expect(try process(original, Recipe(outputs: [output])).plan.scale == .quarter)
    output.crop = .placed(x: .pixels(3), y: .pixels(0), width: .rest, height: .rest)
    let (plan, outputs) = try process(original, Recipe(outputs: [output]))
    #expect(plan.scale == .full)
    #expect(try decoded(outputs[0].bytes).size == Size(width: 50, height: 38))
  }

  /// As ImageMagick writes them: three times the same.
  @Test func aProfileThatTheChunksAgreeWithGoesWithoutAnotherEncoding() throws {
    let plain = Colors.named("Plain by formula")
    let chunks = [("gAMA", Colors.numbers(45_455)), ("cHRM", Colors.sRGBChromaticities)]
    let original = try Colors.png(plain, chunks: chunks, icc: plain.icc)
    let recipe = Recipe(outputs: [try .test("a.png", .png, color: .srgb)])
    #expect(try process(original, recipe).plan.outputs[0].pixels == .kept)
  }

  @Test func whatAPNGSaysBehindItsPixelsDoesNotCount() throws {
    let p3 = Colors.named("Display P3")
    let linear = ("gAMA", Colors.numbers(100_000))
    let file = try Colors.png(p3, chunks: [linear])
    #expect(try Processor.examine(file.span).color.space == .coded("gAMA 1.0"))
    // A chunk of four bytes has sixteen; the last twelve of a file are IEND.
    let late = file[..<33] + file[49..<file.count - 12] + file[33..<49] + file.suffix(12)
    #expect(try Processor.examine(Array(late).span).color.space == .sRGB)
  }

  /// BT.2020 with a curve of high dynamic range: no profile says it.
  @Test func coloursThatAreLostAreTold() throws {
    let original = try Colors.png(Colors.named("Display P3"), chunks: [("cICP", [9, 16, 0, 1])])
    let kept = try process(original, Recipe(outputs: [try .test("a.png", .png, metadata: .keep)])).plan
    #expect(kept.outputs[0].pixels == .kept && kept.warnings == [])
    let recipe = Recipe(outputs: [try .test("a.webp", .webp)])
    let report = try Processor.examine(original.span)
    let travelled = try JSONDecoder().decode(OriginalReport.self, from: JSONEncoder().encode(report))
    for report in [report, travelled] {
      let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: .test())
      guard case .colorUnusable? = plan.warnings.first, plan.warnings.count == 1 else {
        Issue.record("\(plan.warnings)")
        continue
      }
    }
  }

  /// What is of no use is carried nevertheless: somebody else may know better.
  @Test func aProfileThatIsCarriedIsNotLost() throws {
    let original = try Originals.original(.png, with: MetadataBlocks(icc: Originals.profile("Unsound")))
    #expect(try process(original, Recipe(outputs: [try .test("a.webp", .webp)])).plan.warnings == [])
  }

  @Test func grayHasNoUseForChromaticities() throws {
    let space = try CodedSpace(gamma: 100_000, chromaticities: [0, 0, 0, 0, 0, 0, 0, 0])
    #expect(throws: Never.self) { _ = try space.profile(isGray: true) }
    #expect(throws: ColorimetryError.self) { _ = try space.profile(isGray: false) }
  }
}
