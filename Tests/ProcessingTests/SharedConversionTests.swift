import Codecs
import Colorimetry
import Foundation
import Metadata
import Raster
import Testing

@testable import Processing

/// One conversion for all that want it.
@Suite struct SharedConversionTests {
  @Test(arguments: [1, 4]) func outputsShareTheConversionAndAreTheSameWhicheverWayItIsDone(_ threads: Int) throws {
    let colors = Colors.named("Display P3")
    let original = try Colors.png(colors)
    let alone = try Colors.made(original, .webp, encoding: Colors.lossless).output.bytes
    // Beside an output with the original's own colours, the conversion has its own picture.
    let recipe = Recipe(outputs: [
      try .test("a.webp", .webp, color: .srgb, encoding: Colors.lossless),
      try .test("b.webp", .webp, encoding: Colors.lossless),
      try .test("c.png", .png, color: .srgb),
    ])
    let report = try Processor.examine(original.span)
    let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: .test())
    let shared = plan.explanation(of: report).shared
    #expect(shared.map(\.steps) == [["convert to sRGB through \"Display P3\""]])
    #expect(shared.map(\.outputs) == [["a.webp", "c.png"]])
    var made: [[UInt8]] = []
    try Processor.run(plan, original: original.span, threads: threads) { made.append($0.bytes) }
    #expect(made[0] == alone)
    #expect(try decoded(made[1]).bytes == colors.samples)
    #expect(try decoded(made[2]).bytes == decoded(alone).bytes)
  }

  /// Bands of a picture are converted side by side, as many as there are threads.
  @Test(arguments: ["Scanner", "Press"]) func aLargePictureIsTheSameHoweverManyThreadsConvertIt(_ name: String) throws {
    let colors = Colors.named(name)
    let count = colors.channels.count
    let samples = (0..<360 * 240).flatMap { pixel in
      (0..<count).map { UInt8(truncatingIfNeeded: pixel * (3 + $0) / 7 + pixel / 360) }
    }
    let original = try large(colors, samples)
    // Where the second keeps its colours, the first is converted in the workshop, with the threads that are left.
    let alone = Recipe(outputs: [try .test("a.png", .png, color: .srgb)])
    let beside = Recipe(outputs: alone.outputs + [try .test("b.png", .png, color: .keep, resize: Resize(width: 9))])
    var made: [[UInt8]] = []
    for recipe in [alone, beside] {
      let report = try Processor.examine(original.span)
      let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: .test())
      for threads in [1, 2, 5] {
        var outputs: [[UInt8]] = []
        try Processor.run(plan, original: original.span, threads: threads) { outputs.append($0.bytes) }
        made.append(outputs[0])
      }
    }
    #expect(made.count == 6 && Set(made).count == 1)
    #expect(try metadata(of: made[0]).icc == nil)
  }

  private func large(_ colors: Colors.Case, _ samples: [UInt8]) throws -> [UInt8] {
    if colors.channels == .cmyk { return try Colors.inkJPEG(Array(samples.prefix(4 * 2_000)), icc: colors.icc) }
    let picture = Image(size: Size(width: 360, height: 240), layout: .rgb8, pixels: samples)
    let bare = try PNG.encode(picture, options: PNG.Options(), carriesProfile: true)
    return try Container.rewrite(bare.span, with: MetadataBlocks(icc: colors.icc))
  }

  @Test func aReportThatHasTravelledPlansTheSame() throws {
    let original = try Colors.png(Colors.named("Display P3"))
    let report = try Processor.examine(original.span)
    let travelled = try JSONDecoder().decode(OriginalReport.self, from: JSONEncoder().encode(report))
    let recipe = Recipe(outputs: [try .test("a.webp", .webp, color: .srgb)])
    let plans = try [report, travelled].map {
      try Processor.plan(recipe, for: $0, original: OriginalFacts(), job: .test())
    }
    #expect(plans[0] == plans[1])
    // Another original of the same size, whose colours are others, is not what was planned for.
    let other = try Colors.png(Colors.named("Adobe RGB"))
    #expect(throws: RunError<Never>.self) { try Processor.run(plans[1], original: other.span) { _ in } }
  }
}
