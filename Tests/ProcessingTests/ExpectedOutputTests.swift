import Processing
import Raster
import Testing

/// What is told of outputs before there is an original.
@Suite struct ExpectedOutputTests {
  private func names(_ outputs: [OutputRecipe], of size: Size?, originals: Int = 1) -> [String] {
    Processor.expectedOutputs(of: Recipe(outputs: outputs), size: size, originals: originals, job: .test()).map(\.file)
  }

  private func widths(_ widths: [Int], _ file: String, fit: Fit = .inside) throws -> [OutputRecipe] {
    try widths.map { try .test(file, .webp, resize: Resize(width: $0, height: fit == .cover ? $0 : nil, fit: fit)) }
  }

  /// As a plan has them, which is made when the original is there.
  @Test(arguments: [Fit.inside, .cover]) func whatComesToOneFileIsListedOnce(_ fit: Fit) throws {
    let outputs = try widths([2048, 1024, 512], "{name}-{width}.webp", fit: fit)
    for size in [Size(width: 800, height: 600), Size(width: 1200, height: 1100), Size(width: 4000, height: 3000)] {
      let report = OriginalReport.expected(.png, size)
      let plan = try Processor.plan(Recipe(outputs: outputs), for: report, original: OriginalFacts(), job: .test())
      #expect(names(outputs, of: size) == plan.outputs.map { $0.name.settled ?? "" })
    }
    #expect(names(outputs, of: Size(width: 800, height: 600)).count == 2)
  }

  @Test func outputsWhoseSizesNobodyKnowsAreListedEach() throws {
    let outputs = try widths([64, 32], "{name}-{width}.webp")
    #expect(names(outputs, of: nil) == ["canal-{width}.webp", "canal-{width}.webp"])
    let trimmed = outputs.map { output in
      var output = output
      output.trim = Trim()
      return output
    }
    let expected = Processor.expectedOutputs(
      of: Recipe(outputs: trimmed), size: Size(width: 80, height: 60), originals: 2, job: .test())
    #expect(
      expected.map(\.file)
        == ["canal-{width}-1.webp", "canal-{width}-1.webp", "canal-{width}-2.webp", "canal-{width}-2.webp"])
    #expect(expected.map(\.resize?.width) == [64, 32, 64, 32])
    #expect(expected.allSatisfy { $0.size == nil })
  }

  /// Nobody knows the digests yet, and what is encoded otherwise has another.
  @Test func filesThatTheirBytesNameAreListedEach() throws {
    var outputs = try [80, 90].map { quality in
      try OutputRecipe.test("{sha256:8}.jpg", .jpeg, encoding: .jpeg(.init(quality: quality)))
    }
    let size = Size(width: 64, height: 48)
    #expect(names(outputs, of: size).count == 2)
    outputs[1].encoding = outputs[0].encoding
    #expect(names(outputs, of: size).count == 1)
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
