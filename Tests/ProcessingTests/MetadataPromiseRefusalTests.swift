import Metadata
import Raster
import Testing

@testable import Processing

/// Every line of what an output's tags must mean, broken once, and what is not broken though it looks so.
@Suite struct MetadataPromiseRefusalTests {
  private static let size = Size(width: 64, height: 48)
  private static let term = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
  private static let told = XMPFields(digitalSourceType: term, aiSystem: "S", prompt: "a canal")
  private static let silent = XMPFields(digitalSourceType: term, aiSystem: "S")

  private func failure(
    _ policy: MetadataPolicy, _ blocks: MetadataBlocks, source: Provenance.Source = .trainedAlgorithmicMedia,
    prompt: String = "a canal", original: MetadataBlocks = MetadataBlocks(), isResized: Bool = false
  ) throws -> ReadBackFailure? {
    var recipe = try OutputRecipe.test("a", .png, resize: isResized ? Resize(width: 20) : nil)
    recipe.metadata = policy
    let bytes = try Originals.original(.png)
    let report = try Processor.examine(bytes.span)
    let plan = try Processor.plan(Recipe(outputs: [recipe]), for: report, original: OriginalFacts(), job: .test())
    #expect((plan.outputs[0].pixels == .kept) == !isResized)
    let provenance = Provenance(
      source: source, system: source == .untouched ? nil : "S", prompt: prompt, created: "2026-11-21T09:00:00Z")
    do throws(ReadBackFailure) {
      try MetadataPromise(plan.outputs[0], provenance, original: original).check(blocks, of: Self.size)
      return nil
    } catch {
      return error
    }
  }

  private func failure(
    _ level: MetadataPolicy.Level, _ fields: XMPFields? = nil, exif: [UInt8]? = nil,
    source: Provenance.Source = .trainedAlgorithmicMedia
  ) throws -> ReadBackFailure? {
    try failure(
      MetadataPolicy(level: level), MetadataBlocks(exif: exif, xmp: fields.map { XMP.packet($0) }), source: source)
  }

