import Raster
import Testing

@testable import Metadata

/// What texts, pieces and whole files tell a stranger, and in which order and bounds it is told.
@Suite struct FindingTextsTests {
  private static let keywords: [Finding.Kind: [String]] = [
    .prompt: ["parameters", "Prompt", "workflow", "Dream", "generation_data", "invokeai_metadata", "sd-metadata"],
    .position: ["GPSInfo", "Latitude", "exif:Longitude", "Location", "geo:x"],
    .hidden: ["exif:MakerNote", "Thumb::thumbnail", "Raw profile type x"],
    .person: ["Author", "Artist", "Owner", "Copyright", "Creator", "By byline", "Contact"],
    .device: ["serial", "exif:Make", "exif:Model", "Lens", "Source"], .software: ["Software", "CreatedByTool"],
    .time: ["Creation Time", "date:create"], .words: ["Title", "Comment", "Description"],
  ]

  @Test(arguments: Self.keywords.keys.sorted { $0.rawValue < $1.rawValue })
  func aTextIsToldByItsKeyword(_ kind: Finding.Kind) {
    for keyword in Self.keywords[kind] ?? [] {
      let block = TextBlock(keyword: keyword, text: "value", form: .latin1)
      #expect(MetadataBlocks(texts: [block]).findings == [Finding(kind, "text", keyword, "value")])
    }
  }

  @Test(arguments: [
    "a\nNegative prompt: b", "Steps: 1, Seed: 2", "Steps: 1, Sampler: x", "a --v 6 Job ID: 1", "a --ar 3:2 Job ID: 1",
    #"{"prompt": 1}"#, #"{"class_type": 1}"#, #"{"uncond": 1}"#, #"{"negative_prompt": 1}"#, #"{"positive_prompt": 1}"#,
  ])
  func whatToolsWriteIsAPrompt(_ text: String) {
    #expect(Finding.isPrompt(text))
    #expect(MetadataBlocks(texts: [TextBlock(keyword: "Title", text: text)]).findings.map(\.kind) == [.prompt])
  }

  @Test(arguments: ["a prompt", "Steps: 20", "Seed: 1", "Job ID: 1", "a --v 6", "negative prompt: b"])
  func whatPeopleWriteIsNot(_ text: String) {
    #expect(!Finding.isPrompt(text))
  }

