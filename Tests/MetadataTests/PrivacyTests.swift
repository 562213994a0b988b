import Foundation
import Metadata
import Testing

/// What `keep` takes out of foreign blocks, wherever its writer put it.
@Suite struct PrivacyTests {
  private typealias Entry = Foreign.Entry

  private static let base = [Entry.ascii(0x010F, "Maker"), Entry.ascii(0x0110, "Model Nine")]

  @Test(arguments: [0x501B, 0x5012, 0x5023, 0x503B, 0x8568, 0x935C, 0x8290, 0x8606, 0x83BB, 0x02BC])
  func picturesAndBlocksInsideEXIFGo(tag: Int) throws {
    let blob = Foreign.exif(Self.base + [Entry.undefined(tag, Array("LAYERSECRET".utf8)), Entry.ascii(0x8298, "© A")])
    for policy in [MetadataPolicy(level: .keep), MetadataPolicy(level: .keep, keepsGPS: true)] {
      let kept = try #require(try Foreign.kept(MetadataBlocks(exif: blob), policy).exif)
      #expect(!kept.contains("LAYERSECRET") && kept.contains("© A") && kept.contains("Model Nine"))
    }
  }

  @Test(arguments: [0x830E, 0x847E, 0x847F, 0x8480, 0x8482, 0x85D8, 0x87AF, 0x87B0, 0x87B1])
  func mapPositionsInEXIFGoUnlessAsked(tag: Int) throws {
    let blob = Foreign.exif(Self.base + [Entry.ascii(tag, "UTM zone 33N")])
    let kept = try #require(try Foreign.kept(MetadataBlocks(exif: blob)).exif)
    #expect(!kept.contains("UTM") && kept.contains("Model Nine"))
    let asked = try Foreign.kept(MetadataBlocks(exif: blob), MetadataPolicy(level: .keep, keepsGPS: true))
    #expect(asked.exif == blob && asked.warnings == [])
  }

  /// What readers would follow to places that were not looked through.
  @Test func pointersToUnreadDirectoriesGo() throws {
    let hidden = [Entry.ascii(0x0002, "HIDDEN")]
    let blob = Foreign.exif(
      Self.base + [
        .pointer(0x0132, type: 13, hidden), .pointer(0x014A, hidden), .pointer(0xA005, hidden),
        .pointer(
          0x8769, [.ascii(0x9003, "2026:01:01 00:00:00"), .pointer(0x8769, hidden), .pointer(0xA302, type: 13, hidden)]),
      ])
    let kept = try #require(try Foreign.kept(MetadataBlocks(exif: blob)).exif)
    #expect(!kept.contains("HIDDEN") && kept.contains("2026:01:01") && kept.contains("Model Nine"))
    let scratch = try Scratch()
    try scratch.write(Container.rewrite(Fixtures.file("rgba.png"), with: MetadataBlocks(exif: kept)), "kept.png")
    let row = try #require(try scratch.exiftool(["kept.png"])["kept.png"])
    #expect(row["ExifTool:Warning"] == nil && row["ExifTool:Error"] == nil)
    #expect(row["ExifIFD:DateTimeOriginal"] != nil && row["IFD0:ModifyDate"] == nil)
  }

  private static let places = [
    "xmlns:p='http://www.w3.org/2003/01/geo/wgs84_pos#' p:lat='PLACE'",
    "xmlns:p='http://www.w3.org/2003/01/geo/wgs84_pos#' p:lat_long='PLACE'",
    "xmlns:p='http://www.georss.org/georss' p:point='PLACE'", "xmlns:p='http://www.opengis.net/gml/3.2' p:pos='PLACE'",
    "xmlns:p='http://rs.tdwg.org/dwc/terms/' p:verbatimCoordinates='PLACE'",
    "xmlns:p='http://rs.tdwg.org/dwc/index.htm' p:locality='PLACE'",
    "xmlns:p='http://rs.tdwg.org/dwc/terms/' p:footprintWKT='PLACE'",
    "xmlns:p='http://ns.apple.com/q' p:location='PLACE'",
    "xmlns:p='http://ns.apple.com/q' p:location.ISO6709='PLACE'", "xmlns:p='urn:drone' p:RelativeAlt='PLACE'",
    "xmlns:p='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' p:City='PLACE'",
    "xmlns:p='http://ns.adobe.com/photoshop/1.0/' p:State='PLACE'", "dc:coverage='PLACE'",
    "xmlns:p='http://purl.org/dc/terms/' p:spatial='PLACE'",
    "xmlns:p='http://ns.acdsee.com/iptc/1.0/' p:country='PLACE'", "exif:GPSDestBearing='PLACE'",
  ]

  @Test func placesInXMPGoUnlessAsked() throws {
    for place in Self.places {
      let name = try #require(place.split(separator: " ").last?.split(separator: "=").first)
      let declaration = place.split(separator: " ").dropLast().joined(separator: " ")
      // As an attribute, as an element, inside a structure.
      for packet in [
        Foreign.packet("<z:ok>K</z:ok>", attributes: place),
        Foreign.packet("<\(name)>PLACE</\(name)><z:ok>K</z:ok>", attributes: declaration),
        Foreign.packet(
          "<z:ok><rdf:Description><\(name)>PLACE</\(name)></rdf:Description></z:ok>", attributes: declaration),
      ] {
        let kept = try #require(try Foreign.kept(MetadataBlocks(xmp: packet)).xmp)
        #expect(!kept.contains("PLACE") && kept.contains("<z:ok>") && kept.contains("Title"), "\(place)")
        let policy = MetadataPolicy(level: .keep, keepsGPS: true)
        #expect(try Foreign.kept(MetadataBlocks(xmp: packet), policy).xmp == packet, "\(place)")
      }
    }
  }

