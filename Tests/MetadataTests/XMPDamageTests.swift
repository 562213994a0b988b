import Foundation
import Metadata
import Testing

@Suite struct XMPDamageTests {
  /// What is not well-formed, with namespaces, in the eyes of expat.
  private static let malformed = [
    "<z:a>\u{1}</z:a>", "<z:a>\u{FFFE}</z:a>", "<z:a b='\u{B}'/>", "<!-- \u{C} -->", "<z:a!b/>", "<z:1/>", "<1:a/>",
    "<z:a\u{D7}/>", "<z:a z:-b='1'/>", "<z:a>]]></z:a>", "<z:a>&#1;</z:a>", "<z:a>&#xFFFF;</z:a>", "<z:a>&#X41;</z:a>",
    "<z:a xmlns:y='urn:z' y:b='1' z:b='2'/>", "<z:a xmlns:y='urn: z' xmlns:x='urn:\nz' y:b='1' x:b='2'/>",
    "<z:a xmlns:y=''/>", "<z:a xmlns:xmlns='urn:y'/>", "<z:a xmlns:xml='urn:y'/>",
    "<z:a xmlns:y='http://www.w3.org/XML/1998/namespace'/>", "<z:a xmlns='http://www.w3.org/2000/xmlns/'/>",
    "<z:a xmlns:y:x='urn:y'/>", "<z:a><z:b></z:a></z:b>", "<z:a z:b=''z:c=''/>",
  ]

  /// Well-formed, though it may look odd.
  private static let sound = [
    "<z:a>\u{7F}\u{85}\u{FFFD}🎨</z:a>", "<z:É.-·b/>", "<z:a>]] ></z:a>", "<z:a><![CDATA[]]]]><![CDATA[>]]></z:a>",
    "<z:a b=']]>'/>", "<z:a>&#9;&#x10FFFF;</z:a>", "<z:a xmlns:y='urn:y' y:b='1' z:b='2' b='3'/>",
    "<z:a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
  ]

