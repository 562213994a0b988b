import Codecs
import Raster
import Synchronization
import Testing

@testable import Processing

/// Who makes what, and when.
@Suite struct ProductionTests {
  private static let size = Size(width: 64, height: 48)
  private static let half = Resize(width: 32)
  private static let third = Resize(width: 21)

  private func outputs(_ recipes: [OutputRecipe], _ width: Int = 64, _ height: Int = 48) throws -> [PlannedOutput] {
    let header = ImageHeader(format: .webp, size: Size(width: width, height: height), layout: .rgba8, coding: "RGBA")
    let report = OriginalReport(header: header, orientation: .upright, blocks: .init(), damage: nil)
    let limits = Limits(pixels: 1_000_000_000)
    return try Processor.plan(
      Recipe(outputs: recipes), for: report, original: OriginalFacts(), job: .test(), limits: limits
    ).outputs
  }

  private func steps(_ output: PlannedOutput) throws -> [Step] {
    guard case .encoded(let work) = output.pixels else { throw ProcessingError.nameCollision(name: "no steps") }
    return work.steps
  }

  private func next(_ production: inout Production) throws -> Production.Order {
    let order = production.next()
    return try #require(order)
  }

  private static func picture() -> Picture { Picture(Image(size: Size(width: 1, height: 1), layout: .rgba8)) }

  private static let failure = Result<FinishedOutput, ProcessingError>.failure(.flaw(.blank))

  @Test func whatOutputsHaveInCommonIsMadeOnceAndKeptWhileOneWaitsForIt() throws {
    let outputs = try outputs([
      .test("a.webp", .webp, resize: Self.half), .test("b.jpg", .jpeg, resize: Self.half),
      .test("c.webp", .webp, resize: Self.third),
    ])
    #expect(try steps(outputs[0]).count == 1 && steps(outputs[1]).count == 2)
    var production = Production(outputs, from: Self.picture(), of: Self.size)
    let first = try next(&production)
    #expect(first.index == 0 && first.done == 0)
    // The JPEG has to wait for the picture that is being resized; the other does not.
    let second = try next(&production)
    #expect(second.index == 2)
    #expect(production.next() == nil && !production.isAllBegun)
    weak var kept: Picture?
    do {
      let resized = Self.picture()
      kept = resized
      production.add(resized, after: try steps(outputs[0]))
    }
    #expect(kept != nil)
    do {
      let third = try next(&production)
      let start = production.takeStart(third)
      #expect(third.index == 1 && third.done == 1 && start === kept)
    }
    #expect(kept == nil)
    #expect(production.isAllBegun)
  }

  @Test func whatNobodyElseWaitsForIsNotKept() throws {
    let outputs = try outputs([.test("a.webp", .webp, resize: Self.half), .test("b.webp", .webp, resize: Self.third)])
    var production = Production(outputs, from: Self.picture(), of: Self.size)
    _ = production.next()
    weak var kept: Picture?
    do {
      let resized = Self.picture()
      kept = resized
      production.add(resized, after: try steps(outputs[0]))
    }
    #expect(kept == nil)
  }

  @Test func anOpenBranchIsFinishedBeforeAnotherIsBegun() throws {
    let large = Resize(width: 40)
    let outputs = try outputs([
      .test("a.webp", .webp, resize: Self.third, encoding: .webp(.init(lossless: true))),
      .test("b.jpg", .jpeg, resize: Self.third), .test("c.webp", .webp, resize: large),
    ])
    var production = Production(outputs, from: Self.picture(), of: Self.size)
    #expect(production.next()?.index == 0)
    production.add(Self.picture(), after: try steps(outputs[0]))
    // The other is the dearer one by far.
    #expect(production.next()?.index == 1)
    #expect(production.next()?.index == 2)
  }

  @Test func theDearestIsBegunFirst() throws {
    let outputs = try outputs([
      .test("a.jpg", .jpeg, resize: Resize(width: 60)), .test("b.webp", .webp, resize: Self.third),
      .test("c.webp", .webp, resize: Self.half), .test("d.png", .png, resize: Resize(width: 20)),
      .test("e.webp", .webp),
    ])
    var production = Production(outputs, from: Self.picture(), of: Self.size)
    #expect((0..<5).map { _ in production.next()?.index } == [2, 1, 3, 0, 4])
  }