  @Test func commentsAndTimesAndCredentialsAndPiecesHaveTheirPlaces() {
    var blocks = MetadataBlocks(
      texts: [
        TextBlock(keyword: TextBlock.comment, text: "from afar"),
        TextBlock(keyword: TextBlock.comment, text: "near", form: .latin1),
      ], modificationTime: [0x07, 0xEA, 1, 2, 3, 4, 59], hasCredential: true)
    blocks.unread = ["3 bytes behind the picture"]
    #expect(
      blocks.findings == [
        Finding(.time, "text", "tIME", "2026-01-02 03:04:59"), Finding(.words, "comment", "Comment", "from afar"),
        Finding(.words, "text", "Comment", "near"), Finding(.credential, "C2PA", "Credential", "there (not verified)"),
        Finding(.hidden, "file", "Unread", "3 bytes behind the picture"),
      ])
  }

  @Test func eachThingIsToldOnceByKindAndCutWhereItIsLong() {
    let long = String(repeating: "é", count: 2_001)
    let texts = [("Title", "b"), ("Author", long), ("Title", "b"), ("Author", "c"), ("Title", "a")]
    let found = MetadataBlocks(texts: texts.map { TextBlock(keyword: $0.0, text: $0.1) }).findings
    #expect(
      found.map(\.value) == [String(repeating: "é", count: 2_000) + "… (2001 characters)", "c", "b", "a"])
    let many = (0..<200).map { TextBlock(keyword: "Title", text: "\($0)") }
    #expect(MetadataBlocks(texts: many, hasCredential: true).findings.count == 200)
    #expect(
      Finding.byKind(Finding.Kind.allCases.reversed().map { Finding($0, "", "", "") }).map(\.kind)
        == Finding.Kind.allCases)
  }

  @Test func piecesOfAJPEGThatNothingReadsAreNamed() throws {
    func unread(_ segments: [UInt8]...) throws -> [String] {
      var file = try Fixtures.file("colour.jpg")
      file.insert(contentsOf: segments.flatMap(\.self), at: 20)
      return try Container.read(file).unread
    }
    let exif = Segments.segment(0xE1, Array("Exif\0\0".utf8) + Foreign.exif([.ascii(0x0110, "M")]))
    let xmp = Segments.segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + Foreign.packet(""))
    #expect(try unread(exif, xmp) == [])
    #expect(try unread(exif, exif).map { $0.prefix(21) } == ["a second EXIF block ("])
    #expect(try unread(xmp, xmp).map { $0.prefix(21) } == ["a second XMP packet ("])
    let small = Array("JFIF\0".utf8) + [1, 2, 0, 0, 1, 0, 1, 1, 1, 9, 9, 9]
    #expect(try unread(Segments.segment(0xE0, small)) == ["a thumbnail in JFIF (3 bytes)"])
    #expect(
      try unread(Segments.segment(0xE0, Array("JFXX\0".utf8) + [0x10])) == ["APP0 JFXX (6 bytes, a thumbnail)"])
    #expect(try unread(Segments.segment(0xE9, [0, 1])) == ["APP9 (2 bytes)"])
    func resource(_ high: UInt8, _ low: UInt8) -> [UInt8] {
      Array("8BIM".utf8) + [high, low, 0, 0, 0, 0, 0, 3, 1, 2, 3, 0]
    }
    let photoshop = resource(4, 9) + resource(4, 12) + resource(3, 0xF0) + resource(4, 4)
    #expect(
      try unread(Segments.segment(0xED, Array("Photoshop 3.0\0".utf8) + photoshop)) == [
        "Photoshop's thumbnail (3 bytes)", "Photoshop's thumbnail (3 bytes)", "Photoshop resource 0x03F0 (3 bytes)",
      ])
    let many = (0..<18).map { _ in Segments.segment(0xE9, [0]) }.flatMap(\.self)
    #expect(try unread(many) == [String](repeating: "APP9 (1 bytes)", count: 16) + ["2 more"])
  }

  @Test func secondBlocksOfPNGAndWebPAreNamed() throws {
    let exif = Foreign.exif([.ascii(0x0110, "M")])
    var png = try Fixtures.file("rgba.png")
    png.insert(contentsOf: PNGPieces.chunk("eXIf", exif) + PNGPieces.chunk("eXIf", exif), at: 33)
    #expect(try Container.read(png).unread == ["a second chunk eXIf (\(exif.count) bytes)"])
    let still = try Container.rewrite(Fixtures.file("lossy.webp"), with: MetadataBlocks(exif: exif))
    let webp = RIFFPieces.file(RIFFPieces.chunks(still) + [("EXIF", exif)])
    #expect(try Container.read(webp).unread == ["a second chunk EXIF (\(exif.count) bytes)"])
  }

  @Test(arguments: [ImageFormat.jpeg, .png, .webp])
  func aCredentialsTermsAreToldAndNobodyElses(_ format: ImageFormat) throws {
    let uri = "http://cv.iptc.org/newscodes/digitalsourcetype/"
    func store(_ words: String) -> [UInt8] {
      Credentials.box(
        "jumb", Credentials.description("c2pa", "c2pa") + Credentials.box("json", Array(words.utf8)))
    }
    func terms(_ words: String) throws -> [String] {
      let file = try Credentials.file(store(words), in: format)
      return Container.credentialTerms(in: file.span)
    }
    #expect(
      try terms("\(uri)compositeWithTrainedAlgorithmicMediaX \(uri)digitalCapture \(uri)digitalCapture")
        == ["compositeWithTrainedAlgorithmicMedia", "digitalCapture"])
    #expect(try terms("\(uri)algorithmicMedia") == ["algorithmicMedia"])
    #expect(try terms("\(uri)composite") == ["composite"])
    #expect(try terms("\(uri)unheardOf trainedAlgorithmicMedia") == [])
    let other = try Container.rewrite(
      Credentials.file(store(""), in: format),
      with: MetadataBlocks(xmp: XMP.packet(XMPFields(digitalSourceType: "\(uri)digitalCapture"))))
    #expect(Container.credentialTerms(in: other.span) == [])
  }
}
