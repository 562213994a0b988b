import Foundation
import Metadata
import Raster
import Testing

/// XMP that is longer than one JPEG segment.
@Suite struct ExtendedXMPTests {
  private static let history = (0..<14_000).map { "step \($0) & more" }.joined(separator: "; ")

  /// Two nodes, properties as attributes and as elements, namespaces declared where they are used, a long one of each.
  private static let packet = Array(
    """
    <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
    <R:RDF xmlns:R="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
     <R:Description R:about="urn:it" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
      photoshop:Headline="Short" photoshop:Instructions="\(String(repeating: "i&amp;", count: 20_000))">
      <dc:rights><R:Alt><R:li xml:lang="x-default">© them</R:li><R:li xml:lang="de">© die</R:li></R:Alt></dc:rights>
      <photoshop:History>\(history.replacing("&", with: "&amp;"))</photoshop:History>
     </R:Description>
     <R:Description R:about="urn:it" xmlns:photoshop="urn:other" photoshop:Kind="plain">
      <photoshop:Data R:parseType="Resource"><photoshop:A>\(String(repeating: "a", count: 70_000))</photoshop:A>
      </photoshop:Data></R:Description>
    </R:RDF></x:xmpmeta><?xpacket end="w"?>
    """.utf8)

  private func kept(_ packet: [UInt8], _ policy: MetadataPolicy = MetadataPolicy(level: .keep)) throws -> [UInt8] {
    let blocks = try MetadataBlocks.planned(
      for: policy, provenance: Samples.provenance, original: MetadataBlocks(xmp: packet), outputSize: Samples.size,
      format: .jpeg, pixelsChanged: true)
    #expect(blocks.warnings == [])
    let file = try Container.rewrite(Fixtures.file("colour.jpg"), with: blocks)
    let read = try Container.read(file)
    #expect(read.carriesSame(as: blocks) && read.warnings == [] && !read.hasUnread)
    return file
  }

  @Test func keepCarriesMoreThanASegmentHolds() throws {
    let scratch = try Scratch()
    try scratch.write(kept(Self.packet, MetadataPolicy(level: .keep, texts: MetadataTexts(artist: "Ada"))), "kept.jpg")
    let row = try #require(try scratch.exiftool(["kept.jpg"])["kept.jpg"])
    #expect(row["ExifTool:Validate"] as? String == "0 0 0")
    #expect(row["XMP-photoshop:History"] as? String == Self.history)
    #expect(row["XMP-photoshop:Instructions"] as? String == String(repeating: "i&", count: 20_000))
    #expect(row["XMP-dc:Rights"] as? String == "© them" && row["XMP-dc:Rights-de"] as? String == "© die")
    #expect(row["XMP-dc:Creator"] as? String == "Ada" && row["XMP-photoshop:Headline"] as? String == "Short")
    let exiv2 = try Tool.exiv2.run(["-q", "-px", "kept.jpg"], in: scratch)
    #expect(exiv2.errors == "")
  }