  @Test func outputsAreMadeSideBySideWithinABoundOfPixels() throws {
    let outputs = try outputs(
      [
        .test("a.jpg", .jpeg, resize: Resize(width: 5000)), .test("b.jpg", .jpeg, resize: Resize(width: 4800)),
        .test("c.jpg", .jpeg, resize: Resize(width: 2000)), .test("d.jpg", .jpeg, resize: Resize(width: 9000)),
      ], 10_000, 5000)
    let pixels = outputs.map { $0.size.pixelCount ?? 0 }
    #expect(pixels == [12_500_000, 11_520_000, 2_000_000, 40_500_000])
    var production = Production(outputs, from: Self.picture(), of: Self.size)
    // Alone, since it is beyond the bound by itself.
    let huge = try next(&production)
    #expect(huge.index == 3)
    #expect(production.next() == nil)
    production.finish(huge, of: outputs[3], Self.failure)
    #expect((0..<3).map { _ in production.next()?.index } == [0, 1, 2])
    #expect(Production.pixelsAtOnce >= pixels[0..<3].reduce(0, +))
  }

  /// A thumbnail of a large part takes memory for the part.
  @Test func whatIsCutOutOfALargePictureCountsAsLargeAsItIs() throws {
    let recipes = try [0, 1].map { edge in
      var recipe = try OutputRecipe.test("\(edge).jpg", .jpeg, resize: Resize(width: 100))
      recipe.crop = .placed(x: .pixels(edge), y: .pixels(0), width: .pixels(9000), height: .rest)
      return recipe
    }
    let outputs = try outputs(recipes, 10_000, 5000)
    var production = Production(outputs, from: Self.picture(), of: Size(width: 10_000, height: 5000))
    let first = try next(&production)
    #expect(production.next() == nil && !production.isAllBegun)
    production.finish(first, of: outputs[first.index], Self.failure)
    let second = try next(&production)
    #expect(second.index != first.index)
  }

  @Test func whoeverWaitedForAPictureThatCannotBeMadeTriesItself() throws {
    let outputs = try outputs([.test("a.webp", .webp, resize: Self.half), .test("b.jpg", .jpeg, resize: Self.half)])
    var production = Production(outputs, from: Self.picture(), of: Self.size)
    let first = try next(&production)
    #expect(production.next() == nil)
    production.finish(first, of: outputs[0], Self.failure)
    let second = try next(&production)
    #expect(second.index == 1 && second.done == 0)
    guard case .failure(.flaw(.blank))? = production.take(0) else {
      Issue.record("nothing is told of the first")
      return
    }
    #expect(production.take(0) == nil)
  }

  @Test func afterAStopNothingIsBegun() throws {
    var production = Production(try outputs([.test("a.webp", .webp)]), from: Self.picture(), of: Self.size)
    production.stop()
    #expect(production.next() == nil && production.isAllBegun)
  }

  // MARK: Pictures

  @Test func theOriginalGoesWithTheLastOutputThatBeginsWithIt() throws {
    let outputs = try outputs([
      .test("a.webp", .webp, resize: Self.half), .test("b.jpg", .jpeg, resize: Self.half),
      .test("c.webp", .webp, resize: Self.third),
    ])
    weak var original: Picture?
    var production = {
      let picture = Self.picture()
      original = picture
      return Production(outputs, from: picture, of: Self.size)
    }()
    let (first, second) = (try next(&production), try next(&production))
    #expect((first.index, second.index) == (0, 2))
    do {
      let (one, other) = (production.takeStart(first), production.takeStart(second))
      #expect(one === original && other === original)
      #expect(production.takeStart(first) == nil)
    }
    // The second output waits for what the first makes of it, which may fail.
    #expect(original != nil && production.next() == nil)
    production.add(Self.picture(), after: try steps(outputs[0]))
    #expect(original == nil)
    let third = try next(&production)
    #expect(third.index == 1 && third.done == 1)
  }

  @Test func aPictureGoesWhenTheNextThatAllNeedIsThere() throws {
    let recipes = try [
      OutputRecipe.test("a.webp", .webp, resize: Self.third), .test("b.jpg", .jpeg, resize: Self.third),
    ]
    let outputs = try outputs(
      recipes.map { recipe in
        var recipe = recipe
        recipe.crop = .placed(x: .pixels(1), y: .pixels(0), width: .rest, height: .rest)
        return recipe
      })
    var production = Production(outputs, from: Self.picture(), of: Self.size)
    _ = try next(&production)
    weak var cropped: Picture?
    do {
      let picture = Self.picture()
      cropped = picture
      production.add(picture, after: Array(try steps(outputs[0]).prefix(1)))
    }
    #expect(cropped != nil)
    production.add(Self.picture(), after: Array(try steps(outputs[0]).prefix(2)))
    #expect(cropped == nil)
    let second = try next(&production)
    #expect(second.done == 2)
  }