  @Test func picturesInXMPGo() throws {
    let picture = "/9j/" + String(repeating: "SECRET00", count: 128)
    for fragment in [
      "<p:Data xmlns:p='http://ns.google.com/photos/1.0/image/'>SECRET</p:Data>",
      "<z:a xmlns:p='http://ns.google.com/photos/1.0/depthmap/' p:Data='SECRET'/>",
      "<p:Data xmlns:p='http://ns.google.com/photos/1.0/audio/'>SECRET</p:Data>",
      "<z:a rdf:parseType='Resource'><p:image xmlns:p='http://ns.adobe.com/xap/1.0/g/img/'>SECRET</p:image></z:a>",
      "<xmp:Thumbnails>SECRET</xmp:Thumbnails>", "<z:a>\n\(picture)</z:a>", "<z:a z:b='\(picture)'/>",
      "<z:a>iVBORw0KGgo\(picture)</z:a>",
    ] {
      let kept = try #require(
        try Foreign.kept(MetadataBlocks(xmp: Foreign.packet(fragment)), MetadataPolicy(level: .keep, keepsGPS: true))
          .xmp)
      #expect(!kept.contains("SECRET") && kept.contains("Title"), "\(fragment.prefix(60))")
    }
  }

  private static let further = [
    "xmlns:p='http://ns.adobe.com/hdr-gain-map/1.0/' p:Version='GONE'",
    "xmlns:p='http://ns.apple.com/HDRGainMap/1.0/' p:HDRGainMapVersion='GONE'",
    "xmlns:p='http://ns.google.com/photos/1.0/container/' p:Directory='GONE'",
    "xmlns:p='http://ns.google.com/photos/1.0/container/item/' p:Semantic='GONE'",
    "xmlns:p='http://ns.google.com/photos/1.0/camera/' p:MotionPhotoVersion='GONE'",
    "xmlns:p='http://ns.google.com/photos/1.0/camera/' p:MicroVideoOffset='GONE'",
  ]

  /// Readers that believe it look for a gain map or a film that is not there.
  @Test(arguments: further)
  func whatXMPSaysOfPicturesThatAreGoneGoesWithThem(claim: String) throws {
    let parts = claim.split(separator: " ")
    let name = try #require(parts.last?.split(separator: "=").first)
    let structure = "<\(name)><rdf:Seq><rdf:li rdf:parseType='Resource'><z:x>GONE</z:x></rdf:li></rdf:Seq></\(name)>"
    let warning = MetadataWarning.dropped(
      .xmp,
      reason: "what it says of further pictures (gain map, motion photo) is not true of the output; the rest is kept")
    for packet in [
      Foreign.packet("<z:ok>K</z:ok>", attributes: claim),
      Foreign.packet("\(structure)<z:ok>K</z:ok>", attributes: String(parts[0])),
    ] {
      let kept = try Foreign.kept(MetadataBlocks(xmp: packet))
      #expect(kept.xmp?.contains("GONE") == false && kept.xmp?.contains("<z:ok>K") == true)
      #expect(kept.warnings == [warning])
      // With a second picture behind the first, which goes; and without one, where the file stays as it is.
      let plain = try Container.rewrite(Fixtures.file("colour.jpg"), with: MetadataBlocks(xmp: packet))
      for (file, isSame) in [(plain + plain, false), (plain, true)] {
        let planned = try MetadataBlocks.planned(
          for: MetadataPolicy(level: .keep), provenance: Samples.provenance, original: Container.read(file),
          outputSize: Samples.size, format: .jpeg, pixelsChanged: false)
        let written = try Container.rewrite(file, with: planned)
        #expect((written == file) == isSame && written.contains("GONE") == isSame)
        #expect(planned.warnings.contains(warning) == !isSame)
      }
    }
  }

  @Test func whatIsNoLanguageGoesAndItsTextStays() throws {
    for (tag, isOne) in [
      ("de", true), ("x-default", true), ("zh-Hant-TW", true), ("sl-rozaj-biske-1994", true), ("", true),
      ("de_DE", false), ("1", false), ("-de", false), ("de-", false), ("ö", false), ("abcdefghi", false),
      (" de", false),
    ] {
      let packet = Foreign.packet(
        "<dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>R</rdf:li><rdf:li xml:lang='\(tag)'>T</rdf:li></rdf:Alt></dc:rights>"
      )
      let kept = try #require(try Foreign.kept(MetadataBlocks(xmp: packet)).xmp)
      #expect((kept == packet) == isOne, "\(tag)")
      #expect(kept.contains(">T</rdf:li>") && kept.contains("xml:lang='\(tag)'") == isOne, "\(tag)")
    }
  }

  /// Names that look like places and pictures and are none.
  @Test func whatIsNoPlaceStays() throws {
    let packet = Foreign.packet(
      "<dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>R</rdf:li></rdf:Alt></dc:rights><z:Data>short</z:Data>"
        + "<z:state>1</z:state><z:country>2</z:country><z:default>3</z:default><z:salt>4</z:salt><z:a>/9j/</z:a>")
    #expect(try Foreign.kept(MetadataBlocks(xmp: packet)).xmp == packet)
  }
}
