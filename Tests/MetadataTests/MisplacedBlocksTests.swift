import Foundation
import Metadata
import Raster
import Testing

/// Files in which other programs do not find what is there: `keep` puts it right although nothing else has to change.
@Suite struct MisplacedBlocksTests {
  private static let all = [
    "prefix.webp", "flags.webp", "bare.webp", "early.webp", "simple.webp", "prefix.png", "late.png", "latexmp.png",
    "tail.png", "sixth.jpg",
  ]

  private static func file(_ name: String, credential: Bool = false) throws -> [UInt8] {
    let blocks = try Samples.blocks(for: name)
    let exif = try #require(blocks.exif)
    let xmp = try #require(blocks.xmp)
    let store = credential ? Credentials.store() : nil
    switch name {
    case "sixth.jpg":
      var file = try Fixtures.file("colour.jpg")
      file.insert(contentsOf: Segments.segment(0xE1, Array("Exif\0\u{1}".utf8) + exif), at: 20)
      if let store {
        let packet = try #require(Segments.all(try Credentials.jpeg(store)).first { $0.marker == 0xEB })
        file.insert(contentsOf: Segments.segment(0xEB, packet.payload), at: 2)
      }
      return file
    case let name where name.hasSuffix("png"):
      var chunks = [PNGPieces.chunk("eXIf", name == "prefix.png" ? Array("Exif\0\0".utf8) + exif : exif)]
      if name == "latexmp.png" { chunks = [PNGPieces.chunk("iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0".utf8) + xmp)] }
      if name == "tail.png" { chunks = [PNGPieces.chunk("tEXt", Array("XML:com.adobe.xmp\0".utf8) + xmp)] }
      var file = try Fixtures.file("rgba.png")
      let place = ["late.png", "latexmp.png"].contains(name) ? file.count - 12 : 33
      file.insert(contentsOf: chunks.flatMap(\.self), at: place)
      if let store { file.insert(contentsOf: PNGPieces.chunk("caBX", store), at: 33) }
      return file
    default:
      let plain = RIFFPieces.chunks(try Fixtures.file("lossy.webp"))
      let head: (UInt8) -> (name: String, data: [UInt8]) = { ("VP8X", [$0, 0, 0, 0, 23, 0, 0, 15, 0, 0]) }
      let chunks: [(name: String, data: [UInt8])] =
        switch name {
        case "prefix.webp": [head(0x08)] + plain + [("EXIF", Array("Exif\0\0".utf8) + exif)]
        case "flags.webp": [head(0)] + plain + [("EXIF", exif)]
        case "bare.webp": [head(0x2C)] + plain
        case "early.webp": [head(0x08), ("EXIF", exif)] + plain
        default: plain + [("EXIF", exif)]
        }
      return RIFFPieces.file(chunks + (store.map { [("C2PA", $0)] } ?? []))
    }
  }

  private func kept(_ file: [UInt8], _ name: String) throws -> [UInt8] {
    let blocks = try MetadataBlocks.planned(
      for: MetadataPolicy(level: .keep), provenance: Samples.provenance, original: Container.read(file),
      outputSize: Samples.size, format: Samples.format(of: name), pixelsChanged: false)
    #expect(blocks.warnings == [], "\(name)")
    return try Container.rewrite(file, with: blocks)
  }

  @Test func whatOthersDoNotFindIsPutWhereTheyDo() throws {
    let scratch = try Scratch()
    for name in Self.all {
      let file = try Self.file(name)
      let read = try Container.read(file)
      #expect(read.isMisplaced && read.warnings == [] && !read.hasUnread, "\(name)")
      let written = try kept(file, name)
      #expect(written != file, "\(name)")
      let again = try Container.read(written)
      #expect(!again.isMisplaced && again.carriesSame(as: read), "\(name)")
      #expect(try kept(written, name) == written, "\(name)")
      try scratch.write(written, name)
      try scratch.write(file, "before-\(name)")
    }
    let rows = try scratch.exiftool(Self.all)
    for name in Self.all {
      let row = try #require(rows[name])
      #expect(row["ExifTool:Validate"] as? String == "0 0 0", "\(name)")
      switch name {
      case "bare.webp": break
      case "latexmp.png", "tail.png": #expect(row["XMP-iptcExt:AISystemUsed"] as? String == Samples.system, "\(name)")
      default: #expect(row["IFD0:Software"] as? String == Samples.system, "\(name)")
      }
      #expect(try Tool.exiv2.run(["-q", "-pa", name], in: scratch).errors == "", "\(name)")
    }
    let digests = try Pixels.digests(Self.all.flatMap { [$0, "before-\($0)"] }, in: scratch)
    for name in Self.all { #expect(digests[name] == digests["before-\(name)"], "\(name)") }
  }

  @Test func aSignatureIsWorthMoreThanOrder() throws {
    for name in Self.all {
      let file = try Self.file(name, credential: true)
      let read = try Container.read(file)
      #expect(read.hasCredential && read.isMisplaced, "\(name)")
      #expect(try kept(file, name) == file, "\(name)")
    }
  }

  @Test func aProfileBehindThePixelsCountsNowhere() throws {
    let profiled = try Container.rewrite(Fixtures.file("rgba.png"), with: MetadataBlocks(icc: Fixtures.profile()))
    let chunk = try #require(PNGPieces.chunks(profiled).first { $0.name == "iCCP" })
    var file = try Fixtures.file("rgba.png")
    file.insert(contentsOf: PNGPieces.chunk("iCCP", Array(chunk.data)), at: file.count - 12)
    let read = try Container.read(file)
    #expect(read.icc == nil && read.hasUnread)
    #expect(
      read.warnings == [.dropped(.icc, reason: "it stands behind the palette or the pixels, where none counts")])
  }
}
