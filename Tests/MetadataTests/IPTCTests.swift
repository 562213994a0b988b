import Foundation
import Metadata
import Raster
import Testing

@Suite struct IPTCTests {
  private static func item(_ record: UInt8, _ dataSet: UInt8, _ value: [UInt8]) -> [UInt8] {
    [0x1C, record, dataSet, UInt8(value.count >> 8), UInt8(value.count & 0xFF)] + value
  }
  private static func item(_ dataSet: UInt8, _ text: String) -> [UInt8] { item(2, dataSet, Array(text.utf8)) }

  private static let plain =
    item(1, 90, [0x1B, 0x25, 0x47]) + item(80, "Zoë") + item(120, "A canal") + item(116, "© Z") + item(105, "News")
    + item(25, "one") + item(25, "two") + item(90, "Venezia") + item(40, "no warranty")

  @Test(arguments: [ImageFormat.png, .webp])
  func whatXMPHasWordsForIsMappedWhereIPTCHasNoPlace(format: ImageFormat) throws {
    let blocks = try Foreign.kept(MetadataBlocks(iptc: Self.plain), as: format)
    #expect(
      try blocks.xmpFields()
        == XMPFields(
          description: "A canal", creators: ["Zoë"], rights: "© Z", subjects: ["one", "two"], headline: "News"))
    #expect(
      blocks.warnings == [
        .dropped(
          .iptc,
          reason:
            "\(format.rawValue) has no place for it; XMP says its by-line, caption, headline, copyright and keywords")
      ])
    let scratch = try Scratch()
    let file = format == .png ? "rgba.png" : "lossy.webp"
    try scratch.write(Container.rewrite(Fixtures.file(file), with: blocks), file)
    let row = try #require(try scratch.exiftool([file])[file])
    #expect(row["XMP-dc:Creator"] as? String == "Zoë" && row["XMP-photoshop:Headline"] as? String == "News")
    #expect(row["XMP-dc:Subject"] as? [String] == ["one", "two"] && row["ExifTool:Warning"] == nil)
  }

  @Test func xmpAndThePolicySpeakBeforeIPTC() throws {
    let original = MetadataBlocks(xmp: XMP.packet(XMPFields(creators: ["In XMP"])), iptc: Self.plain)
    let fields = try Foreign.kept(original, MetadataPolicy(level: .keep, texts: MetadataTexts(copyright: "© policy")))
      .xmpFields()
    #expect(fields.creators == ["In XMP"] && fields.rights == "© policy" && fields.headline == "News")
  }

  @Test func latinTextsAreReadAsSuch() throws {
    let iptc = Self.item(2, 80, [0x5A, 0x6F, 0xEB, 0x00])
    #expect(try Foreign.kept(MetadataBlocks(iptc: iptc)).xmpFields().creators == ["Zoë"])
  }

  private static func resource(_ signature: String, _ identifier: UInt8, _ data: [UInt8]) -> [UInt8] {
    Array(signature.utf8) + [4, identifier, 0, 0, 0, 0, 0, UInt8(data.count)] + data + (data.count % 2 == 0 ? [] : [0])
  }

  private static func jpeg(_ resources: [UInt8]) throws -> [UInt8] {
    let file = try Fixtures.file("colour.jpg")
    let payload = Array("Photoshop 3.0\0".utf8) + resources
    return file[..<2] + [0xFF, 0xED, UInt8((payload.count + 2) >> 8), UInt8((payload.count + 2) & 0xFF)] + payload
      + file[2...]
  }

  /// exiftool reads over these signatures too.
  @Test(arguments: ["MeSa", "PHUT", "AgHg", "DCSR"])
  func resourcesOfOtherProgramsAreReadOver(signature: String) throws {
    let file = try Self.jpeg(Self.resource(signature, 4, [1, 2, 3]) + Self.resource("8BIM", 4, Self.plain))
    let blocks = try Container.read(file)
    #expect(blocks.iptc == Self.plain && blocks.hasUnread && blocks.warnings == [])
    let scratch = try Scratch()
    try scratch.write(file, "a.jpg")
    #expect(try scratch.exiftool(["a.jpg"])["a.jpg"]?["IPTC:By-line"] as? String == "Zoë")
    let alien = try Container.read(Self.jpeg(Self.resource("????", 4, [1]) + Self.resource("8BIM", 4, Self.plain)))
    #expect(alien.iptc == nil && alien.hasUnread)
    // Its number means something else there.
    let foreign = try Container.read(Self.jpeg(Self.resource(signature, 4, Self.plain)))
    #expect(foreign.iptc == nil && foreign.hasUnread)
  }

  /// A walk of Python's own judges what is left in JPEG: whole data sets and no place among them.
  @Test func everyFlippedBitAndEveryCutIsDroppedWithAWarningOrWhole() throws {
    let scratch = try Scratch()
    let cuts = (1..<Self.plain.count).map { ("cut-\($0)", Array(Self.plain[..<$0])) }
    var kept: [String: [Int]] = [:]
    for (name, damaged) in cuts + Array(Foreign.flips(Self.plain)).map({ ($0.name, $0.bytes) }) {
      let blocks = try Foreign.kept(MetadataBlocks(iptc: damaged), as: .jpeg)
      let isEmpty = name.hasPrefix("cut-") && damaged.count <= 8
      #expect(blocks.iptc != nil || blocks.warns(of: .iptc) || isEmpty, "\(name)")
      if let iptc = blocks.iptc { kept[name] = iptc.map(Int.init) }
    }
    try JSONEncoder().encode(kept).write(to: scratch.url("kept"))
    let script = """
      import json
      kept, bad = json.load(open("kept")), []
      for name, values in kept.items():
          data, position, sets = bytes(values), 0, []
          while position < len(data):
              if data[position] != 0x1C or position + 5 > len(data): bad.append(name); break
              length = int.from_bytes(data[position + 3:position + 5], "big"); start = position + 5
              if length >> 15: size = length & 0x7FFF; length = int.from_bytes(data[start:start + size], "big"); start += size
              sets.append((data[position + 1], data[position + 2])); position = start + length
          if position != len(data) or {(2, n) for n in (26, 27, 90, 92, 95, 100, 101)} & set(sets): bad.append(name)
      print(json.dumps([len(kept), bad]))
      """
    let result = try Tool.python.run(["-c", script], in: scratch)
    #expect(result.text == "[\(kept.count), []]\n", "\(result.errors)")
    #expect(kept.count > 500)
  }
}
