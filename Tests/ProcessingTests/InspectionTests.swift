import Codecs
import Foundation
import Metadata
import Processing
import Raster
import Testing

@Suite struct InspectionTests {
  @Test(arguments: ImageFormat.allCases)
  func tellsWhatTheFileSays(_ format: ImageFormat) throws {
    let exif = try Exif.build(
      ExifFields(size: Size(width: 64, height: 48), software: "Darkroom", artist: "Ada", dotsPerInch: 300))
    let xmp = XMP.packet(
      XMPFields(
        digitalSourceType: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        aiSystem: "Venice.ai", prompt: "a canal", rights: "© Ada"))
    let blocks = MetadataBlocks(exif: exif, xmp: xmp, icc: Originals.profile("sRGB Tëst"))
    let original = try Originals.original(format, with: blocks)
    let inspection = try Inspection(of: original.span)
    #expect(inspection.format == format)
    #expect(inspection.width == 64)
    #expect(inspection.height == 48)
    #expect(inspection.depth == 8)
    #expect(inspection.channels == .rgb)
    #expect(!inspection.animated && !inspection.c2pa)
    #expect(inspection.icc?.name == "sRGB Tëst")
    #expect(inspection.exif?.artist == "Ada")
    #expect(inspection.exif?.software == "Darkroom")
    #expect(inspection.exif?.dpi == 300)
    #expect(inspection.xmp?.rights == "© Ada")
    #expect(inspection.disclosure?.system == "Venice.ai")
    #expect(inspection.disclosure?.prompt == "a canal")
    #expect(inspection.disclosure?.digitalSourceType?.hasSuffix("trainedAlgorithmicMedia") == true)
    #expect(inspection.warnings == [])
  }

  @Test func aBareFileSaysNothing() throws {
    let original = try Originals.original(.png, 3, 2, Layout(.gray, .sixteen))
    let inspection = try Inspection(of: original.span)
    #expect(inspection.depth == 16)
    #expect(inspection.channels == .gray)
    #expect(inspection.exif == nil)
    #expect(inspection.xmp == nil)
    #expect(inspection.icc == nil)
    #expect(inspection.disclosure == nil)
  }

  @Test func sizeIsAsDisplayed() throws {
    let original = try Originals.original(.jpeg, 64, 48, with: MetadataBlocks(exif: Originals.exif(.rotated270)))
    let inspection = try Inspection(of: original.span)
    #expect(inspection.width == 48)
    #expect(inspection.height == 64)
    #expect(inspection.orientation == 8)
  }

  @Test func survivesJSON() throws {
    let original = try Originals.original(.webp)
    let inspection = try Inspection(of: original.span)
    let data = try JSONEncoder().encode(inspection)
    #expect(try JSONDecoder().decode(Inspection.self, from: data) == inspection)
  }

  @Test func whatIsNoPictureIsRefused() {
    let bytes: [UInt8] = [1, 2]
    #expect(throws: ProcessingError.original(.notAnImage(beginning: [1, 2]))) {
      try Inspection(of: bytes.span)
    }
  }
}
