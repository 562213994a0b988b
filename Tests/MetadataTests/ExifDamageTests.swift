import Foundation
import Metadata
import Raster
import Testing

@Suite struct ExifDamageTests {
  private typealias Entry = Foreign.Entry

  /// One of each: a picture's directory, Exif's, interoperability's, GPS's, a thumbnail's.
  private static let camera = Foreign.exif(
    [
      .ascii(0x0110, "Model Nine"), .short(0x0112, 6), .rational(0x011A, [72]), .ascii(0x013B, "Ada"),
      .pointer(
        0x8769,
        [
          .ascii(0x9003, "2026:01:01 00:00:00"), .undefined(0x927C, Array("SECRETNOTE".utf8)), .short(0xA002, 99),
          .pointer(0xA005, [.ascii(1, "R98"), .undefined(2, Array("0100".utf8))]),
        ]),
      .pointer(0x8825, [.ascii(1, "N"), .rational(2, [45, 26, 15])]),
    ], next: [.short(0x0103, 6), .ascii(0x010F, "SECRETTHUMB")])

  private static func blob(with entry: Entry) -> [UInt8] {
    Foreign.exif([.ascii(0x0110, "Model Nine"), .ascii(0x013B, "Ada"), entry])
  }

  @Test func anEntryThatCannotBeReadGoesAndTheRestStays() throws {
    let outside = Self.blob(with: Entry(tag: 0x8298, type: 2, count: 70_000, value: [0, 0, 0xFF, 0], directory: nil))
    let untyped = Self.blob(with: Entry(tag: 0x8298, type: 99, count: 1, value: [1, 2, 3, 4], directory: nil))
    for blob in [outside, untyped] {
      for format in [ImageFormat.jpeg, .png, .webp] {
        let blocks = try Foreign.kept(MetadataBlocks(exif: blob), as: format)
        let summary = try blocks.exifSummary()
        #expect(summary.model == "Model Nine" && summary.artist == "Ada" && summary.copyright == nil)
        #expect(
          blocks.warnings == [
            .dropped(
              .exif, reason: "the value of tag 0x8298 lies outside of it or is of no known type; the rest is kept")
          ])
      }
      let summary = try Exif.summary(of: blob)
      #expect(summary.model == "Model Nine" && summary.artist == "Ada")
    }
    // What would not stay in any case is not worth a word.
    let note = Self.blob(with: Entry(tag: 0xC634, type: 7, count: 70_000, value: [0, 0, 0xFF, 0], directory: nil))
    #expect(try Foreign.kept(MetadataBlocks(exif: note)).warnings == [])
  }

  @Test func aDirectoryThatCannotBeReadGoesAndTheRestStays() throws {
    let blob = Self.blob(with: Entry(tag: 0x8769, type: 4, count: 1, value: [0, 0, 0xFF, 0], directory: nil))
    let blocks = try Foreign.kept(MetadataBlocks(exif: blob))
    #expect(try blocks.exifSummary().artist == "Ada")
    #expect(
      blocks.warnings == [
        .dropped(
          .exif,
          reason:
            "exif entries: the EXIF block is damaged: a directory at byte 65280 lies outside of it; the rest is kept")
      ])
    #expect(try Exif.summary(of: blob).model == "Model Nine")
  }

  @Test func onlyJPEGBoundsABlockToItsSegment() throws {
    let blob = Self.blob(with: .undefined(0x9286, [UInt8](repeating: 0x61, count: 100_000)))
    for (format, name) in [(ImageFormat.png, "rgba.png"), (.webp, "lossy.webp")] {
      let blocks = try Foreign.kept(MetadataBlocks(exif: blob), as: format)
      #expect(blocks.exif == blob && blocks.warnings == [])
      let file = try Container.rewrite(Fixtures.file(name), with: blocks)
      #expect(try Container.read(file).exif == blob)
    }
    let jpeg = try Foreign.kept(MetadataBlocks(exif: blob), as: .jpeg)
    #expect(jpeg.exif == nil && jpeg.warns(of: .exif))
  }

  /// exiftool judges all outputs in one start: structures whole, and nothing in them that must go.
  @Test func everyFlippedBitAndEveryCutIsDroppedWithAWarningOrUpright() throws {
    let scratch = try Scratch()
    #expect(Self.camera.count > 300 && Self.camera.count <= 1024)
    let cuts = (0..<Self.camera.count).map { ("cut-\($0)", Array(Self.camera[..<$0])) }
    var names: [[UInt8]: String] = [:]
    for (name, damaged) in cuts + Array(Foreign.flips(Self.camera)).map({ ($0.name, $0.bytes) }) {
      let blocks = try Foreign.kept(MetadataBlocks(exif: damaged))
      #expect(blocks.exif != nil || blocks.warns(of: .exif), "\(name)")
      if let exif = blocks.exif { names[exif] = "\(name).exif" }
    }
    try FileManager.default.createDirectory(at: scratch.url("kept"), withIntermediateDirectories: true)
    for (exif, name) in names { try scratch.write(exif, "kept/\(name)") }
    let result = try Tool.exiftool.run(
      [
        "-j", "-a", "-G1", "-n", "-fast", "-ext", "exif", "-ExifTool:all", "-IFD0:all", "-ExifIFD:all", "-GPS:all",
        "-IFD1:all", "-MakerNotes:all", "kept",
      ],
      in: scratch)
    let rows = try #require(try JSONSerialization.jsonObject(with: result.output) as? [[String: Any]])
    #expect(rows.count == names.count && rows.count > 500, "\(rows.count)")
    for row in rows {
      let name = row["SourceFile"] as? String ?? ""
      #expect(row["ExifTool:Error"] == nil && row["ExifTool:Warning"] == nil, "\(name) \(row)")
      #expect(
        row.keys.allSatisfy { !$0.hasPrefix("GPS:") && !$0.hasPrefix("IFD1:") && !$0.contains("MakerNote") }, "\(name)")
      if let orientation = row["IFD0:Orientation"] { #expect(orientation as? Int == 1, "\(name)") }
    }
    #expect(names.keys.allSatisfy { !$0.contains("SECRETTHUMB") })
  }
}