  /// A big-endian TIFF structure (TIFF 6.0 §2): one entry, perhaps a directory that it points to, perhaps a next one.
  private static func exif(pointer: [UInt8], entry: [UInt8] = [], hasNext: Bool = false) -> [UInt8] {
    let head = Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1]
    let first = pointer.isEmpty ? [1, 3, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0] : pointer + [0, 4, 0, 0, 0, 1, 0, 0, 0, 26]
    let second: [UInt8] = [0, 1] + (pointer.isEmpty ? [1, 3, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0] : entry) + [0, 0, 0, 0]
    return head + first + [0, 0, 0, hasNext ? 26 : 0] + second
  }

  private static let gps = exif(pointer: [0x88, 0x25], entry: [0, 0, 0, 1, 0, 0, 0, 4, 2, 3, 0, 0])
  private static let note = exif(pointer: [0x87, 0x69], entry: [0x92, 0x7C, 0, 7, 0, 0, 0, 4] + Array("note".utf8))
  private static let thumbnail = exif(pointer: [], hasNext: true)

  @Test func whatNobodyCanReadIsRefused() throws {
    #expect(
      try failure(MetadataPolicy(level: .keep), MetadataBlocks(xmp: Array("words".utf8)))
        == .tag("XMP", expected: "RDF/XML", found: "something else"))
    let words = Array("words".utf8)
    for level in [MetadataPolicy.Level.none, .provenance, .full] {
      #expect(
        try failure(level, Self.told, exif: words) == .tag("EXIF", expected: "a block", found: "something else"))
    }
    // A stranger's, whose flaws are his.
    #expect(try failure(.keep, exif: words) == nil)
  }

  @Test func noneSaysNothingOfAI() throws {
    #expect(try failure(.none) == nil)
    #expect(
      try failure(.none, XMPFields(digitalSourceType: Self.term))
        == .tag("DigitalSourceType", expected: nil, found: Self.term))
    #expect(try failure(.none, XMPFields(aiSystem: "S")) == .tag("AISystemUsed", expected: nil, found: "S"))
    #expect(
      try failure(.none, XMPFields(prompt: "p")) == .tag("AIPromptInformation", expected: nil, found: "p"))
  }

  @Test func provenanceSaysNeitherPromptNorParameters() throws {
    let comment = try Exif.build(ExifFields(size: Self.size, userComment: "a canal"))
    #expect(try failure(.provenance, Self.silent) == nil)
    #expect(
      try failure(.provenance, Self.silent, exif: comment) == .tag("UserComment", expected: nil, found: "a canal"))
    let text = TextBlock(keyword: "parameters", text: "x")
    #expect(
      try failure(
        MetadataPolicy(level: .provenance), MetadataBlocks(xmp: XMP.packet(Self.silent), texts: [text]))
        == .tag("text", expected: nil, found: "parameters"))
  }

  @Test(arguments: [MetadataPolicy.Level.provenance, .full])
  func theDisclosureStandsWhateverElseDoes(_ level: MetadataPolicy.Level) throws {
    var fields = level == .full ? Self.told : Self.silent
    #expect(try failure(level, fields) == nil)
    fields.digitalSourceType = nil
    #expect(try failure(level, fields) == .tag("DigitalSourceType", expected: Self.term, found: nil))
    fields.digitalSourceType = Self.term
    fields.aiSystem = nil
    #expect(try failure(level, fields) == .tag("AISystemUsed", expected: "S", found: nil))
    // Of somebody's own picture nothing is claimed.
    #expect(try failure(level, level == .full ? XMPFields(prompt: "a canal") : nil, source: .untouched) == nil)
  }

  @Test func aPromptIsTheRequestsOrItsBeginning() throws {
    func failure(_ found: String, of prompt: String) throws -> ReadBackFailure? {
      var fields = Self.told
      fields.prompt = found
      return try self.failure(
        MetadataPolicy(level: .full), MetadataBlocks(xmp: XMP.packet(fields)), prompt: prompt)
    }
    #expect(try failure("a can", of: "a canal") == nil)
    #expect(try failure("a canal", of: "a\0 can\u{FFFE}al\u{1B}") == nil)
    #expect(
      try failure("a dog", of: "a canal") == .tag("AIPromptInformation", expected: "a canal", found: "a dog"))
  }

  @Test func aPictureTellsNoPlaceAndHidesNothing() throws {
    for level in [MetadataPolicy.Level.none, .keep] {
      #expect(try failure(level, exif: Self.gps) == .tag("GPS", expected: nil, found: "a position"))
      #expect(try failure(level, exif: Self.note) == .tag("MakerNote", expected: nil, found: "one"))
      #expect(try failure(level, exif: Self.thumbnail) == .tag("EXIF thumbnail", expected: nil, found: "one"))
    }
    let asked = MetadataPolicy(level: .keep, keepsGPS: true)
    #expect(try failure(asked, MetadataBlocks(exif: Self.gps)) == nil)
    #expect(
      try failure(asked, MetadataBlocks(exif: Self.note)) == .tag("MakerNote", expected: nil, found: "one"))
  }

  @Test func aCredentialStandsOnlyInTheOriginalItself() throws {
    let signed = MetadataBlocks(hasCredential: true)
    let refused = ReadBackFailure.tag("C2PA", expected: nil, found: "a content credential")
    #expect(try failure(MetadataPolicy(level: .keep), signed, original: signed) == nil)
    #expect(try failure(MetadataPolicy(level: .keep), signed) == refused)
    #expect(try failure(MetadataPolicy(level: .keep), signed, original: signed, isResized: true) == refused)
    for level in [MetadataPolicy.Level.none, .provenance, .full] {
      #expect(try failure(MetadataPolicy(level: level), signed, original: signed) == refused)
    }
  }

  @Test func textsAreThePoliciesOrTheirBeginnings() throws {
    let texts = MetadataTexts(
      artist: "Ada\u{1}", copyright: "© Ada", description: "A canal", altText: "Water", keywords: ["a\u{2}", "b"],
      promptWriter: "Bo")
    let whole = XMPFields(
      description: "A canal", altText: "Water", creators: ["Ada"], rights: "© Ada", subjects: ["a", "b"],
      promptWriter: "Bo")
    func failure(_ change: (inout XMPFields) -> Void) throws -> ReadBackFailure? {
      var fields = whole
      change(&fields)
      return try self.failure(MetadataPolicy(level: .none, texts: texts), MetadataBlocks(xmp: XMP.packet(fields)))
    }
    #expect(try failure { _ in } == nil)
    #expect(
      try failure {
        ($0.description, $0.altText, $0.rights) = ("A", "Wat", "©")
        $0.subjects = ["a"]
      } == nil)
    #expect(try failure { $0.creators = ["Eve"] } == .tag("dc:creator", expected: "Ada", found: "Eve"))
    #expect(try failure { $0.rights = "© Eve" } == .tag("dc:rights", expected: "© Ada", found: "© Eve"))
    #expect(try failure { $0.description = "B" } == .tag("dc:description", expected: "A canal", found: "B"))
    #expect(
      try failure { $0.altText = "A canal" } == .tag("AltTextAccessibility", expected: "Water", found: "A canal"))
    #expect(try failure { $0.promptWriter = "Eve" } == .tag("AIPromptWriterName", expected: "Bo", found: "Eve"))
    #expect(try failure { $0.subjects = ["a", "c"] } == .tag("dc:subject", expected: "a", found: "c"))
  }
}
