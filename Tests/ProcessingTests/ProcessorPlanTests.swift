import Codecs
import Foundation
import Metadata
import Processing
import Raster
import Testing

@Suite struct ProcessorPlanTests {
  private func plan(
    _ outputs: [OutputRecipe], verification: Verification = Verification(), size: (Int, Int) = (64, 48),
    facts: OriginalFacts = OriginalFacts(), job: JobFacts = .test(), limits: Limits = Limits()
  ) throws -> Plan {
    let original = try Originals.original(.png, size.0, size.1)
    let report = try Processor.examine(original.span)
    let recipe = Recipe(verification: verification, outputs: outputs)
    return try Processor.plan(recipe, for: report, original: facts, job: job, limits: limits)
  }

  @Test func widthsThatASmallOriginalDoesNotReachAreMadeOnce() throws {
    let outputs = try [16, 320, 640, 1280].map { width in
      try OutputRecipe.test("{name}-{width}.webp", .webp, resize: Resize(width: width))
    }
    let planned = try plan(outputs).outputs
    #expect(planned.map(\.name.settled) == ["canal-16.webp", "canal-64.webp"])
  }

  @Test func oneNameForTwoPicturesIsAnError() throws {
    let error = ProcessingError.nameCollision(name: "canal.webp")
    let narrow = try OutputRecipe.test("{name}.webp", .webp, resize: Resize(width: 16))
    let wide = try OutputRecipe.test("{name}.webp", .webp, resize: Resize(width: 32))
    #expect(throws: error) { try plan([narrow, wide]) }
    // Settings and metadata make the file another one as well.
    let full = try OutputRecipe.test("{name}.webp", .webp, resize: Resize(width: 16), metadata: .full)
    #expect(throws: error) { try plan([narrow, full]) }
    let small = try OutputRecipe.test(
      "{name}.webp", .webp, resize: Resize(width: 16), encoding: .webp(WebP.Options(quality: 10)))
    #expect(throws: error) { try plan([narrow, small]) }
  }

  @Test func aDigestInTheNameTellsPicturesApart() throws {
    let outputs = try [16, 32, 32].map { try OutputRecipe.test("{sha256:8}.webp", .webp, resize: Resize(width: $0)) }
    let planned = try plan(outputs).outputs
    #expect(planned.map(\.size.width) == [16, 32])
    #expect(planned.map(\.name.settled) == [nil, nil])
  }

  @Test func variantsAreNumbered() throws {
    let outputs = [try OutputRecipe.test("{name}.webp", .webp), try .test("{variant}-{name}.png", .png)]
    let names = try plan(outputs, facts: OriginalFacts(variant: 3, variants: 4)).outputs.map(\.name.settled)
    #expect(names == ["canal-3.webp", "3-canal.png"])
  }

  @Test func settingsOfAnotherFormatAreAnError() throws {
    let output = try OutputRecipe.test("a.webp", .webp, encoding: .jpeg(JPEG.Options()))
    #expect(throws: ProcessingError.encodingMismatch(template: "a.webp", format: .webp)) { try plan([output]) }
  }

  @Test func anOutputKeepsTheLimitToo() throws {
    let output = try OutputRecipe.test("a.webp", .webp, resize: Resize(width: 6400, enlarge: true))
    let error = ProcessingError.outputTooLarge(
      template: "a.webp", size: Size(width: 6400, height: 4800), limit: 1_000_000)
    #expect(throws: error) { try plan([output], limits: Limits(pixels: 1_000_000)) }
  }

  @Test func aNameThatCannotBeMadeIsAnError() throws {
    var job = JobFacts.test()
    job.seed = nil
    let error = ProcessingError.fileName(.noValue(placeholder: "seed", template: "{seed}.webp"))
    #expect(throws: error) { try plan([.test("{seed}.webp", .webp)], job: job) }
  }

  @Test func aPlanSurvivesJSON() throws {
    let plan = try plan([
      .test("{name}-{sha256:8}.webp", .webp, resize: Resize(width: 9, height: 9, fit: .cover)), .test("b.png", .png),
    ])
    #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
  }

  @Test func aRecipeSurvivesJSON() throws {
    let recipe = Recipe(outputs: [
      try .test("{name}.webp", .webp, resize: Resize(width: 9), encoding: .webp(WebP.Options(nearLossless: 3))),
      try .test("{name}.jpg", .jpeg, encoding: .jpeg(JPEG.Options(subsampling: .half))),
    ])
    #expect(try JSONDecoder().decode(Recipe.self, from: JSONEncoder().encode(recipe)) == recipe)
  }
}
