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

  /// Everything that is neither EXIF nor XMP, and what is wrong with those.
  @Test func tellsTextsAndPiecesAndFlaws() throws {
    var png = try Originals.original(
      .png,
      with: MetadataBlocks(
        exif: Array("II*\0".utf8) + [0xFF, 0, 0, 0], xmp: Array("words".utf8), icc: Originals.profile("My screen"),
        texts: [TextBlock(keyword: "Title", text: "A canal")]))
    png += Array("behind".utf8)
    let inspection = try Inspection(of: png.span)
    #expect(inspection.texts.map { [$0.keyword, $0.text] } == [["Title", "A canal"]])
    #expect(inspection.unread == ["6 bytes behind the picture"])
    #expect(inspection.exif == nil && inspection.xmp?.bytes == 5 && inspection.disclosure == nil)
    #expect(inspection.warnings.count == 2)
    #expect(inspection.warnings.first?.hasPrefix("the EXIF block is damaged: ") == true)
    #expect(inspection.warnings.last == "XMP is damaged and cannot be read")
    #expect(
      inspection.revealing == [
        Finding(.device, "ICC profile", "ProfileDescription", "My screen"), Finding(.words, "text", "Title", "A canal"),
        Finding(.hidden, "file", "Unread", "6 bytes behind the picture"),
      ])
    let iptc: [UInt8] = [0x1C, 2, 80, 0, 3] + Array("Ada".utf8)
    let named = try Originals.original(.jpeg, with: MetadataBlocks(iptc: iptc))
    let jpeg = try Inspection(of: named.span)
    #expect(jpeg.iptc == 8)
    #expect(jpeg.revealing == [Finding(.person, "IPTC", "By-line", "Ada")])
    #expect(jpeg.warnings == [])
    // Where XMP says nothing of AI there is nothing to disclose.
    let plain = try Originals.original(.webp, with: MetadataBlocks(xmp: XMP.packet(XMPFields(creators: ["Ada"]))))
    #expect(try Inspection(of: plain.span).disclosure == nil)
  }

  /// A cut picture, a wrong checksum, a credential, an animation: nothing of it needs a decoder.
  @Test func tellsWhatIsDamagedAndSignedAndMoving() throws {
    let plain = try Originals.original(.png)
    let short = Array(plain.dropLast(12))
    let cut = try Inspection(of: short.span)
    #expect(
      cut.warnings == [
        "the png file is cut: it ends inside the chunk that begins at byte \(short.count)"
      ])
    // tEXt of three bytes, with four that are no checksum.
    let text: [UInt8] = [0, 0, 0, 3] + Array("tEXtA\0b".utf8) + [1, 2, 3, 4]
    let changed = plain[..<33] + text + plain[33...]
    let flawed = Array(changed)
    let wrong = try Inspection(of: flawed.span)
    #expect(wrong.warnings == ["text is damaged and left out: the checksum of tEXt is wrong"])
    // A manifest store is a box whose description says that it is one (ISO 19566-5).
    let uri = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    let kind: [UInt8] = Array("c2pa".utf8) + [0, 0x11, 0, 0x10, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
    let description: [UInt8] = [0, 0, 0, 30] + Array("jumd".utf8) + kind + [3] + Array("c2pa\0".utf8)
    let claim = [0, 0, 0, UInt8(8 + uri.utf8.count)] + Array("json\(uri)".utf8)
    let store = [0, 0, 0, UInt8(38 + claim.count)] + Array("jumb".utf8) + description + claim
    let original = try Originals.original(.webp, with: MetadataBlocks(exif: Originals.exif(.upright)))
    var signed = original + Array("C2PA".utf8) + [UInt8(store.count), 0, 0, 0] + store
    if !store.count.isMultiple(of: 2) { signed.append(0) }
    let size = signed.count - 8
    signed.replaceSubrange(4..<8, with: (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) })
    let inspection = try Inspection(of: signed.span)
    #expect(inspection.c2pa && !inspection.animated)
    #expect(
      inspection.revealing == [
        Finding(.credential, "C2PA", "Credential", "there (not verified)"),
        Finding(.credential, "C2PA", "DigitalSourceType", "trainedAlgorithmicMedia (not verified)"),
      ])
    let moving = try python(
      """
      import io, sys; from PIL import Image
      frames, data = [Image.new("RGB", (8, 8), c) for c in ("red", "blue")], io.BytesIO()
      frames[0].save(data, "WEBP", save_all=True, append_images=frames[1:]); sys.stdout.buffer.write(data.getvalue())
      """)
    #expect(try Inspection(of: moving.span).animated)
  }

  @Test func aProfileTellsItsDayAndItsOwner() throws {
    // littleCMS writes both.
    let profile = try python(
      "import sys; from PIL import ImageCms as c; sys.stdout.buffer.write(c.ImageCmsProfile(c.createProfile('sRGB')).tobytes())"
    )
    let original = try Originals.original(.png, with: MetadataBlocks(icc: profile))
    let found = try Inspection(of: original.span).revealing
    #expect(found.map(\.kind) == [.device, .time, .words])
    #expect(found.map(\.name) == ["ProfileDescription", "ProfileDateTime", "ProfileCopyright"])
    let year = profile[24..<26].reduce(0) { $0 << 8 | Int($1) }
    #expect(found[1].value.hasPrefix("\(year)-") && found[1].value.count == 19)
    #expect(found[0].value == "sRGB built-in" && found[2].value == "No copyright, use freely")
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
