import Codecs
import Metadata
import Processing
import Raster
import Testing

/// Outputs that are made side by side are those that are made one after the other.
@Suite struct ProcessorThreadsTests {
  private struct Full: Error {}

  private func plan(_ recipe: Recipe, for original: [UInt8]) throws -> Plan {
    let report = try Processor.examine(original.span)
    return try Processor.plan(recipe, for: report, original: OriginalFacts(), job: .test())
  }

  /// Small ones and large ones in no order, of several formats, some of the same pictures.
  private func mixed() throws -> Recipe {
    var outputs: [OutputRecipe] = []
    for width in [8, 120, 33, 90, 64, 200, 17] {
      outputs += [
        try .test("{name}-{width}.webp", .webp, resize: Resize(width: width), metadata: .full),
        try .test("{name}-{width}.jpg", .jpeg, resize: Resize(width: width)),
        try .test("{name}-{width}.png", .png, resize: Resize(width: width)),
        try .test("{name}-{width}-box.png", .png, resize: Resize(width: width, height: 50, fit: .contain)),
      ]
    }
    return Recipe(verification: Verification(readBack: .full), outputs: outputs)
  }

  @Test(arguments: Layout.Channels.allCases)
  func orderAndBytesDoNotDependOnTheNumberOfThreads(_ channels: Layout.Channels) throws {
    let original = try Originals.original(.png, 240, 160, Layout(channels))
    let plan = try plan(mixed(), for: original)
    func made(_ threads: Int) throws -> [[UInt8]] {
      var made: [[UInt8]] = []
      var names: [String?] = []
      try Processor.run(plan, original: original.span, threads: threads) { output throws(Never) in
        names.append(output.planned.name.settled)
        made.append(output.bytes)
      }
      #expect(names == plan.outputs.map(\.name.settled))
      return made
    }
    let alone = try made(1)
    #expect(alone.count == 28)
    for threads in 2...5 { #expect(try made(threads) == alone) }
  }

  /// Each output by itself shares nothing with any other.
  @Test(arguments: Layout.Channels.allCases)
  func sharedStepsMakeWhatEachOutputWouldMakeAlone(_ channels: Layout.Channels) throws {
    let original = try Originals.original(.png, 240, 160, Layout(channels, .sixteen))
    let recipe = try mixed()
    let together = try process(original, recipe).outputs
    for (output, single) in zip(together, recipe.outputs) {
      let alone = try process(original, Recipe(verification: recipe.verification, outputs: [single])).outputs
      #expect(alone.map(\.bytes) == [output.bytes], "\(output.planned.template)")
    }
  }

  /// No WebP has ten bytes. Those that fail are done long before the first is.
  @Test(arguments: 1...4)
  func theErrorIsThatOfTheFirstOutputThatFails(_ threads: Int) throws {
    let original = try Originals.original(.png, 64, 64)
    let slow = Encoding.webp(WebP.Options(quality: 100, method: 6, lossless: true))
    let tooSmall = Encoding.webp(WebP.Options(targetBytes: 10))
    let large = Resize(width: 700, enlarge: true)
    let recipe = Recipe(outputs: [
      try .test("slow.webp", .webp, resize: large, encoding: slow), try .test("a.webp", .webp, encoding: tooSmall),
      try .test("b.webp", .webp, encoding: tooSmall, metadata: .full), try .test("c.png", .png),
    ])
    let plan = try plan(recipe, for: original)
    var names: [String?] = []
    let error = #expect(throws: RunError<Never>.self) {
      try Processor.run(plan, original: original.span, threads: threads) { output throws(Never) in
        names.append(output.planned.name.settled)
      }
    }
    guard case .processing(.encoding("a.webp", .tooFewBytes))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(names == ["slow.webp"])
  }

  @Test(arguments: 1...4)
  func whatEmitThrowsEndsTheRunOnAllThreads(_ threads: Int) throws {
    let original = try Originals.original(.png, 64, 64)
    let plan = try plan(mixed(), for: original)
    var taken = 0
    #expect {
      try Processor.run(plan, original: original.span, threads: threads) { (_: FinishedOutput) throws(Full) in
        taken += 1
        if taken == 3 { throw Full() }
      }
    } throws: {
      if case .emission? = $0 as? RunError<Full> { true } else { false }
    }
    #expect(taken == 3)
  }
}
