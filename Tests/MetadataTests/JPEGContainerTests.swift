import Foundation
import Metadata
import Raster
import Testing

@Suite struct JPEGContainerTests {
  @Test func largeProfilesAreSplitAndJoined() throws {
    let scratch = try Scratch()
    let profile = try Self.padded(Fixtures.profile(), to: 200_000)
    let written = try Container.rewrite(Fixtures.file("colour.jpg"), with: MetadataBlocks(icc: profile))
    #expect(try Container.read(written).icc == profile)
    try scratch.write(written, "split.jpg")
    let extracted = try Tool.exiftool.run(["-icc_profile", "-b", "split.jpg"], in: scratch)
    #expect([UInt8](extracted.output) == profile)
  }

  @Test(arguments: [
    (changed: 0, to: UInt8(2), reason: "chunk 2 comes twice"),
    (changed: 0, to: 9, reason: "chunk 9 of 4"),
    (changed: 0, to: 0, reason: "chunk 0 of 4"),
  ])
  func misnumberedProfileChunksAreDamage(changed: Int, to number: UInt8, reason: String) throws {
    let profile = try Self.padded(Fixtures.profile(), to: 200_000)
    var file = try Container.rewrite(Fixtures.file("colour.jpg"), with: MetadataBlocks(icc: profile))
    let marker = Array("ICC_PROFILE\0".utf8)
    let chunks = file.indices.filter { file[$0...].starts(with: marker) }
    #expect(chunks.count == 4)
    file[chunks[changed] + marker.count] = number
    let read = try Container.read(file)
    #expect(read.icc == nil)
    #expect(read.warnings == [.damaged(.icc, reason: reason)])
  }

  @Test func aMissingProfileChunkIsDamage() throws {
    let profile = try Self.padded(Fixtures.profile(), to: 200_000)
    var file = try Container.rewrite(Fixtures.file("colour.jpg"), with: MetadataBlocks(icc: profile))
    let marker = Array("ICC_PROFILE\0".utf8)
    let start = try #require(file.indices.first { file[$0...].starts(with: marker) }) - 4
    file.removeSubrange(start..<start + 2 + Int(file[start + 2]) << 8 + Int(file[start + 3]))
    #expect(try Container.read(file).warnings == [.damaged(.icc, reason: "3 of its 4 chunks are there")])
  }

  @Test func extendedXMPIsJoined() throws {
    let blocks = try Container.read(Fixtures.file("extended.jpg"))
    let packet = try #require(blocks.xmp)
    #expect(XMP.fields(of: packet)?.description == Fixtures.longText)
    #expect(packet.contains("Short") && !packet.contains("HasExtendedXMP"))
    #expect(blocks.warnings == [] && !blocks.hasUnread)
  }

  @Test func aMissingPortionOfExtendedXMPIsDamage() throws {
    var file = try Fixtures.file("extended.jpg")
    let marker = Array("http://ns.adobe.com/xmp/extension/\0".utf8)
    let start = try #require(file.indices.last { file[$0...].starts(with: marker) }) - 4
    file.removeSubrange(start..<start + 2 + Int(file[start + 2]) << 8 + Int(file[start + 3]))
    let blocks = try Container.read(file)
    #expect(blocks.warnings == [.damaged(.xmp, reason: "its extension is not whole; the first packet is kept")])
    #expect(blocks.xmp?.contains("Short") == true)
  }

