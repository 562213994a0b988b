import Foundation
import Metadata
import Raster
import Testing

@Suite struct PNGContainerTests {
  @Test func aWrongChecksumDropsTheBlockWithAWarning() throws {
    for (chunk, block) in [("eXIf", Block.exif), ("iCCP", .icc), ("iTXt", .text), ("pHYs", .density)] {
      var file = try Container.rewrite(Fixtures.file("rgba.png"), with: Samples.blocks(for: "rgba.png"))
      let start = try #require(file.indices.first { file[$0...].starts(with: chunk.utf8) })
      file[start + 6] ^= 1
      let read = try Container.read(file)
      #expect(read.warnings == [.damaged(block, reason: "the checksum of \(chunk) is wrong")], "\(chunk)")
    }
  }

  @Test func metadataStandsBeforeThePixels() throws {
    let file = try Container.rewrite(Fixtures.file("palette.png"), with: Samples.blocks(for: "palette.png"))
    #expect(
      PNGPieces.chunks(file).map(\.name) == [
        "IHDR", "iCCP", "pHYs", "eXIf", "iTXt", "tIME", "iTXt", "PLTE", "tRNS", "IDAT", "IEND",
      ])
  }

  @Test func aLateExifIsFoundAndWrittenEarly() throws {
    let exif = try #require(try Samples.blocks(for: "rgba.png").exif)
    var file = try Fixtures.file("rgba.png")
    file.insert(contentsOf: PNGPieces.chunk("eXIf", exif), at: file.count - 12)
    let read = try Container.read(file)
    #expect(read.exif == exif && read.isMisplaced)
    let written = try Container.rewrite(file, with: read)
    #expect(PNGPieces.chunks(written).map(\.name) == ["IHDR", "eXIf", "IDAT", "IEND"])
  }

  @Test func anUnknownCriticalChunkIsRefusedWhereverItStands() throws {
    let file = try Fixtures.file("rgba.png")
    for place in [33, file.count - 12] {
      let unknown = file[..<place] + PNGPieces.chunk("ABCD", [1]) + file[place...]
      let error = MetadataError.malformed(
        .png, structure: "ABCD", offset: place, reason: "it is critical, and not known")
      #expect(throws: error) { _ = try Container.read(Array(unknown)) }
      #expect(throws: error) { _ = try Container.rewrite(Array(unknown), with: MetadataBlocks()) }
    }
    let early = file[..<8] + PNGPieces.chunk("teXt", [1]) + file[8...]
    #expect(
      throws: MetadataError.malformed(.png, structure: "chunk", offset: 8, reason: "the first one must be IHDR")
    ) { _ = try Container.read(Array(early)) }
  }

  @Test func aSecondHeaderIsRefused() throws {
    var file = try Fixtures.file("rgba.png")
    file.insert(contentsOf: Array(file[8..<33]), at: 33)
    #expect(throws: MetadataError.malformed(.png, structure: "IHDR", offset: 33, reason: "it is the second one")) {
      try Container.read(file)
    }
  }

  @Test func exifWithJPEGsPrefixIsReadWithoutIt() throws {
    let exif = try #require(try Samples.blocks(for: "rgba.png").exif)
    var file = try Fixtures.file("rgba.png")
    file.insert(contentsOf: PNGPieces.chunk("eXIf", Array("Exif\0\0".utf8) + exif), at: 33)
    #expect(try Container.read(file).exif == exif)
  }

  @Test func chunksThatDecideColourStayAndOneProfileRules() throws {
    var file = try Fixtures.file("palette.png")
    let own =
      PNGPieces.chunk("sRGB", [0]) + PNGPieces.chunk("gAMA", [0, 0, 0xB1, 0x8F]) + PNGPieces.chunk("sBIT", [8, 8, 8])
    file.insert(contentsOf: own + PNGPieces.chunk("sPLT", Array("name\0".utf8)), at: 33)
    let stripped = try Container.rewrite(file, with: MetadataBlocks())
    #expect(PNGPieces.chunks(stripped).map(\.name) == ["IHDR", "sRGB", "gAMA", "sBIT", "PLTE", "tRNS", "IDAT", "IEND"])
    let profiled = try Container.rewrite(file, with: MetadataBlocks(icc: Fixtures.profile()))
    #expect(PNGPieces.chunks(profiled).map(\.name) == ["IHDR", "iCCP", "gAMA", "sBIT", "PLTE", "tRNS", "IDAT", "IEND"])
  }

  @Test func everyKindOfTextIsRead() throws {
    let scratch = try Scratch()
    let script = """
      from PIL import Image, PngImagePlugin
      p = PngImagePlugin.PngInfo()
      p.add_text("Author", "Ren\\u00e9")
      p.add_text("Squeezed", "z" * 500, zip=True)
      p.add_itxt("Title", "東京", lang="ja", tkey="題")
      p.add_itxt("Long", "é" * 500, zip=True)
      p.add_text("Raw profile type generic", "45786966")
      Image.new("RGB", (3, 3)).save("text.png", pnginfo=p)
      """
    try Data(script.utf8).write(to: scratch.url("make.py"))
    _ = try Tool.python.run(["make.py"], in: scratch)
    let read = try Container.read(scratch.read("text.png"))
    #expect(
      read.texts == [
        TextBlock(keyword: "Author", text: "René", form: .latin1),
        TextBlock(keyword: "Squeezed", text: String(repeating: "z", count: 500), form: .latin1),
        TextBlock(keyword: "Title", text: "東京", language: "ja", translatedKeyword: "題"),
        TextBlock(keyword: "Long", text: String(repeating: "é", count: 500)),
      ])
    #expect(read.hasUnread)
    #expect(
      read.warnings == [.dropped(.text, reason: "Raw profile type generic is a block in a text's place")])
    let written = try Container.rewrite(scratch.read("text.png"), with: read)
    #expect(try Container.read(written).texts == read.texts)
    try scratch.write(written, "written.png")
    let row = try scratch.exiftool(["written.png"])["written.png"]
    #expect(row?["PNG:Author"] as? String == "René")
    #expect(row?["PNG:Title-ja"] as? String == "東京")
  }

  @Test func aBombIsDamage() throws {
    let scratch = try Scratch()
    let script = """
      import zlib, struct
      d = open("plain.png", "rb").read()
      def chunk(n, b): return struct.pack(">I", len(b)) + n + b + struct.pack(">I", zlib.crc32(n + b))
      z = zlib.compress(bytes(17 << 20), 9)
      open("bomb.png", "wb").write(d[:33] + chunk(b"iCCP", b"x\\0\\0" + z) + chunk(b"zTXt", b"x\\0\\0" + z) + d[33:])
      """
    try scratch.write(Fixtures.file("grey.png"), "plain.png")
    try Data(script.utf8).write(to: scratch.url("make.py"))
    _ = try Tool.python.run(["make.py"], in: scratch)
    let read = try Container.read(scratch.read("bomb.png"))
    #expect(read.icc == nil && read.texts == [])
    #expect(
      read.warnings == [
        .damaged(.icc, reason: "it cannot be inflated"), .damaged(.text, reason: "the zTXt chunk x cannot be inflated"),
      ])
  }
}
