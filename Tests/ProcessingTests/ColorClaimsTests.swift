import Codecs
import Colorimetry
import Foundation
import Metadata
import Raster
import Testing

@testable import Processing

/// What an output says of its colours beside its profile.
@Suite struct ColorClaimsTests {
  @Test func theOutputSaysNothingElseOfItsColours() throws {
    // ColorSpace 65535 and DCF's R03, which is Adobe RGB; XMP with the profile's name.
    let exif: [UInt8] =
      [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0]
      + [1, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0]
      + [2, 0, 0x01, 0xA0, 3, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0x05, 0xA0, 4, 0, 1, 0, 0, 0, 56, 0, 0, 0, 0, 0, 0, 0]
      + [1, 0, 0x01, 0, 2, 0, 4, 0, 0, 0, 0x52, 0x30, 0x33, 0, 0, 0, 0, 0]
    let xmp = Array(
      """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
      <rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" \
      xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" exif:ColorSpace="65535" \
      photoshop:ICCProfile="Adobe RGB (1998)" photoshop:Headline="Kept"/></rdf:RDF></x:xmpmeta>
      """.utf8)
    let colors = Colors.named("Adobe RGB")
    let bare = try Colors.png(colors)
    let original = try Container.rewrite(
      bare.span, with: MetadataBlocks(exif: exif, xmp: xmp, icc: colors.icc))
    let tags = [
      "-ExifIFD:ColorSpace", "-InteropIFD:all", "-XMP:ColorSpace", "-ICCProfileName", "-Headline", "-ICC_Profile:all",
    ]
    func read(_ bytes: [UInt8]) throws -> [String: Any] {
      try Colors.exiftool(bytes, tags[0], tags[1], tags[2], tags[3], tags[4], tags[5])
    }
    let before = try read(original)
    #expect(before["ExifIFD:ColorSpace"] as? Int == 65_535 && before["InteropIFD:InteropIndex"] as? String == "R03")
    for format in ImageFormat.allCases {
      let found = try read(Colors.made(original, format, metadata: .keep).output.bytes)
      #expect(found["ExifIFD:ColorSpace"] as? Int == 1, "\(format)")
      #expect(found["XMP-photoshop:Headline"] as? String == "Kept", "\(format)")
      #expect(Set(found.keys) == ["SourceFile", "ExifIFD:ColorSpace", "XMP-photoshop:Headline"], "\(format)")
      let full = try read(Colors.made(original, format, metadata: .full).output.bytes)
      #expect(full["ExifIFD:ColorSpace"] as? Int == 1, "\(format)")
      let kept = try read(Colors.made(original, format, color: .keep, metadata: .keep).output.bytes)
      #expect(kept["ExifIFD:ColorSpace"] as? Int == 65_535, "\(format)")
      #expect(kept["XMP-photoshop:ICCProfileName"] as? String == "Adobe RGB (1998)", "\(format)")
    }
  }
}
