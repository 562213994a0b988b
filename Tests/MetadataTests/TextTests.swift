import Foundation
import Metadata
import Raster
import Testing

/// PNG's texts and JPEG's comments at `keep`: which go, and how many stay.
@Suite struct TextTests {
  private func planned(
    _ format: ImageFormat, _ original: MetadataBlocks, keepsGPS: Bool = false
  ) throws -> MetadataBlocks {
    try MetadataBlocks.planned(
      for: MetadataPolicy(level: .keep, keepsGPS: keepsGPS), provenance: Samples.provenance, original: original,
      outputSize: Samples.size, format: format, pixelsChanged: true)
  }

  private func texts(_ keywords: [String]) -> [TextBlock] { keywords.map { TextBlock(keyword: $0, text: "x") } }

  @Test func keepLosesTextsThatTellAPosition() throws {
    let positions = ["exif:GPSInfo", "Longitude", "geo:lat", "GEO:LONG", "Geo", "Coordinates", "LocationName"]
    let original = MetadataBlocks(texts: texts(positions + ["Title"]))
    let kept = try planned(.png, original)
    #expect(kept.texts == texts(["Title"]) && kept.warnings == [])
    #expect(try planned(.png, original, keepsGPS: true).texts == original.texts)
  }

  /// As `convert photo.jpg photo.png` writes them.
  @Test func keepLosesWhatRepeatsEXIF() throws {
    let original = MetadataBlocks(
      texts: texts([
        "exif:MakerNote", "exif:Orientation", "exif:PixelXDimension", "exif:CameraOwnerName", "tiff:Model",
        "photoshop:City", "exif:thumbnail:Compression", "exif:GPSLatitude", "date:create", "date:modify", "Author",
        "signature", "Candela",
      ]))
    for keepsGPS in [false, true] {
      let kept = try planned(.png, original, keepsGPS: keepsGPS)
      let words = (keepsGPS ? ["exif:GPSLatitude"] : []) + ["Author", "signature", "Candela"]
      #expect(kept.texts == texts(words), "\(keepsGPS)")
      #expect(
        kept.warnings == [
          .dropped(
            .text, reason: "5 of them (exif:…, tiff:…, photoshop:…) repeat EXIF, and would not be true of the output")
        ])
    }
  }

  @Test func anyNumberOfTextsIsReadWithinBounds() throws {
    let text = PNGPieces.chunk("tEXt", Array("k\0v".utf8))
    var png = try Fixtures.file("rgba.png")
    png.insert(contentsOf: (0..<20_000).flatMap { _ in text }, at: 33)
    var jpeg = try Fixtures.file("colour.jpg")
    jpeg.insert(contentsOf: (0..<20_000).flatMap { _ in Segments.segment(0xFE, Array("v".utf8)) }, at: 20)
    for (format, file) in [(ImageFormat.png, png), (.jpeg, jpeg)] {
      let read = try Container.read(file)
      #expect(read.texts.count == 1_024 && read.hasUnread, "\(format)")
      #expect(read.warnings == [.dropped(.text, reason: "there are more than 1024")], "\(format)")
      let kept = try planned(format, read)
      #expect(kept.texts == read.texts && kept.warnings == read.warnings, "\(format)")
      let elsewhere = try planned(.webp, read)
      #expect(elsewhere.warnings.count == 16 && elsewhere.warnings.last == .more(count: 1_010), "\(format)")
      #expect(elsewhere.warnings.last?.description == "and 1010 more flaws of the metadata")
    }
  }

  /// The worker's answer holds each of them.
  @Test func anyNumberOfFlawsIsToldWithinBounds() throws {
    let profile = PNGPieces.chunk("iCCP", Array("x\0\0bad".utf8))
    let text = PNGPieces.chunk("zTXt", Array("k\0\0bad".utf8))
    var file = try Fixtures.file("rgba.png")
    file.insert(contentsOf: ((0..<20_000).flatMap { _ in text } + profile), at: 33)
    let read = try Container.read(file)
    // What decides over colours is not lost among the texts.
    #expect(read.warnings.first == .damaged(.icc, reason: "it cannot be inflated"))
    #expect(read.warnings.count == 16 && read.warnings.last == .more(count: 19_986))
    let kept = try planned(.png, read)
    #expect(kept.warnings.count <= 16)
  }

  @Test func packetsInPlainTextsAreNoPlainTexts() throws {
    let packet = try #require(try Container.read(Fixtures.file("photo.jpg")).xmp)
    #expect(packet.contains("GPSLatitude"))
    for name in ["tEXt", "iTXt"] {
      let head = name == "tEXt" ? "XML:com.adobe.xmp\0" : "XML:com.adobe.xmp\0\0\0\0\0"
      var file = try Fixtures.file("rgba.png")
      file.insert(contentsOf: PNGPieces.chunk(name, Array(head.utf8) + packet), at: 33)
      let read = try Container.read(file)
      #expect(read.xmp == packet && read.texts == [], "\(name)")
      #expect(try Container.rewrite(file, with: planned(.png, read)).contains("GPSLatitude") == false, "\(name)")
    }
  }
}