  @Test func whatNoParserTakesIsDroppedWithAWarning() throws {
    let all = Self.malformed + Self.sound
    let judged = try Expat.takes(all.map { Foreign.packet($0) })
    for (fragment, isWellFormed) in zip(all, judged) {
      let blocks = try Foreign.kept(MetadataBlocks(xmp: Foreign.packet(fragment)))
      #expect(isWellFormed == Self.sound.contains(fragment), "\(fragment)")
      #expect((blocks.xmp != nil) == isWellFormed && blocks.warns(of: .xmp) == !isWellFormed, "\(fragment)")
    }
    #expect(
      try Foreign.kept(MetadataBlocks(xmp: Foreign.packet("<z:a>]]></z:a>"))).warnings == [
        .damaged(.xmp, reason: "it is no RDF/XML, so that nobody knows what it says")
      ])
  }

  /// What XML lets pass and RDF does not (RDF 1.1 XML Syntax §7.2).
  @Test(arguments: [
    "<z:a rdf:parseType='Literal' rdf:resource='u'>x</z:a>", "<z:a rdf:resource='u'>x</z:a>", "<rdf:RDF/>",
    "<z:a><z:B/><z:C/></z:a>", "<z:a>x<z:B/></z:a>", "<rdf:Description/>", "<z:a rdf:about='u'/>", "words", "<a/>",
    "<z:a><rdf:li>x</rdf:li></z:a>", "<z:a rdf:parseType='Resource'>x</z:a>", "<z:a z:b='1'>x</z:a>",
    "<z:a><rdf:Description rdf:ID='a' rdf:about='b'/></z:a>", "<z:a rdf:bagID='b'/>",
  ])
  func whatIsNoRDFIsDroppedWithAWarning(fragment: String) throws {
    let blocks = try Foreign.kept(MetadataBlocks(xmp: Foreign.packet(fragment)))
    #expect(blocks.xmp == nil && blocks.warns(of: .xmp))
  }

  /// Cuts may bring brackets together that were apart.
  @Test func whatCutsWouldMakeMalformedIsDropped() throws {
    let blocks = try Foreign.kept(MetadataBlocks(xmp: Foreign.packet("<z:a>]]<!-- -->></z:a>")))
    #expect(blocks.xmp == nil && blocks.warns(of: .xmp))
  }

  /// expat judges all outputs in one process, and no flip brings the position out.
  @Test func everyFlippedBitIsDroppedWithAWarningOrWellFormed() throws {
    func packet(_ filler: String) -> [UInt8] {
      Foreign.packet(
        "<exif:GPSLatitude>45,26.25N</exif:GPSLatitude><dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">© A &amp; B"
          + "</rdf:li></rdf:Alt></dc:rights><dc:subject><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag></dc:subject>"
          + "<z:s rdf:parseType=\"Resource\"><z:t>&#x1F3A8;\(filler)</z:t></z:s>",
        attributes: "exif:GPSLongitude=\"12,20.1E\" z:k='v'")
    }
    let packet = packet(String(repeating: "x", count: 1024 - packet("").count))
    var kept: [[UInt8]] = []
    var silent: [String] = []
    for (name, flipped) in Foreign.flips(packet) {
      let blocks = try Foreign.kept(MetadataBlocks(xmp: flipped))
      if blocks.xmp == nil, !blocks.warns(of: .xmp) { silent.append(name) }
      if let xmp = blocks.xmp {
        if blocks.warns(of: .xmp) || xmp.contains("45,26.25N") && xmp.contains("12,20.1E") { silent.append(name) }
        kept.append(xmp)
      }
    }
    #expect(packet.count == 1024)
    #expect(silent == [])
    // Most flips hit text or names.
    #expect(kept.count > 2000 && kept.count < 8 * packet.count)
    let judged = try Expat.takes(kept)
    #expect(judged.count == kept.count && judged.allSatisfy { $0 })
  }

  @Test func everyCutIsDroppedWithAWarning() throws {
    let packet = Foreign.packet("<dc:rights>© A</dc:rights>")
    let end = packet.count - "\n<?xpacket end=\"w\"?>".utf8.count
    for length in 0..<end {
      let blocks = try Foreign.kept(MetadataBlocks(xmp: Array(packet[..<length])))
      #expect(blocks.xmp == nil && blocks.warns(of: .xmp), "\(length)")
    }
  }

  @Test func whatStandsAroundTheRootIsWrittenAnew() throws {
    let packet = String(decoding: Foreign.packet(""), as: UTF8.self)
    let root = packet.split(separator: "\n")[1...2].joined(separator: "\n")
    let heads = [
      "", "\0\0", "<?xml version='1.0' encoding='UTF-16'?>", "\u{A0}", "\u{FEFF}\u{FEFF}", "<?xpacket \u{1}?>",
    ]
    let kept = try heads.map { head in
      try #require(try Foreign.kept(MetadataBlocks(xmp: Array("\(head)\(root)\(head)".utf8))).xmp)
    }
    #expect(try Expat.takes(kept) == heads.map { _ in true })
    #expect(kept.allSatisfy { $0.contains("<dc:title>Title</dc:title>") })
  }

  @Test(arguments: ["elements", "attributes", "levels", "bytes"])
  func whatIsTooMuchToBeLookedThroughIsDroppedWithAWarning(what: String) throws {
    let fragment =
      switch what {
      case "elements": String(repeating: "<z:a/>", count: 20_000)
      case "attributes": "<z:a " + (0...20_000).map { "z:a\($0)=''" }.joined(separator: " ") + "/>"
      case "levels": String(repeating: "<z:a>", count: 64) + String(repeating: "</z:a>", count: 64)
      default: "<z:a>" + String(repeating: "x", count: 4 << 20) + "</z:a>"
      }
    let blocks = try Foreign.kept(MetadataBlocks(xmp: Foreign.packet(fragment)))
    #expect(blocks.xmp == nil)
    #expect(
      blocks.warnings == [
        .dropped(
          .xmp,
          reason: "it has more than 4194304 bytes, 20000 elements or attributes, or 64 levels: too much to be looked "
            + "through")
      ])
  }

  @Test func whatIsLargeAndHonestStays() throws {
    let history = String(repeating: "<rdf:li z:action=\"saved\"/>", count: 10_000)
    let packet = Foreign.packet("<z:h><rdf:Seq>\(history)</rdf:Seq></z:h>")
    #expect(try Foreign.kept(MetadataBlocks(xmp: packet)).xmp == packet)
  }
}
