import Foundation
import Metadata
import Raster
import Testing

/// Blocks in a text's place, as ImageMagick and exiftool wrote them.
@Suite struct RawProfileTests {
  private static func text(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let digits = data.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let lines = stride(from: 0, to: digits.count, by: 36).map { digits[$0..<min(digits.count, $0 + 36)].joined() }
    let count = String(repeating: " ", count: 8 - "\(data.count)".count) + "\(data.count)"
    return Array("Raw profile type \(name)\0\n\(name)\n\(count)\n\(lines.joined(separator: "\n"))\n".utf8)
  }

  private static let iptc = [0x1C, 2, 25, 0, 5] + Array("canal".utf8)
  private static let resources = Array("8BIM".utf8) + [4, 4, 0, 0, 0, 0, 0, UInt8(iptc.count)] + iptc

  private static func file(_ texts: [[UInt8]], _ others: [[UInt8]] = []) throws -> [UInt8] {
    var file = try Fixtures.file("rgba.png")
    file.insert(contentsOf: (texts.map { PNGPieces.chunk("tEXt", $0) } + others).flatMap(\.self), at: 33)
    return file
  }

  @Test func theyAreReadAsWhatTheyAre() throws {
    let scratch = try Scratch()
    let blocks = try Samples.blocks(for: "rgba.png")
    let (exif, xmp, icc) = (try #require(blocks.exif), try #require(blocks.xmp), try #require(blocks.icc))
    let prefixed = Array("Exif\0\0".utf8) + exif
    let cases: [(String, [UInt8], MetadataBlocks)] = [
      ("exif", prefixed, MetadataBlocks(exif: exif)), ("exif", exif, MetadataBlocks(exif: exif)),
      ("APP1", prefixed, MetadataBlocks(exif: exif)),
      ("APP1", Array("http://ns.adobe.com/xap/1.0/\0".utf8) + xmp, MetadataBlocks(xmp: xmp)),
      ("xmp", xmp, MetadataBlocks(xmp: xmp)), ("icc", icc, MetadataBlocks(icc: icc)),
      ("iptc", Self.resources, MetadataBlocks(iptc: Self.iptc)),
      ("8bim", Self.resources, MetadataBlocks(iptc: Self.iptc)),
      ("iptc", Self.iptc, MetadataBlocks(iptc: Self.iptc)),
    ]
    var written: [String] = []
    for (index, (name, data, expected)) in cases.enumerated() {
      let file = try Self.file([Self.text(name, data)])
      let read = try Container.read(file)
      #expect(read.carriesSame(as: expected) && read.isMisplaced, "\(index) \(name)")
      #expect(read.warnings == [] && !read.hasUnread, "\(index) \(name)")
      // What exiftool finds in the foreign file, it finds in ours, in its own place.
      try scratch.write(file, "\(index)-before.png")
      let kept = try MetadataBlocks.planned(
        for: MetadataPolicy(level: .keep), provenance: Samples.provenance, original: read, outputSize: Samples.size,
        format: .png, pixelsChanged: false)
      let output = try Container.rewrite(file, with: kept)
      #expect(!output.contains("Raw profile"), "\(index) \(name)")
      try scratch.write(output, "\(index)-after.png")
      written += ["\(index)-before.png", "\(index)-after.png"]
    }
    let rows = try scratch.exiftool(written)
    for index in cases.indices where cases[index].2.iptc == nil {
      let (before, after) = (try #require(rows["\(index)-before.png"]), try #require(rows["\(index)-after.png"]))
      for key in ["IFD0:Software", "XMP-iptcExt:AIPromptInformation", "ICC-header:ProfileFileSignature"] {
        #expect(before[key] as? String == after[key] as? String, "\(index) \(key)")
      }
      #expect(after["ExifTool:Validate"] as? String == "0 0 0", "\(index)")
    }
    #expect(rows["0-after.png"]?["IFD0:Software"] as? String == Samples.system)
  }

  @Test func theirPositionGoesLikeAnyOther() throws {
    let exif = try #require(try Container.read(Fixtures.file("photo.jpg")).exif)
    let file = try Self.file([Self.text("exif", Array("Exif\0\0".utf8) + exif)])
    let read = try Container.read(file)
    #expect(try read.exifSummary().hasGPS && Exif.orientation(of: exif).rawValue == 6)
    let kept = try MetadataBlocks.planned(
      for: MetadataPolicy(level: .keep), provenance: Samples.provenance, original: read, outputSize: Samples.size,
      format: .png, pixelsChanged: true)
    let summary = try kept.exifSummary()
    #expect(!summary.hasGPS && !summary.hasMakerNote && summary.make == "Ricoh Secretmaker")
  }

  @Test func aChunkOfItsOwnCountsWhereverItStands() throws {
    let exif = try #require(try Samples.blocks(for: "rgba.png").exif)
    let other = try Exif.build(ExifFields(size: Samples.size, software: "raw"))
    let file = try Self.file([Self.text("exif", other)], [PNGPieces.chunk("eXIf", exif)])
    let read = try Container.read(file)
    #expect(read.exif == exif && read.hasUnread)
  }

  @Test func whatIsNotWhatItSaysIsDamage() throws {
    for (name, block) in [("exif", Block.exif), ("xmp", .xmp), ("icc", .icc), ("iptc", .iptc)] {
      var text = Self.text(name, Array("not what it should be".utf8))
      text.removeLast(3)
      let read = try Container.read(Self.file([text]))
      #expect(
        read.warnings == [.damaged(block, reason: "Raw profile type \(name) is cut, or not hexadecimal")], "\(name)")
      #expect(read.carriesSame(as: MetadataBlocks()), "\(name)")
    }
  }
}
