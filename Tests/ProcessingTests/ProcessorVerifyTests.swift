import Codecs
import Metadata
import Raster
import Testing

@testable import Processing

@Suite struct ProcessorVerifyTests {
  static let size = Size(width: 1000, height: 500)
  static let wide = AspectRatio(width: 2, height: 1)

  private func warnings(
    _ rule: Verification.SizeRule, requested: RequestedSize = .unspecified, format: ImageFormat? = nil,
    size: Size = size, isAnimated: Bool = false, onMismatch: Verification.MismatchAction = .fail,
    facts: OriginalFacts = OriginalFacts(), reject: Set<Verification.Flaw> = [.violation, .blurred, .blank]
  ) throws -> [ProcessingWarning] {
    let header = ImageHeader(format: .png, size: size, layout: .rgb8, isAnimated: isAnimated, coding: "RGB")
    let report = OriginalReport(header: header, orientation: .upright, blocks: MetadataBlocks(), damage: nil)
    let recipe = Recipe(
      verification: Verification(size: rule, onMismatch: onMismatch, reject: reject),
      outputs: [try .test("a", .png)])
    let job = JobFacts.test(requestedSize: requested, requestedFormat: format)
    return try Processor.plan(recipe, for: report, original: facts, job: job).warnings
  }

  @Test(arguments: [
    (Verification.SizeRule.requested, RequestedSize.unspecified),
    (.requested, .exact(size)),
    (.requested, .aspectRatio(wide)),
    (.requested, .aspectRatio(AspectRatio(width: 204, height: 100))),
    (.requested, .aspectRatio(AspectRatio(width: 100, height: 51))),
    (.requested, .scaled(Size(width: 500, height: 250), factor: 2)),
    (.requested, .scaled(Size(width: 667, height: 333), factor: 1.5)),
    (.exact(size), .exact(Size(width: 1, height: 1))),
    (.range(min: size, max: size, aspect: wide, tolerance: 0), .unspecified),
    (.range(min: nil, max: nil, aspect: nil, tolerance: 0), .unspecified),
    (.range(min: nil, max: nil, aspect: AspectRatio(width: 1, height: 1), tolerance: 1), .unspecified),
  ])
  func takesWhatFits(_ rule: Verification.SizeRule, _ requested: RequestedSize) throws {
    #expect(try warnings(rule, requested: requested) == [])
  }

  @Test(arguments: [
    (
      Verification.SizeRule.requested, RequestedSize.exact(Size(width: 1000, height: 501)),
      ExpectedSize.exact(Size(width: 1000, height: 501))
    ),
    (
      .requested, .aspectRatio(AspectRatio(width: 2042, height: 1000)),
      .aspectRatio(AspectRatio(width: 2042, height: 1000), tolerance: 0.02)
    ),
    (
      .requested, .aspectRatio(AspectRatio(width: 1, height: 2)),
      .aspectRatio(AspectRatio(width: 1, height: 2), tolerance: 0.02)
    ),
    (.requested, .scaled(Size(width: 500, height: 251), factor: 2), .scaled(Size(width: 500, height: 251), factor: 2)),
    (.exact(Size(width: 500, height: 1000)), .unspecified, .exact(Size(width: 500, height: 1000))),
    (
      .range(min: Size(width: 1001, height: 1), max: nil, aspect: nil, tolerance: 0), .unspecified,
      .range(min: Size(width: 1001, height: 1), max: nil)
    ),
    (
      .range(min: nil, max: Size(width: 1000, height: 499), aspect: nil, tolerance: 0), .unspecified,
      .range(min: nil, max: Size(width: 1000, height: 499))
    ),
    (
      .range(min: nil, max: nil, aspect: AspectRatio(width: 16, height: 9), tolerance: 0.1), .unspecified,
      .aspectRatio(AspectRatio(width: 16, height: 9), tolerance: 0.1)
    ),
  ])
  func refusesOrAcceptsWhatDoesNot(
    _ rule: Verification.SizeRule, _ requested: RequestedSize, _ expected: ExpectedSize
  ) throws {
    #expect(throws: ProcessingError.size(expected: expected, found: Self.size)) {
      try warnings(rule, requested: requested)
    }
    let accepted = try warnings(rule, requested: requested, onMismatch: .accept)
    #expect(accepted == [.sizeAccepted(expected: expected, found: Self.size)])
  }

  @Test func flawsAreRefusedWhenThePipelineSaysSo() throws {
    let (blurred, violation) = (OriginalFacts(isBlurred: true), OriginalFacts(isViolation: true))
    #expect(throws: ProcessingError.flaw(.blurred)) { try warnings(.requested, facts: blurred) }
    #expect(throws: ProcessingError.flaw(.violation)) { try warnings(.requested, facts: violation) }
    // Accepting another size accepts no flaw.
    #expect(throws: ProcessingError.flaw(.blurred)) {
      try warnings(.requested, onMismatch: .accept, facts: blurred)
    }
    #expect(try warnings(.requested, facts: blurred, reject: [.violation, .blank]) == [])
    #expect(try warnings(.requested, facts: violation, reject: [.blurred]) == [])
  }

  @Test func anotherFormatAndAnAnimationAreWarnings() throws {
    #expect(try warnings(.requested, format: .webp) == [.otherFormat(asked: .webp, found: .png)])
    #expect(try warnings(.requested, format: .png) == [])
    #expect(try warnings(.requested, isAnimated: true) == [.animated])
  }

  @Test func damagedMetadataIsAWarningAndTheContainerIsMadeAnew() throws {
    let header = ImageHeader(format: .png, size: Self.size, layout: .rgb8, coding: "RGB")
    let damage = MetadataError.truncated(.png, structure: "iTXt", offset: 33)
    let report = OriginalReport(header: header, orientation: .upright, blocks: MetadataBlocks(), damage: damage)
    let recipe = Recipe(outputs: [try .test("a", .png, metadata: .keep)])
    let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: .test())
    #expect(plan.warnings == [.metadataUnreadable(reason: damage.description)])
    #expect(plan.outputs[0].pixels != .kept)
  }
}
