import Foundation
import Metadata
import Testing

@Suite struct XMPTests {
  private static let nasty = "a & b < c > d \"e\" 'f' ]]> &amp; 東京 🎨 עברית\n\ttab\rreturn"

  private static let fields = XMPFields(
    digitalSourceType: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", aiSystem: nasty,
    aiSystemVersion: "3.5", prompt: nasty, description: nasty, altText: nasty, creators: ["Ada", nasty], rights: nasty,
    subjects: ["a", nasty], creatorTool: nasty, createDate: "2026-11-21T08:30:00Z", documentID: "xmp.did:1",
    instanceID: "xmp.iid:2", derivedFrom: "sha256:00")

  @Test func whatIsWrittenIsReadBack() {
    #expect(XMP.fields(of: XMP.packet(Self.fields)) == Self.fields)
    #expect(XMP.fields(of: XMP.packet(XMPFields())) == XMPFields())
  }

  @Test func forbiddenCharactersAreLeftOut() {
    let packet = XMP.packet(XMPFields(prompt: "a\0b\u{1}c\u{FFFE}d\r\ne"))
    #expect(XMP.fields(of: packet)?.prompt == "abcd\r\ne")
  }

  /// Python's XML parser and the RDF shape: Description nodes whose properties are simple, arrays or structures.
  @Test func anIndependentParserReadsTheSame() throws {
    let scratch = try Scratch()
    try scratch.write(XMP.packet(Self.fields), "packet.xmp")
    let script = """
      import json, xml.etree.ElementTree as E
      R = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
      root = E.fromstring(open("packet.xmp", "rb").read())
      assert root.tag == "{adobe:ns:meta/}xmpmeta" and [c.tag for c in root] == [R + "RDF"]
      out = {}
      for node in root[0]:
          assert node.tag == R + "Description" and node.attrib == {R + "about": ""}
          for p in node:
              name = p.tag.split("}")[1]
              if p.get(R + "parseType") == "Resource": out[name] = [c.text for c in p]
              elif len(p): out[name] = [li.text for li in p[0]]; assert p[0].tag in (R + "Alt", R + "Seq", R + "Bag")
              else: out[name] = [p.text]
      print(json.dumps(out))
      """
    try Data(script.utf8).write(to: scratch.url("parse.py"))
    let result = try Tool.python.run(["parse.py"], in: scratch)
    let read = try JSONSerialization.jsonObject(with: result.output) as? [String: [String]]
    let nasty = Self.nasty
    #expect(
      read == [
        "DigitalSourceType": ["http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"],
        "AISystemUsed": [nasty], "AISystemVersionUsed": ["3.5"], "AIPromptInformation": [nasty], "description": [nasty],
        "AltTextAccessibility": [nasty], "creator": ["Ada", nasty], "rights": [nasty], "subject": ["a", nasty],
        "CreatorTool": [nasty], "CreateDate": ["2026-11-21T08:30:00Z"], "DocumentID": ["xmp.did:1"],
        "InstanceID": ["xmp.iid:2"], "DerivedFrom": ["sha256:00"],
      ], "\(result.errors)")
  }

  @Test func attributesOtherPrefixesAndSeveralNodesAreRead() {
    let packet = """
      <r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:d='http://purl.org/dc/elements/1.1/'>
      <r:Description r:about="x" xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" i:AISystemUsed="A &amp; B"/>
      <r:Description r:about="x"><d:description><r:Alt><r:li xml:lang="de">Bild</r:li>
      <r:li xml:lang="x-default"><![CDATA[<Picture>]]></r:li></r:Alt></d:description>
      <d:creator>One&#x20;Name</d:creator>
      <m:DerivedFrom xmlns:m="http://ns.adobe.com/xap/1.0/mm/" xmlns:s="http://ns.adobe.com/xap/1.0/sType/ResourceRef#"
      s:documentID="orig"/></r:Description></r:RDF>
      """
    let fields = XMP.fields(of: Array(packet.utf8))
    #expect(
      fields == XMPFields(aiSystem: "A & B", description: "<Picture>", creators: ["One Name"], derivedFrom: "orig"))
  }

  /// A node with something in it; `nil` when the packet is refused.
  private func read(_ fragment: String, before: String = "", after: String = "") -> XMPFields? {
    let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    let text = "\(before)<r:RDF xmlns:r=\"\(rdf)\"><r:Description>\(fragment)</r:Description></r:RDF>\(after)"
    return XMP.fields(of: Array(text.utf8))
  }

  @Test(arguments: [
    "<a>", "<a></b>", "</a>", "<a b=c/>", "<a b='1' b='2'/>", "<a b='<'/>", "<p:a/>", "<:a/>", "<a:b:c/>",
    "<!ELEMENT a>",
    "&nbsp;", "&#xD800;", "&#+65;", "&amp", "<!-- never closed", "<?never closed", "<![CDATA[never closed", "<",
    String(repeating: "<a>", count: 70) + String(repeating: "</a>", count: 70),
  ])
  func whatIsNotWellFormedIsRefused(fragment: String) {
    #expect(read("") == XMPFields() && read("<a b='c'/>&#x41;<!-- --><?p i?><![CDATA[<]]>") == XMPFields())
    #expect(read(fragment) == nil)
  }

  /// A document type could fetch a file or grow without bound.
  @Test(arguments: ["<!DOCTYPE a>", "<!DOCTYPE a SYSTEM \"/etc/passwd\">", "<a/>"])
  func onlyOneRootAndNoDocumentTypeIsAccepted(before: String) {
    #expect(read("", before: before) == nil)
    #expect(read("", after: before) == nil)
  }

  @Test func deepNestingIsRefusedSoon() {
    #expect(XMP.fields(of: Array(String(repeating: "<a>", count: 1_000_000).utf8)) == nil)
    #expect(XMP.fields(of: []) == nil)
    #expect(XMP.fields(of: [0xFF, 0xFE]) == nil)
  }

  @Test func everyCutIsRefused() {
    let packet = XMP.packet(Self.fields)
    let end = packet.count - Array("\n<?xpacket end=\"r\"?>".utf8).count
    for length in 0..<end { #expect(XMP.fields(of: Array(packet[..<length])) == nil, "\(length)") }
  }
}