  @Test func portionsOfExtendedXMPAtWrongOffsetsAreDamage() throws {
    var file = try Fixtures.file("extended.jpg")
    let marker = Array("http://ns.adobe.com/xmp/extension/\0".utf8)
    let start = try #require(file.indices.last { file[$0...].starts(with: marker) })
    // The last byte of the offset, after digest and length.
    file[start + marker.count + 39] ^= 1
    #expect(
      try Container.read(file).warnings == [
        .damaged(.xmp, reason: "its extension is not whole; the first packet is kept")
      ])
  }

  @Test func anExtensionBringsItsOwnNamespaces() throws {
    let digest = String(repeating: "0123456789ABCDEF", count: 2)
    let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    let first = """
      <rdf:RDF xmlns:rdf="\(rdf)"><rdf:Description rdf:about=""
      xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="\(digest)"/></rdf:RDF>
      """
    let second = """
      <x:m xmlns:x="adobe:ns:meta/" xmlns:d="urn:outer">
      <R:RDF xmlns:R="\(rdf)" xmlns:d="http://purl.org/dc/elements/1.1/">
      <R:Description R:about=""><d:creator>Ada</d:creator></R:Description></R:RDF></x:m>
      """
    let length = second.utf8.count
    let head = Array(digest.utf8) + [0, 0, UInt8(length >> 8), UInt8(length & 0xFF), 0, 0, 0, 0]
    var file = try Fixtures.file("colour.jpg")
    let extended = Array("http://ns.adobe.com/xmp/extension/\0".utf8) + head + Array(second.utf8)
    for payload in [extended, Array("http://ns.adobe.com/xap/1.0/\0\(first)".utf8)] {
      let size = payload.count + 2
      file.insert(contentsOf: [0xFF, 0xE1, UInt8(size >> 8), UInt8(size & 0xFF)] + payload, at: 2)
    }
    let read = try Container.read(file)
    #expect(try read.xmpFields() == XMPFields(creators: ["Ada"]))
    #expect(read.warnings == [] && !read.hasUnread)
  }

  @Test func iptcIsFoundAmongOtherResources() throws {
    func resource(_ identifier: UInt8, _ data: [UInt8]) -> [UInt8] {
      // An odd name and odd data, both padded.
      let padding = [UInt8](repeating: 0, count: data.count % 2)
      return Array("8BIM".utf8) + [4, identifier] + [2] + Array("ab".utf8) + [0, 0, 0, 0, UInt8(data.count)] + data
        + padding
    }
    let iptc = [0x1C, 2, 25, 0, 4] + Array("boat".utf8)
    let payload = Array("Photoshop 3.0\0".utf8) + resource(0x0C, [1, 2, 3]) + resource(0x04, iptc)
    var file = try Fixtures.file("colour.jpg")
    file.insert(contentsOf: [0xFF, 0xED, 0, UInt8(payload.count + 2)] + payload, at: 2)
    let read = try Container.read(file)
    #expect(read.iptc == iptc && read.hasUnread && read.warnings == [])
  }

  @Test func theAdobeSegmentStaysAndCMYKGetsNoJFIF() throws {
    let written = try Container.rewrite(Fixtures.file("cmyk.jpg"), with: MetadataBlocks(density: .dotsPerInch(300)))
    #expect(written.contains("Adobe") && !written.contains("JFIF"))
    #expect(try Container.rewrite(Fixtures.file("colour.jpg"), with: MetadataBlocks()).contains("JFIF"))
  }

  @Test func blocksBeyondASegmentAreRefused() throws {
    let file = try Fixtures.file("colour.jpg")
    let exif = Array("MM\0*".utf8) + [UInt8](repeating: 0, count: 65_524)
    #expect(throws: MetadataError.tooLarge(.exif, bytes: 65_528, limit: 65_527, .jpeg)) {
      try Container.rewrite(file, with: MetadataBlocks(exif: exif))
    }
    #expect(
      try Container.read(Container.rewrite(file, with: MetadataBlocks(exif: exif.dropLast()))).exif?.count == 65_527)
    // No RDF: nobody could say where to split it.
    let xmp = [UInt8](repeating: 0x20, count: 65_503)
    #expect(throws: MetadataError.tooLarge(.xmp, bytes: 65_503, limit: 65_502, .jpeg)) {
      try Container.rewrite(file, with: MetadataBlocks(xmp: xmp))
    }
    #expect(try Container.read(Container.rewrite(file, with: MetadataBlocks(xmp: xmp.dropLast()))).xmp?.count == 65_502)
  }

  @Test func foreignPhotosAreRead() throws {
    let blocks = try Container.read(Fixtures.file("photo.jpg"))
    #expect(blocks.exif?.starts(with: Array("MM\0*".utf8)) == true)
    #expect(blocks.texts == [TextBlock(keyword: "Comment", text: "from afar")])
    #expect(blocks.iptc?.contains("Venezia") == true)
    #expect(blocks.warnings == [])
  }

  private static func padded(_ profile: [UInt8], to size: Int) -> [UInt8] {
    profile + (profile.count..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
  }
}
