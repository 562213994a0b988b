import Foundation
import Raster
import Testing

@testable import Metadata

/// What a stranger could learn, held against exiftool, which reads the same files on its own.
@Suite struct FindingTests {
  private static let arguments = [
    "-q", "-overwrite_original", "-Make=CameraCorp", "-Model=Model Nine", "-Artist=Ada", "-HostComputer=johns-macbook",
    "-EXIF:OwnerName=Olga Owner", "-EXIF:SerialNumber=BODY77", "-EXIF:LensSerialNumber=LENS88",
    "-EXIF:LensModel=50mm", "-DateTimeOriginal=2024:05:06 07:08:09", "-ImageUniqueID=aa11", "-EXIF:XPAuthor=Xüe",
    "-GPSLatitude=45.4375", "-GPSLatitudeRef=S", "-GPSLongitude=12.33583333", "-GPSLongitudeRef=W",
    "-GPSAltitude=12.5", "-GPSAltitudeRef#=1", "-GPSDateStamp=2024:05:06", "-GPSTimeStamp=07:08:09",
    "-XMP-aux:SerialNumber=AUX99", "-XMP-exif:GPSLatitude=45.4375", "-XMP-photoshop:City=Venezia",
    "-XMP-dc:Creator=Bob", "-XMP-xmp:CreatorTool=Editor 3", "-XMP-photoshop:CaptionWriter=Carl",
    "-XMP-xmpMM:OriginalDocumentID=doc-1", "-XMP-xmp:Rating=3",
  ]

  private func values(_ blocks: MetadataBlocks, _ place: String, _ name: String) -> [String] {
    blocks.findings.filter { $0.place == place && $0.name == name }.map(\.value)
  }

  @Test(arguments: ["jpg", "png", "webp"])
  func theValuesAreThoseThatExiftoolReads(_ suffix: String) throws {
    let scratch = try Scratch()
    let sources = ["jpg": "colour.jpg", "png": "rgba.png", "webp": "lossy.webp"]
    try scratch.write(Fixtures.file(sources[suffix] ?? ""), "a.\(suffix)")
    try #require(try Tool.exiftool.run(Self.arguments + ["a.\(suffix)"], in: scratch).status == 0)
    let told = try #require(try scratch.exiftool(["a.\(suffix)"])["a.\(suffix)"])
    let file = try scratch.read("a.\(suffix)")
    let blocks = try Container.read(file)
    let texts = [
      ("EXIF", "Make", "IFD0:Make"), ("EXIF", "Model", "IFD0:Model"), ("EXIF", "Artist", "IFD0:Artist"),
      ("EXIF", "HostComputer", "IFD0:HostComputer"), ("EXIF", "CameraOwnerName", "ExifIFD:OwnerName"),
      ("EXIF", "BodySerialNumber", "ExifIFD:SerialNumber"), ("EXIF", "LensSerialNumber", "ExifIFD:LensSerialNumber"),
      ("EXIF", "LensModel", "ExifIFD:LensModel"), ("EXIF", "DateTimeOriginal", "ExifIFD:DateTimeOriginal"),
      ("EXIF", "ImageUniqueID", "ExifIFD:ImageUniqueID"), ("EXIF", "XPAuthor", "IFD0:XPAuthor"),
      ("XMP", "City", "XMP-photoshop:City"), ("XMP", "CreatorTool", "XMP-xmp:CreatorTool"),
      ("XMP", "CaptionWriter", "XMP-photoshop:CaptionWriter"),
      ("XMP", "OriginalDocumentID", "XMP-xmpMM:OriginalDocumentID"),
    ]
    for (place, name, tag) in texts {
      let expected = try #require(told[tag].map { "\($0)" }, "exiftool knows no \(tag)")
      #expect(values(blocks, place, name) == [expected], "\(name)")
    }
    #expect(values(blocks, "XMP", "SerialNumber") == ["AUX99"])
    #expect(values(blocks, "XMP", "creator") == ["Bob"])
    let position = try #require(values(blocks, "EXIF", "GPSPosition").first).split(separator: ", ")
      .compactMap { Double($0) }
    try #require(position.count == 2)
    // exiftool says the sign by the reference, as -n asks for in its composite position only.
    #expect(abs(position[0] + 45.4375) < 1e-6)
    #expect(abs(position[1] + 12.33583333) < 1e-6)
    #expect(abs(abs(position[1]) - (told["GPS:GPSLongitude"] as? Double ?? 0)) < 1e-6)
    #expect(values(blocks, "EXIF", "GPSAltitude") == ["-12.5 m"])
    #expect(values(blocks, "EXIF", "GPSDateTime") == ["2024:05:06 07:08:09Z"])
    #expect(values(blocks, "XMP", "GPSLatitude") == ["45,26.25N"])
    // What nobody here knows the meaning of is named at least.
    #expect(values(blocks, "XMP", "Others").first?.contains("Rating") == true)
  }

