import Foundation
import Raster
import Testing

@testable import Metadata

/// What tells a file from all others made of its original, and one picture from another.
@Suite struct IdentityTests {
  private let hash = String(repeating: "ab", count: 32)

  private func fields(
    _ change: (inout Provenance) -> Void = { _ in }, policy: MetadataPolicy = MetadataPolicy(level: .full),
    original: MetadataBlocks = MetadataBlocks()
  ) throws -> XMPFields {
    var provenance = Provenance(
      source: .trainedAlgorithmicMedia, system: "S", prompt: "p", created: "2026-11-21T09:00:00Z")
    provenance.originalSHA256 = hash
    change(&provenance)
    let blocks = try MetadataBlocks.planned(
      for: policy, provenance: provenance, original: original, outputSize: Size(width: 4, height: 4), format: .png,
      pixelsChanged: true)
    let packet = try #require(blocks.xmp)
    return try #require(XMP.fields(of: packet))
  }

  @Test func oneOriginalIsOneDocumentAndEveryOutputAnotherInstance() throws {
    let first = try fields()
    #expect(first.derivedFrom == "sha256:\(hash)")
    #expect(try fields() == first)
    // Another crop of the same size and format.
    let crop = try fields { $0.rendition = "crop" }
    #expect(crop.documentID == first.documentID)
    #expect(crop.instanceID != first.instanceID)
    let other = try fields { $0.originalSHA256 = String(repeating: "cd", count: 32) }
    #expect(other.documentID != first.documentID)
    #expect(other.instanceID != first.instanceID)
    #expect(other.derivedFrom != first.derivedFrom)
  }

  @Test func aDroppedCredentialLeavesItsLinkAtKeepToo() throws {
    let original = MetadataBlocks(xmp: XMP.packet(XMPFields(creators: ["Ada"])), hasCredential: true)
    let kept = try fields(policy: MetadataPolicy(level: .keep), original: original)
    #expect(kept.derivedFrom == "sha256:\(hash)")
    #expect(kept.creators == ["Ada"])
    let unsigned = MetadataBlocks(xmp: XMP.packet(XMPFields(creators: ["Ada"], derivedFrom: "own")))
    #expect(try fields(policy: MetadataPolicy(level: .keep), original: unsigned).derivedFrom == "own")
  }

  @Test func thePromptsWriterStandsWhereHeIsNamedAndNowhereElse() throws {
    #expect(try fields().promptWriter == nil)
    let named = MetadataPolicy(level: .provenance, texts: MetadataTexts(promptWriter: "Ada"))
    #expect(try fields(policy: named).promptWriter == "Ada")
    #expect(try fields(policy: named).prompt == nil)
    let scratch = try Scratch()
    let packet = XMP.packet(XMPFields(promptWriter: "Ada"))
    try scratch.write(Container.rewrite(Fixtures.file("colour.jpg"), with: MetadataBlocks(xmp: packet)), "a.jpg")
    let read = try Tool.exiftool.run(["-xmp", "-b", "a.jpg"], in: scratch).text
    #expect(read.contains("<Iptc4xmpExt:AIPromptWriterName>Ada</Iptc4xmpExt:AIPromptWriterName>"))
  }

  /// A job that waits was accepted in this form, and outlives the program that accepted it.
  @Test func aPolicysTextsStandBesideTheRestOfIt() throws {
    let text =
      #"{"altText":"a","artist":"Ada","dpi":300,"keepsGPS":false,"keywords":["k"],"level":"full","#
      + #""writesParameters":true}"#
    let policy = MetadataPolicy(
      level: .full, texts: MetadataTexts(artist: "Ada", altText: "a", keywords: ["k"]), dpi: 300, writesParameters: true
    )
    #expect(try JSONDecoder().decode(MetadataPolicy.self, from: Data(text.utf8)) == policy)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(policy), as: UTF8.self) == text)
  }

  @Test func aRequestsTextsReplaceAPolicysAndLeaveNoneAlone() {
    let own = MetadataPolicy(
      level: .full, texts: MetadataTexts(artist: "House", copyright: "©", altText: "old", keywords: ["a"]), dpi: 300)
    let texts = MetadataTexts(artist: "Ada", description: "A canal", keywords: ["b"], promptWriter: "Bo")
    #expect(
      own.naming(texts)
        == MetadataPolicy(
          level: .full,
          texts: MetadataTexts(
            artist: "Ada", copyright: "©", description: "A canal", keywords: ["b"], promptWriter: "Bo"), dpi: 300))
    #expect(own.naming(MetadataTexts()) == own)
    #expect(MetadataPolicy(level: .none).naming(texts) == MetadataPolicy(level: .none))
  }
}
