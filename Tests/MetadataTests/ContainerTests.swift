import Foundation
import Metadata
import Raster
import Testing

@Suite struct ContainerTests {
  @Test func writtenBlocksAreReadBackFromEveryContainer() throws {
    for name in Fixtures.plain {
      let blocks = try Samples.blocks(for: name)
      let written = try Container.rewrite(Fixtures.file(name), with: blocks)
      let read = try Container.read(written)
      #expect(read.carriesSame(as: blocks), "\(name)")
      #expect(read.warnings == [] && !read.hasUnread, "\(name)")
    }
  }

  @Test func otherProgramsFindNoFlawInWrittenFiles() throws {
    let scratch = try Scratch()
    for name in Fixtures.plain {
      try scratch.write(Container.rewrite(Fixtures.file(name), with: Samples.blocks(for: name)), name)
    }
    let rows = try scratch.exiftool(Fixtures.plain)
    for name in Fixtures.plain {
      let row = try #require(rows[name])
      #expect(row["ExifTool:Validate"] as? String == "0 0 0", "\(name)")
      #expect(row["ExifTool:Warning"] == nil && row["ExifTool:Error"] == nil, "\(name)")
      #expect(row["IFD0:Software"] as? String == Samples.system, "\(name)")
      #expect(row["ExifIFD:UserComment"] as? String == Samples.prompt, "\(name)")
      #expect(row["XMP-iptcExt:AIPromptInformation"] as? String == Samples.prompt, "\(name)")
      #expect(row["ICC-header:ProfileFileSignature"] as? String == "acsp", "\(name)")
    }
    for name in Fixtures.plain {
      let result = try Tool.exiv2.run(["-q", "-Pkv", "-g", "Exif.Image.Software", name], in: scratch)
      #expect(result.text.hasSuffix("\(Samples.system)\n") && result.errors == "", "\(name)")
    }
    let pngs = Fixtures.plain.filter { $0.hasSuffix(".png") }
    #expect(try Tool.pngcheck.run(["-q"] + pngs, in: scratch).status == 0)
  }

  @Test func compressedPixelsStayToTheByte() throws {
    let scratch = try Scratch()
    for name in Fixtures.plain {
      let file = try Fixtures.file(name)
      let stamped = try Container.rewrite(file, with: Samples.blocks(for: name))
      try scratch.write(file, name)
      try scratch.write(stamped, "stamped-\(name)")
      try scratch.write(Container.rewrite(stamped, with: MetadataBlocks()), "stripped-\(name)")
    }
    let prefixes = ["", "stamped-", "stripped-"]
    let digests = try Pixels.digests(Fixtures.plain.flatMap { name in prefixes.map { $0 + name } }, in: scratch)
    for name in Fixtures.plain {
      let plain = try #require(digests[name])
      #expect(digests["stamped-\(name)"] == plain, "\(name)")
      #expect(digests["stripped-\(name)"] == plain, "\(name)")
    }
  }

  @Test func strippingLeavesNoMetadata() throws {
    for name in ["photo.jpg", "photo.png", "photo.webp", "extended.jpg"] {
      let stripped = try Container.rewrite(Fixtures.file(name), with: MetadataBlocks())
      #expect(try Container.read(stripped) == MetadataBlocks(), "\(name)")
      for word in ["Ricoh", "Lovelace", "Venezia", "SecretNote", "GPS", "Exif", "xmpmeta"] {
        #expect(!stripped.contains(word), "\(name) \(word)")
      }
    }
  }

  @Test func theSameBlocksGiveTheSameBytes() throws {
    for name in Fixtures.plain + ["photo.jpg", "photo.png", "photo.webp"] {
      let file = try Fixtures.file(name)
      let read = try Container.read(file)
      // Photoshop's digest of the IPTC data is unread.
      guard !read.hasUnread else { continue }
      #expect(try Container.rewrite(file, with: read) == file, "\(name)")
    }
  }

  @Test func trailingBytesAreSeenAndDropped() throws {
    for name in Fixtures.plain {
      let file = try Fixtures.file(name)
      let longer = file + Array("SECRET TRAILER".utf8)
      #expect(try Container.read(longer).hasUnread, "\(name)")
      #expect(try Container.rewrite(longer, with: MetadataBlocks()).contains("SECRET") == false, "\(name)")
    }
  }

  @Test func otherFilesAreNotImages() {
    #expect(throws: MetadataError.notAnImage) { try Container.read(Array("GIF89a".utf8)) }
    #expect(throws: MetadataError.notAnImage) { try Container.rewrite([], with: MetadataBlocks()) }
  }

  /// A file that is cut anywhere is refused.
  @Test func everyCutIsRefused() throws {
    for name in ["colour.jpg", "progressive.jpg", "palette.png", "lossy.webp", "alpha-lossy.webp", "animated.webp"] {
      let whole = try Container.rewrite(Fixtures.file(name), with: Samples.blocks(for: name))
      for length in 0..<whole.count {
        #expect(throws: MetadataError.self, "\(name) \(length)") { try Container.read(Array(whole[..<length])) }
      }
    }
  }

  /// Bits flipped all through the first kilobyte: read or refused, and what was read can be planned and written.
  @Test(arguments: ["photo.jpg", "photo.png", "alpha-lossy.webp"])
  func flippedBitsAreReadOrRefused(name: String) throws {
    var file = try Fixtures.file(name)
    if name.hasSuffix("webp") { file = try Container.rewrite(file, with: Samples.blocks(for: name)) }
    var refused = 0
    for index in 0..<1024 {
      let mask = UInt8(1) << (index % 8)
      file[index] ^= mask
      defer { file[index] ^= mask }
      guard let blocks = try? Container.read(file) else {
        refused += 1
        continue
      }
      let planned = try MetadataBlocks.planned(
        for: MetadataPolicy(level: .keep), provenance: Samples.provenance, original: blocks, outputSize: Samples.size,
        format: Samples.format(of: name), pixelsChanged: true)
      if let exif = blocks.exif { _ = try? Exif.summary(of: exif) }
      guard let written = try? Container.rewrite(file, with: planned) else { continue }
      #expect(try Container.read(written).carriesSame(as: planned), "\(index) \(mask)")
    }
    #expect(refused > 0)
  }
}