  @Test func wordsOfIPTCAreToldByWhatTheyAre() throws {
    let scratch = try Scratch()
    try scratch.write(Fixtures.file("colour.jpg"), "a.jpg")
    let arguments = [
      "-q", "-overwrite_original", "-IPTC:By-line=Zoé", "-IPTC:City=Venezia", "-IPTC:Contact=tel 123",
      "-IPTC:Writer-Editor=Wanda", "-IPTC:Keywords=a", "-IPTC:Keywords=b", "a.jpg",
    ]
    try #require(try Tool.exiftool.run(arguments, in: scratch).status == 0)
    let file = try scratch.read("a.jpg")
    let found = try Container.read(file).findings
    #expect(
      found == [
        Finding(.position, "IPTC", "City", "Venezia"), Finding(.person, "IPTC", "By-line", "Zoé"),
        Finding(.person, "IPTC", "Contact", "tel 123"), Finding(.person, "IPTC", "Writer-Editor", "Wanda"),
        Finding(.words, "IPTC", "Keywords", "a"), Finding(.words, "IPTC", "Keywords", "b"),
      ])
  }

  @Test(arguments: [
    ("parameters", "a canal\nSteps: 20, Seed: 7", Finding.Kind.prompt), ("workflow", "{}", .prompt),
    ("Comment", #"{"prompt": "a canal", "uc": "x"}"#, .prompt), ("Description", "a canal --v 6 Job ID: 12", .prompt),
    ("exif:GPSLatitude", "45/1", .position), ("exif:MakerNote", "83, 69", .hidden), ("Author", "Ada", .person),
    ("Creation Time", "now", .time), ("Software", "S", .software), ("Title", "A canal", .words),
  ])
  func promptsAndNamesAreFoundInTexts(_ keyword: String, _ text: String, _ kind: Finding.Kind) {
    let blocks = MetadataBlocks(texts: [TextBlock(keyword: keyword, text: text, form: .latin1)])
    #expect(blocks.findings == [Finding(kind, "text", keyword, text)])
  }

  @Test func promptsAreFoundInCommentsAndForeignXMP() throws {
    let exif = try Exif.build(
      ExifFields(size: Size(width: 4, height: 4), userComment: "a canal\nNegative prompt: fog\nSteps: 20"))
    #expect(MetadataBlocks(exif: exif).findings.first?.kind == .prompt)
    let packet = Array(
      """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about="" xmlns:z="urn:z" z:genPrompt="a canal"><z:data>{"class_type": "KSampler"}</z:data>
      <z:preview>/9j/\(String(repeating: "A", count: 400))</z:preview></rdf:Description></rdf:RDF></x:xmpmeta>
      """.utf8)
    let found = MetadataBlocks(xmp: packet).findings
    #expect(found.filter { $0.kind == .prompt }.map(\.name) == ["genPrompt", "data"])
    #expect(found.filter { $0.kind == .hidden }.map(\.value) == ["404 characters that are a picture"])
  }

  @Test func hostileBlocksAreToldInBounds() throws {
    let long = String(repeating: "x", count: 100_000)
    let many = (0..<5_000).map { TextBlock(keyword: "k\($0)", text: long, form: .latin1) }
    let found = MetadataBlocks(texts: many).findings
    #expect(found.count == Finding.limit)
    #expect(found.allSatisfy { $0.value.count < Finding.valueLimit + 40 })
    let exif = try #require(try Container.read(Fixtures.file("photo.jpg")).exif)
    for end in exif.indices { _ = MetadataBlocks(exif: Array(exif[..<end])).findings }
    for index in exif.indices.prefix(1024) {
      var flipped = exif
      flipped[index] ^= 0xFF
      _ = MetadataBlocks(exif: flipped).findings
    }
  }

  @Test func piecesThatNothingReadsAreNamedAndKeepSaysThatTheyGo() throws {
    var file = try Fixtures.file("colour.jpg")
    let portion = Array("MPF\0".utf8) + [UInt8](repeating: 7, count: 14)
    file.insert(contentsOf: [0xFF, 0xE2, 0, 20] + portion, at: 2)
    file += try Fixtures.file("grey.jpg")
    let blocks = try Container.read(file)
    let behind = "\(try Fixtures.file("grey.jpg").count) bytes behind the picture, which begin another picture"
    #expect(blocks.unread == [behind, "APP2 MPF (18 bytes, further pictures)"])
    let planned = try MetadataBlocks.planned(
      for: MetadataPolicy(level: .keep), provenance: Provenance(source: .untouched, created: ""), original: blocks,
      outputSize: Size(width: 64, height: 48), format: .jpeg, pixelsChanged: false)
    #expect(planned.warnings.contains(.unreadDropped(blocks.unread)))
    let clean = try Container.read(Container.rewrite(file, with: planned))
    #expect(!clean.hasUnread && clean.unread == [])
  }

  @Test func unknownChunksAreNamed() throws {
    var png = try Fixtures.file("grey.png")
    var chunk: [UInt8] = []
    PNGChunks.append("prVt", [1, 2, 3], to: &chunk)
    png.insert(contentsOf: chunk, at: 33)
    #expect(try Container.read(png).unread == ["chunk prVt (3 bytes)"])
    let webp = try Fixtures.file("lossy.webp") + [0, 0]
    #expect(try Container.read(webp).unread == ["2 bytes behind the picture"])
  }
}
