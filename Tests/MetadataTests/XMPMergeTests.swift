import Foundation
import Metadata
import Testing

/// What a packet said before and says after, as paths and values that Python's ElementTree finds.
@Suite struct XMPMergeTests {
  private static let rich = Foreign.packet(
    """
    <!-- c --><dc:description><rdf:Alt><rdf:li xml:lang="x-default">en</rdf:li><rdf:li xml:lang="en-US">en</rdf:li>
    <rdf:li xml:lang="de">DEUTSCH</rdf:li></rdf:Alt></dc:description>
    <dc:rights><rdf:Alt><rdf:li xml:lang="fr">DROITS</rdf:li></rdf:Alt></dc:rights>
    <dc:creator><rdf:Seq><rdf:li>Zoe</rdf:li></rdf:Seq></dc:creator>
    <z:struct rdf:parseType="Resource"><z:a>1</z:a><z:n rdf:parseType="Resource"><z:deep><![CDATA[<raw & data>]]></z:deep>
    <dc:creator>INNER</dc:creator><dc:rights><rdf:Alt><rdf:li xml:lang="x-default">INNER</rdf:li></rdf:Alt></dc:rights>
    </z:n></z:struct><z:lit rdf:parseType="Literal"><b xmlns="urn:h" dc:rights="LIT">bold &amp; x</b></z:lit>
    <z:q><rdf:Description><rdf:value>v</rdf:value><dc:subject>QUAL</dc:subject></rdf:Description></z:q>
    <z:ent>&#x1F3A8;&#38;amp;</z:ent><z:res rdf:resource="http://e/x"/><?pi aside?>
    <z:bag><rdf:Bag><rdf:li rdf:parseType="Resource"><z:k>v1</z:k></rdf:li><rdf:li dc:rights="v2"/></rdf:Bag></z:bag>
    </rdf:Description><rdf:Description rdf:about="" xmlns:w="urn:w" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:subject="old" w:attr="ATTR &quot;q&quot;">
    <w:el>EL</w:el>
    """, attributes: "xmp:Rating='5'")

  @Test func withoutFieldsNothingIsLost() throws {
    let kept = try #require(try Foreign.kept(MetadataBlocks(xmp: Self.rich)).xmp)
    let change = try Self.change(from: Self.rich, to: kept)
    #expect(change.gone == [:] && change.new == [:])
    // The comparison sees all there is.
    #expect(change.count == 21)
  }

  @Test func fieldsReplaceThePicturesOwnDefaultsAndNothingElse() throws {
    var policy = Samples.policy
    policy.level = .keep
    let kept = try #require(try Foreign.kept(MetadataBlocks(xmp: Self.rich), policy).xmp)
    let change = try Self.change(from: Self.rich, to: kept)
    #expect(
      change.gone == [
        "/dc:description[x-default]": "en", "/dc:description[en-US]": "en", "/dc:creator[1]": "Zoe",
        "/dc:subject": "old",
      ])
    #expect(
      change.new == [
        "/dc:description[x-default]": "Übersicht", "/dc:rights[x-default]": "© 2026 Example",
        "/dc:creator[1]": "Ada Lovelace", "/dc:subject[1]": "canal", "/dc:subject[2]": "夕方",
        "/alt:AltTextAccessibility[x-default]": "Übersicht",
      ])
    let fields = XMP.fields(of: kept)
    #expect(fields?.rights == "© 2026 Example" && fields?.description == "Übersicht")
  }

  @Test func plainValuesAndOtherPrefixesAreReplacedToo() throws {
    let packet = """
      <r:RDF xmlns:r="\(Foreign.rdf)"><r:Description r:about="urn:me" xmlns:d="http://purl.org/dc/elements/1.1/"
      d:rights="old"><d:description><r:Alt/></d:description></r:Description></r:RDF>
      """
    let policy = MetadataPolicy(level: .keep, texts: MetadataTexts(copyright: "new", description: "text"))
    let kept = try #require(try Foreign.kept(MetadataBlocks(xmp: Array(packet.utf8)), policy).xmp)
    let change = try Self.change(from: Array(packet.utf8), to: kept)
    #expect(change.gone == ["/dc:rights": "old"])
    #expect(
      change.new == [
        "/dc:rights[x-default]": "new", "/dc:description[x-default]": "text",
        "/alt:AltTextAccessibility[x-default]": "text",
      ])
  }

  private struct Change: Decodable {
    let gone: [String: String]
    let new: [String: String]
    let count: Int
  }

  private static func change(from old: [UInt8], to new: [UInt8]) throws -> Change {
    let scratch = try Scratch()
    try scratch.write(old, "old")
    try scratch.write(new, "new")
    let script = """
      import json, xml.etree.ElementTree as E
      R, L = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}", "{http://www.w3.org/XML/1998/namespace}lang"
      short = {"http://purl.org/dc/elements/1.1/": "dc:", "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "alt:"}
      def name(tag):
          space, _, local = tag[1:].partition("}")
          return short.get(space, space + " ") + local
      def put(out, path, text):
          assert path not in out, path
          out[path] = text
      def properties(node, path, out):
          for key, text in node.attrib.items():
              if not key.startswith(R) and key != L: put(out, path + "/" + name(key), text)
          for child in node: value(child, path + "/" + name(child.tag), out)
      def value(e, path, out):
          kind = e.get(R + "parseType")
          if kind == "Literal": return put(out, path + "!", "".join(E.canonicalize(E.tostring(c)) for c in e))
          if kind == "Resource": return properties(e, path, out)
          if e.get(R + "resource") is not None: put(out, path + "@", e.get(R + "resource"))
          if len(e) == 0:
              if e.attrib.keys() - {R + "resource", R + "ID", L}: return properties(e, path, out)
              return None if e.get(R + "resource") else put(out, path, e.text or "")
          assert len(e) == 1, path
          if e[0].tag in (R + "Alt", R + "Bag", R + "Seq"):
              for n, item in enumerate(e[0], 1):
                  key = item.get(L) if e[0].tag == R + "Alt" else str(n)
                  value(item, f"{path}[{key}]", out)
          else: properties(e[0], path, out)
      def statements(file):
          root, out = E.parse(file).getroot(), {}
          rdf = root if root.tag == R + "RDF" else root.find(R + "RDF")
          abouts = {node.get(R + "about") for node in rdf}
          assert len(abouts) == 1, abouts
          for node in rdf: properties(node, "", out)
          return out
      old, new = statements("old"), statements("new")
      print(json.dumps({"gone": {k: v for k, v in old.items() if new.get(k) != v},
                        "new": {k: v for k, v in new.items() if old.get(k) != v}, "count": len(old)}))
      """
    let result = try Tool.python.run(["-c", script], in: scratch)
    #expect(result.errors == "")
    return try JSONDecoder().decode(Change.self, from: result.output)
  }
}
