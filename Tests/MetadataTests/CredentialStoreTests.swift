import Metadata
import Raster
import Testing

@Suite struct CredentialStoreTests {
  @Test(arguments: [ImageFormat.jpeg, .png, .webp])
  func aCredentialIsSeenAndNeverRewritten(format: ImageFormat) throws {
    try CredentialCheck.check(Credentials.file(Credentials.store(), in: format), format)
  }

  /// Stores with thumbnails, as cameras and editors write them, are longer than one segment.
  @Test func aStoreInSeveralSegmentsIsOneCredential() throws {
    let store = Credentials.store(bytes: 180_000)
    let file = try Credentials.jpeg(store)
    #expect(Segments.all(file).filter { $0.marker == 0xEB }.count == 3)
    try CredentialCheck.check(file, .jpeg)
    // Packets in any order, as other boxes' packets may stand between them.
    try CredentialCheck.check(Credentials.jpeg(store, order: [2, 0, 1]), .jpeg)
  }

  @Test func aStoreWithoutOneOfItsSegmentsIsDamage() throws {
    let store = Credentials.store(bytes: 180_000)
    for lost in 0..<3 {
      let file = try Credentials.jpeg(store, order: [0, 1, 2].filter { $0 != lost })
      let read = try Container.read(file)
      #expect(!read.hasCredential, "\(lost)")
      #expect(!read.warnings.isEmpty || read.hasUnread, "\(lost)")
      #expect(!(try Container.rewrite(file, with: read)).contains("JP\0"), "\(lost)")
    }
    let doubled = try Credentials.jpeg(store, order: [0, 1, 1])
    #expect(try Container.read(doubled).hasCredential == false)
  }

  @Test func otherBoxesAreNoCredential() throws {
    var other = Credentials.store()
    other.replaceSubrange(16..<20, with: "json".utf8)
    // Nor does the word make one.
    other.replaceSubrange(33..<37, with: "text".utf8)
    for format in ImageFormat.allCases {
      let read = try Container.read(Credentials.file(other, in: format))
      #expect(!read.hasCredential && read.hasUnread && read.warnings == [], "\(format)")
    }
  }

  /// Cut anywhere, with the lengths around it true: no output carries half a store.
  @Test(arguments: [ImageFormat.jpeg, .png, .webp])
  func aCutStoreIsDroppedWithAWarning(format: ImageFormat) throws {
    let store = Credentials.store()
    for length in 1..<store.count {
      let file = try Credentials.file(Array(store[..<length]), in: format)
      let read = try Container.read(file)
      #expect(!read.hasCredential, "\(length)")
      #expect(read.hasUnread || read.warnings.count == 1, "\(length)")
      let kept = try MetadataBlocks.planned(
        for: MetadataPolicy(level: .keep), provenance: Samples.provenance, original: read, outputSize: Samples.size,
        format: format, pixelsChanged: false)
      let written = try Container.rewrite(file, with: kept)
      #expect(!written.contains("jumb") && !written.contains("caBX") && !written.contains("C2PA"), "\(length)")
    }
  }
}

/// The same promises for each container: seen, kept in an untouched file, dropped with a record from a changed one.
enum CredentialCheck {
  static func check(_ file: [UInt8], _ format: ImageFormat) throws {
    let blocks = try Container.read(file)
    #expect(blocks.hasCredential && !blocks.hasUnread)
    #expect(try Container.rewrite(file, with: blocks) == file)
    var changed = blocks
    changed.xmp = XMP.packet(XMPFields(aiSystem: "x"))
    #expect(throws: MetadataError.credentialWouldBreak(format)) { try Container.rewrite(file, with: changed) }

    func planned(_ level: MetadataPolicy.Level, pixelsChanged: Bool) throws -> MetadataBlocks {
      try MetadataBlocks.planned(
        for: MetadataPolicy(level: level), provenance: Samples.provenance, original: blocks, outputSize: Samples.size,
        format: format, pixelsChanged: pixelsChanged)
    }
    #expect(try planned(.keep, pixelsChanged: false) == blocks)
    #expect(try planned(.keep, pixelsChanged: true).warnings == [.credentialDropped])
    let provenance = try planned(.provenance, pixelsChanged: false)
    #expect(!provenance.hasCredential && provenance.warnings == [.credentialDropped])
    let original = try #require(Samples.provenance.originalSHA256)
    #expect(try provenance.xmpFields().derivedFrom == "sha256:\(original)")
    let written = try Container.rewrite(file, with: provenance)
    #expect(try Container.read(written).hasCredential == false)
    #expect(!written.contains("c2pa"))
  }
}