  @Test func theMainPacketSaysWhatIsShortAndNamesTheExtension() throws {
    let file = try kept(Self.packet)
    let scratch = try Scratch()
    try scratch.write(file, "kept.jpg")
    let result = try Tool.python.run(["-c", Self.parts, "kept.jpg"], in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.text == "urn:it\n")
    for segment in Segments.all(file) { #expect(segment.payload.count <= 65_533) }
  }

  /// Main packet and extension as the specification describes them, by hashlib and ElementTree.
  private static let parts = """
    import sys, struct, hashlib, re
    import xml.etree.ElementTree as ET
    d = open(sys.argv[1], "rb").read(); p = 2; main = None; ext = []
    while d[p + 1] != 0xDA:
        n = struct.unpack(">H", d[p + 2:p + 4])[0]; b = d[p + 4:p + 2 + n]; p += 2 + n
        if b.startswith(b"http://ns.adobe.com/xap/1.0/\\0"): assert main is None; main = b[29:]
        if b.startswith(b"http://ns.adobe.com/xmp/extension/\\0"):
            ext.append((b[35:67], *struct.unpack(">II", b[67:75]), b[75:]))
    assert len(main) <= 65502
    whole = b"".join(e[3] for e in ext)
    offset = 0
    for guid, length, at, data in ext:
        assert guid == hashlib.md5(whole).hexdigest().upper().encode() and length == len(whole) and at == offset
        assert len(data) <= 65400; offset += len(data)
    root = ET.fromstring(main); ET.fromstring(whole)
    R = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
    rdf = root.find(R + "RDF")
    notes = [n for n in rdf if "{http://ns.adobe.com/xmp/note/}HasExtendedXMP" in n.attrib]
    assert [n.attrib["{http://ns.adobe.com/xmp/note/}HasExtendedXMP"].encode() for n in notes] == [ext[0][0]]
    assert "© them" in main.decode() and 'Headline="Short"' in main.decode() and "HasExtendedXMP" not in whole.decode()
    print(notes[0].attrib[R + "about"])
    """

  @Test func everyStatementComesThrough() throws {
    let scratch = try Scratch()
    let joined = try #require(try Container.read(kept(Self.packet)).xmp)
    try scratch.write(Self.packet, "before.xmp")
    try scratch.write(joined, "after.xmp")
    let result = try Tool.python.run(["-c", Self.statements, "before.xmp", "after.xmp"], in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.text == "6 6 True\n")
  }

  /// Each top-level statement of a packet: its subject, its name, its value. (The order is nobody's.)
  private static let statements = """
    import sys
    import xml.etree.ElementTree as ET
    R = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
    def read(name):
        out = []
        for node in ET.parse(name).getroot().find(R + "RDF"):
            about = node.attrib[R + "about"]
            for key, value in node.attrib.items():
                if not key.startswith(R): out.append((about, key, value))
            for child in node:
                child.tail = None
                out.append((about, child.tag, ET.tostring(child)))
        return sorted(out, key=repr)
    a, b = read(sys.argv[1]), read(sys.argv[2])
    print(len(a), len(b), a == b)
    """

  @Test func oneLongPropertyIsSplitToo() throws {
    let text = String(repeating: "x", count: 150_000)
    let file = try kept(XMP.packet(XMPFields(description: text, rights: "© them")))
    #expect(try Container.read(file).xmpFields() == XMPFields(description: text, rights: "© them"))
    #expect(Segments.all(file).filter { $0.marker == 0xE1 }.count == 4)
  }

  @Test func aForeignExtensionStaysWhereNothingMustChange() throws {
    let file = try Fixtures.file("extended.jpg")
    let original = try Container.read(file)
    let blocks = try MetadataBlocks.planned(
      for: MetadataPolicy(level: .keep), provenance: Samples.provenance, original: original, outputSize: Samples.size,
      format: .jpeg, pixelsChanged: false)
    #expect(blocks == original)
    #expect(try Container.rewrite(file, with: blocks) == file)
    let changed = try kept(try #require(original.xmp))
    #expect(try Container.read(changed).xmpFields().description == Fixtures.longText)
  }

  /// White space is no property, and moves nowhere.
  @Test func whatCannotBeSplitIsLeftOut() throws {
    let packet = String(decoding: XMP.packet(XMPFields(description: "long")), as: UTF8.self)
    let padded = packet.replacing("</rdf:RDF>", with: String(repeating: " ", count: 70_000) + "</rdf:RDF>")
    let blocks = try MetadataBlocks.planned(
      for: MetadataPolicy(level: .keep, texts: MetadataTexts(artist: "Ada")), provenance: Samples.provenance,
      original: MetadataBlocks(xmp: Array(padded.utf8)), outputSize: Samples.size, format: .jpeg, pixelsChanged: true)
    let warning = try #require(blocks.warnings.first)
    #expect(blocks.warnings.count == 1 && warning.description.hasSuffix("fit no JPEG segment, nor can they be split"))
    #expect(try blocks.xmpFields() == XMPFields(creators: ["Ada"]))
  }
}