  @Test func outputsThatAreMadeWithoutPixelsKeepNone() throws {
    let outputs = try outputs([.test("a.webp", .webp)])
    #expect(outputs[0].pixels == .kept)
    for comparesAll in [false, true] {
      weak var original: Picture?
      var production = {
        let picture = Self.picture()
        original = picture
        return Production(outputs, from: picture, of: Self.size, comparesAll: comparesAll)
      }()
      #expect((original != nil) == comparesAll)
      let order = try next(&production)
      #expect((production.takeStart(order) != nil) == comparesAll)
      #expect(original == nil)
    }
  }

  @Test func afterAStopNoPictureIsKept() throws {
    weak var original: Picture?
    var production = try {
      let picture = Self.picture()
      original = picture
      return Production(try outputs([.test("a.jpg", .jpeg)]), from: picture, of: Self.size)
    }()
    #expect(original != nil)
    production.stop()
    #expect(original == nil)
  }

  /// In one thread: while the last output is handed over, nothing has the original's pixels any more.
  @Test func aWorkshopDoesNotKeepTheOriginal() throws {
    let original = try Originals.original(.png)
    let report = try Processor.examine(original.span)
    let recipe = Recipe(
      outputs: try [Self.half, Self.third].map { try .test("{width}.webp", .webp, resize: $0) })
    let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: .test())
    weak var pixels: Picture?
    let production = try {
      let picture = Picture(try decoded(original))
      pixels = picture
      return Monitor(Production(plan.outputs, from: picture, of: report.size))
    }()
    var isThere: [Bool] = []
    try original.withUnsafeBufferPointer { buffer in
      let workshop = Workshop(
        plan: plan, report: report, original: buffer, production: production, converter: nil, limits: Limits(),
        threads: 1, altering: nil)
      try workshop.run { (_: FinishedOutput) throws(Never) in isThere.append(pixels != nil) }
    }
    #expect(isThere == [true, false])
  }

  // MARK: Threads

  /// Before there is anything for other threads to make, they help with the first step; later each works on its own
  /// output, and those that have none help with its steps.
  @Test func allThreadsShareTheFirstStep() throws {
    let original = try Originals.original(.png)
    let report = try Processor.examine(original.span)
    let recipe = Recipe(
      outputs: try [Self.half, Self.third].map { try .test("{width}.webp", .webp, resize: $0) })
    let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: .test())
    for (threads, expected) in [(1, [1, 1]), (2, [1, 2]), (4, [3, 4])] {
      let production = Monitor(
        Production(plan.outputs, from: Picture(try decoded(original)), of: report.size))
      // Among how many each step was shared, and which was first.
      let shared = Monitor<[Int]>([])
      try original.withUnsafeBufferPointer { buffer in
        let workshop = Workshop(
          plan: plan, report: report, original: buffer, production: production, converter: nil, limits: Limits(),
          threads: threads, altering: nil,
          sharing: { count in
            Sharing(threads: count) { parts, work in
              shared.change { $0.append(count) }
              Crew.sharing(among: count)(parts, work)
            }
          })
        try workshop.run { (_: FinishedOutput) throws(Never) in }
      }
      let counts = shared.wait { $0 }
      #expect(counts.first == threads && counts.sorted() == expected)
    }
  }

  /// Each waits for the other: one after the other they would wait for ever.
  @Test(.timeLimit(.minutes(1))) func theCrewWorksAtTheSameTimeAndEndsFirst() {
    let met = Monitor(0)
    let ended = Atomic(0)
    Crew.run(helpers: 2) {
      met.change { $0 += 1 }
      _ = met.wait { $0 == 3 ? true : nil }
      ended.add(1, ordering: .relaxed)
    } body: {
      met.change { $0 += 1 }
      _ = met.wait { $0 == 3 ? true : nil }
    }
    #expect(ended.load(ordering: .relaxed) == 2)
  }

  @Test func theCrewEndsBeforeAnErrorGoesOn() {
    let ended = Atomic(0)
    #expect(throws: ProcessingError.flaw(.blank)) {
      try Crew.run(helpers: 3) {
        ended.add(1, ordering: .relaxed)
      } body: { () throws(ProcessingError) in
        throw .flaw(.blank)
      }
    }
    #expect(ended.load(ordering: .relaxed) == 3)
  }
}
