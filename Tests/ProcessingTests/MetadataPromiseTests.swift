import Codecs
import Metadata
import Raster
import Testing

@testable import Processing

/// The look at an output's tags that knows nothing of how they were written.
@Suite struct MetadataPromiseTests {
  private static let term = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
  private static let size = Size(width: 64, height: 48)

  private func failure(
    _ policy: MetadataPolicy, _ blocks: MetadataBlocks, source: Provenance.Source = .trainedAlgorithmicMedia
  ) throws -> ReadBackFailure? {
    var recipe = try OutputRecipe.test("a", .png)
    recipe.metadata = policy
    let original = try Originals.original(.png)
    let report = try Processor.examine(original.span)
    let plan = try Processor.plan(
      Recipe(outputs: [recipe]), for: report, original: OriginalFacts(), job: .test(source: source))
    do throws(ReadBackFailure) {
      try MetadataPromise(plan.outputs[0], plan.provenance, original: report.blocks).check(blocks, of: Self.size)
      return nil
    } catch {
      return error
    }
  }

  private func xmp(_ fields: XMPFields) -> MetadataBlocks { MetadataBlocks(xmp: XMP.packet(fields)) }

  @Test func theDisclosureIsWhatTheJobSays() throws {
    let whole = XMPFields(digitalSourceType: Self.term, aiSystem: "Venice.ai venice-sd35")
    let policy = MetadataPolicy(level: .provenance)
    #expect(try failure(policy, xmp(whole)) == nil)
    #expect(
      try failure(policy, MetadataBlocks()) == .tag("DigitalSourceType", expected: Self.term, found: nil))
    var other = whole
    other.digitalSourceType = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    #expect(
      try failure(policy, xmp(other))
        == .tag("DigitalSourceType", expected: Self.term, found: other.digitalSourceType))
    other = whole
    other.aiSystem = "Other"
    #expect(
      try failure(policy, xmp(other)) == .tag("AISystemUsed", expected: "Venice.ai venice-sd35", found: "Other"))
  }

  @Test func aPromptStandsAtFullAndNowhereElse() throws {
    let told = XMPFields(digitalSourceType: Self.term, aiSystem: "Venice.ai venice-sd35", prompt: "a canal")
    #expect(try failure(MetadataPolicy(level: .full), xmp(told)) == nil)
    #expect(
      try failure(MetadataPolicy(level: .provenance), xmp(told))
        == .tag("AIPromptInformation", expected: nil, found: "a canal"))
    var silent = told
    silent.prompt = nil
    #expect(
      try failure(MetadataPolicy(level: .full), xmp(silent))
        == .tag("AIPromptInformation", expected: "a canal", found: nil))
    let exif = try Exif.build(ExifFields(size: Self.size, userComment: "a canal"))
    #expect(
      try failure(MetadataPolicy(level: .none), MetadataBlocks(exif: exif))
        == .tag("UserComment", expected: nil, found: "a canal"))
    #expect(
      try failure(MetadataPolicy(level: .none), MetadataBlocks(texts: [TextBlock(keyword: "prompt", text: "x")]))
        == .tag("text", expected: nil, found: "prompt"))
  }

  @Test func whatAPolicyNamesIsThere() throws {
    let texts = MetadataTexts(artist: "Ada", copyright: "©", description: "d", promptWriter: "Bo")
    let policy = MetadataPolicy(level: .none, texts: texts)
    let whole = XMPFields(description: "d", altText: "d", creators: ["Ada"], rights: "©", promptWriter: "Bo")
    #expect(try failure(policy, xmp(whole)) == nil)
    let lost: [(String, (inout XMPFields) -> Void)] = [
      ("dc:creator", { $0.creators = [] }), ("dc:rights", { $0.rights = nil }),
      ("dc:description", { $0.description = nil }), ("AltTextAccessibility", { $0.altText = nil }),
      ("AIPromptWriterName", { $0.promptWriter = nil }),
    ]
    for (tag, change) in lost {
      var fields = whole
      change(&fields)
      guard case .tag(tag, _, nil)? = try failure(policy, xmp(fields)) else {
        Issue.record("\(tag) is not missed")
        continue
      }
    }
  }

  @Test func positionsAndFalseSizesAndCredentialsAreRefused() throws {
    let exif = try Exif.build(ExifFields(size: Size(width: 9, height: 9), software: "Venice.ai"))
    #expect(
      try failure(MetadataPolicy(level: .keep), MetadataBlocks(exif: exif))
        == .tag("PixelXDimension and PixelYDimension", expected: "64x48", found: "9x9"))
    #expect(
      try failure(MetadataPolicy(level: .keep), MetadataBlocks(exif: Originals.exif(.rotated270)))
        == .tag("Orientation", expected: "1", found: "8"))
    #expect(
      try failure(MetadataPolicy(level: .keep), MetadataBlocks(hasCredential: true))
        == .tag("C2PA", expected: nil, found: "a content credential"))
  }

  @Test(arguments: ImageFormat.allCases)
  func anOutputWithMoreThanWasPlannedIsRefused(_ format: ImageFormat) throws {
    let recipe = Recipe(outputs: [try .test("a", format, resize: Resize(width: 20), metadata: .provenance)])
    let output = try process(try Originals.original(.png), recipe).outputs[0]
    let blocks = try metadata(of: output.bytes)
    let more = output.bytes + Array("more".utf8)
    let failure = #expect(throws: ReadBackFailure.self) {
      try ReadBack.checkStructure(of: more.span, output.planned, blocks: blocks)
    }
    #expect(failure == .surplus(["4 bytes behind the picture"]))
  }

  /// What an alteration does between writing and reading back is seen, in every way to make an output.
  @Test(arguments: [true, false])
  func alteredOutputsAreRefused(_ isEncoded: Bool) throws {
    let output = try OutputRecipe.test("a", .png, resize: isEncoded ? Resize(width: 20) : nil, metadata: .provenance)
    let original = try Originals.original(.png)
    let report = try Processor.examine(original.span)
    let plan = try Processor.plan(
      Recipe(outputs: [output]), for: report, original: OriginalFacts(), job: .test())
    let error = #expect(throws: RunError<Never>.self) {
      try Processor.run(
        plan, original: original.span, limits: Limits(),
        altering: { bytes in (try? Container.rewrite(bytes.span, with: MetadataBlocks())) ?? bytes },
        emit: { _ in })
    }
    guard case .processing(.readBack(template: "a", .metadata(.exif)))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
