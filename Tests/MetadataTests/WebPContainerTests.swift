import Foundation
import Metadata
import Raster
import Testing

@Suite struct WebPContainerTests {
  @Test(arguments: [
    ("lossy.webp", UInt8(0x2C)), ("lossless.webp", 0x2C), ("alpha-lossless.webp", 0x3C), ("alpha-lossy.webp", 0x3C),
    ("animated.webp", 0x2E),
  ])
  func theHeadAnnouncesWhatIsThere(name: String, flags: UInt8) throws {
    let file = try Container.rewrite(Fixtures.file(name), with: Samples.blocks(for: name))
    // Canvas of 24x16, less one.
    #expect(file[12..<30] == Array("VP8X".utf8)[...] + [10, 0, 0, 0, flags, 0, 0, 0, 23, 0, 0, 15, 0, 0])
    let size = file[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(size == file.count - 8 && size.isMultiple(of: 2))
    let stripped = try Container.rewrite(file, with: MetadataBlocks())
    #expect(stripped[20] == flags & 0x12)
  }

  @Test func chunksStandInTheOrderOfTheStandard() throws {
    let file = try Container.rewrite(Fixtures.file("alpha-lossy.webp"), with: Samples.blocks(for: "alpha-lossy.webp"))
    #expect(Self.chunks(file).map(\.name) == ["VP8X", "ICCP", "ALPH", "VP8 ", "EXIF", "XMP "])
  }

  @Test func aSimpleFileWithNothingToSayStaysSimple() throws {
    let file = try Fixtures.file("lossy.webp")
    #expect(try Container.rewrite(file, with: MetadataBlocks()) == file)
    #expect(Self.chunks(file).map(\.name) == ["VP8 "])
  }

  @Test func exifIsWrittenWithoutPrefixAndReadWithOne() throws {
    let blocks = try Samples.blocks(for: "lossy.webp")
    let exif = try #require(blocks.exif)
    let written = try Container.rewrite(Fixtures.file("lossy.webp"), with: MetadataBlocks(exif: exif))
    #expect(!written.contains("Exif\0\0"))
    // As libvips 8.14 and old Pillow wrote it.
    var old = try Container.rewrite(
      Fixtures.file("lossy.webp"), with: MetadataBlocks(exif: Array("MM\0*".utf8) + Array("Exif\0\0".utf8) + exif))
    let start = try #require(old.indices.last { old[$0...].starts(with: Array("MM\0*Exif".utf8)) })
    old.removeSubrange(start..<start + 4)
    for (index, size) in [(4, old.count - 8), (start - 4, exif.count + 6)] {
      for byte in 0..<4 { old[index + byte] = UInt8(truncatingIfNeeded: size >> (8 * byte)) }
    }
    #expect(try Container.read(old).exif == exif)
  }

  @Test func oddChunksArePadded() throws {
    let packet = XMP.packet(XMPFields(aiSystem: "odd"))
    let odd = packet.count.isMultiple(of: 2) ? XMP.packet(XMPFields(aiSystem: "od")) : packet
    let file = try Container.rewrite(Fixtures.file("lossy.webp"), with: MetadataBlocks(xmp: odd))
    #expect(file.count.isMultiple(of: 2) && file.last == 0)
    #expect(try Container.read(file).xmp == odd)
    #expect(throws: MetadataError.truncated(.webp, structure: "RIFF file", offset: 0)) {
      try Container.read(file.dropLast())
    }
  }

  private static func chunks(_ file: [UInt8]) -> [(name: String, data: ArraySlice<UInt8>)] {
    var chunks: [(String, ArraySlice<UInt8>)] = []
    var position = 12
    while position < file.count {
      let length = file[position + 4..<position + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      let name = String(decoding: file[position..<position + 4], as: UTF8.self)
      chunks.append((name, file[position + 8..<position + 8 + length]))
      position += 8 + length + length % 2
    }
    return chunks
  }

  @Test func aFrameWithoutAPictureIsRefused() throws {
    var chunks = RIFFPieces.chunks(try Fixtures.file("animated.webp"))
    let last = try #require(chunks.lastIndex { $0.name == "ANMF" })
    // The frame's own head has sixteen bytes, the name of its picture four.
    chunks[last].data.replaceSubrange(16..<20, with: Array("VP8\"".utf8))
    #expect {
      try Container.read(RIFFPieces.file(chunks))
    } throws: { error in
      guard case MetadataError.malformed(.webp, "ANMF chunk", _, "it has no picture") = error else { return false }
      return true
    }
  }
}
