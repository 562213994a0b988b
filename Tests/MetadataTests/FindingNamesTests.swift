import Raster
import Testing

@testable import Metadata

/// What each tag, data set, property and keyword tells a stranger: the whole of the tables, under the names of the
/// standards (Exif 3.0 §4.6, IIM 4.2 §6, the XMP specification, part 2).
@Suite struct FindingNamesTests {
  private typealias Entry = Foreign.Entry
  private typealias Kind = Finding.Kind

  private static let primary: [(Int, Kind, String)] = [
    (0x000B, .software, "ProcessingSoftware"), (0x010D, .words, "DocumentName"), (0x010E, .words, "ImageDescription"),
    (0x010F, .device, "Make"), (0x0110, .device, "Model"), (0x0131, .software, "Software"),
    (0x0132, .time, "DateTime"), (0x013B, .person, "Artist"), (0x013C, .device, "HostComputer"),
    (0x8298, .person, "Copyright"), (0xC614, .device, "UniqueCameraModel"), (0xC62F, .device, "CameraSerialNumber"),
    (0xC68B, .identifier, "OriginalRawFileName"),
  ]

  /// Microsoft's, in UTF-16.
  private static let windows: [(Int, Kind, String)] = [
    (0x9C9B, .words, "XPTitle"), (0x9C9C, .words, "XPComment"), (0x9C9D, .person, "XPAuthor"),
    (0x9C9E, .words, "XPKeywords"), (0x9C9F, .words, "XPSubject"),
  ]

  private static let exif: [(Int, Kind, String)] = [
    (0x9003, .time, "DateTimeOriginal"), (0x9004, .time, "DateTimeDigitized"), (0x9010, .time, "OffsetTime"),
    (0x9011, .time, "OffsetTimeOriginal"), (0xA004, .identifier, "RelatedSoundFile"),
    (0xA420, .identifier, "ImageUniqueID"), (0xA430, .person, "CameraOwnerName"), (0xA431, .device, "BodySerialNumber"),
    (0xA433, .device, "LensMake"), (0xA434, .device, "LensModel"), (0xA435, .device, "LensSerialNumber"),
    (0xA436, .words, "ImageTitle"), (0xA437, .person, "Photographer"), (0xA438, .person, "ImageEditor"),
    (0xA439, .software, "CameraFirmware"), (0xA43A, .software, "RAWDevelopingSoftware"),
    (0xA43B, .software, "ImageEditingSoftware"), (0xA43C, .software, "MetadataEditingSoftware"),
    (0xFDE8, .person, "OwnerName"), (0xFDE9, .device, "SerialNumber"), (0xFDEA, .device, "Lens"),
  ]

  private static func findings(_ entries: [Entry], next: [Entry] = []) -> [Finding] {
    MetadataBlocks(exif: Foreign.exif(entries, next: next)).findings
  }

  @Test func everyTagOfEXIFIsToldWithItsValue() {
    func texts(_ table: [(Int, Kind, String)]) -> [Entry] { table.map { .ascii($0.0, "value of \($0.2)") } }
    // Little-endian whatever the block is, as Windows writes it.
    let wide = Self.windows.map { tag, _, name in
      let units = "välue of \(name)\0".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
      return Entry(tag: tag, type: 1, count: units.count, value: units, directory: nil)
    }
    let found = Self.findings(texts(Self.primary) + wide + [.pointer(0x8769, texts(Self.exif))])
    let plain = (Self.primary + Self.exif).map { Finding($0.1, "EXIF", $0.2, "value of \($0.2)") }
    #expect(Set(found) == Set(plain + Self.windows.map { Finding($0.1, "EXIF", $0.2, "välue of \($0.2)") }))
    #expect(found.count == Self.primary.count + Self.windows.count + Self.exif.count)
  }

  @Test func textsAreToldInWhateverLettersTheyStand() {
    let both = Entry(tag: 0x8298, type: 2, count: 9, value: Array("Ada\0Bob \0".utf8), directory: nil)
    #expect(Self.findings([both]) == [Finding(.person, "EXIF", "Copyright", "Ada; Bob")])
    let latin = Entry(tag: 0x013B, type: 2, count: 5, value: [0x5A, 0x6F, 0xEB, 0x20, 0], directory: nil)
    #expect(Self.findings([latin]) == [Finding(.person, "EXIF", "Artist", "Zoë")])
    let utf8 = Entry(tag: 0x013B, type: 129, count: 5, value: Array("Zoë\0".utf8), directory: nil)
    #expect(Self.findings([utf8]) == [Finding(.person, "EXIF", "Artist", "Zoë")])
    #expect(Self.findings([.ascii(0x010E, "a\nNegative prompt: b")]).map(\.kind) == [.prompt])
    let jis = Entry.undefined(0x9286, Array("JIS\0\0\0\0\0".utf8) + [0x1B, 0x24, 0x42, 0x3B, 0x33])
    #expect(
      Self.findings([.pointer(0x8769, [jis])]) == [Finding(.words, "EXIF", "UserComment", "JIS text of 5 bytes")])
    let comment = Entry.undefined(0x9286, Array("ASCII\0\0\0from afar".utf8))
    #expect(
      Self.findings([.pointer(0x8769, [comment])]) == [Finding(.words, "EXIF", "UserComment", "from afar")])
  }

  @Test func everyPositionIsTold() {
    func place(_ tags: (Int, Int, Int, Int), _ signs: (String, String)) -> [Entry] {
      [
        .ascii(tags.0, signs.0), .rational(tags.1, [45, 30, 36]), .ascii(tags.2, signs.1),
        .rational(tags.3, [12, 15, 0]),
      ]
    }
    let gps =
      place((1, 2, 3, 4), ("N", "E")) + place((0x13, 0x14, 0x15, 0x16), ("S", "W")) + [
        .rational(6, [12]), .rational(7, [7, 8, 9]), .rational(0x11, [90]),
        .undefined(0x1B, Array("ASCII\0\0\0WLAN".utf8)), .undefined(0x1C, Array("ASCII\0\0\0Mitte".utf8)),
        .ascii(0x1D, "2024:05:06"),
      ]
    #expect(
      Self.findings([.pointer(0x8825, gps.sorted { $0.tag < $1.tag })]) == [
        Finding(.position, "EXIF", "GPSPosition", "45.51, 12.25"),
        Finding(.position, "EXIF", "GPSDestPosition", "-45.51, -12.25"),
        Finding(.position, "EXIF", "GPSAltitude", "12 m"), Finding(.position, "EXIF", "GPSImgDirection", "90"),
        Finding(.position, "EXIF", "GPSProcessingMethod", "WLAN"),
        Finding(.position, "EXIF", "GPSAreaInformation", "Mitte"),
        Finding(.time, "EXIF", "GPSDateTime", "2024:05:06 07:08:09Z"),
      ])
    #expect(
      Self.findings([.pointer(0x8825, [.ascii(1, "N")])]) == [
        Finding(.position, "EXIF", "GPS", "a directory without a position that can be read")
      ])
  }

  @Test func everythingInsideEXIFThatNobodySeesIsNamed() {
    let inside: [(Int, String)] = [
      (0x02BC, "XMP"), (0x501B, "ThumbnailData"), (0x83BB, "IPTC"), (0x8568, "AFCP_IPTC"),
      (0x8649, "PhotoshopSettings"),
      (0x935C, "ImageSourceData"),
    ]
    let note = Entry.pointer(0x8769, [.undefined(0x927C, [UInt8](repeating: 7, count: 12))])
    let entries = inside.map { Entry.undefined($0.0, [UInt8](repeating: 1, count: 9)) } + [note]
    let found = Self.findings(
      entries.sorted { $0.tag < $1.tag },
      next: [
        Entry(tag: 0x0201, type: 4, count: 1, value: [0, 0, 0, 8], directory: nil),
        Entry(tag: 0x0202, type: 4, count: 1, value: [0, 0, 0, 77], directory: nil),
      ])
    let expected =
      inside.map { Finding(.hidden, "EXIF", $0.1, "9 bytes inside EXIF") } + [
        Finding(.hidden, "EXIF", "MakerNote", "12 bytes of the maker's own"),
        Finding(.hidden, "EXIF", "Thumbnail", "a small picture of 77 bytes"),
      ]
    #expect(Set(found) == Set(expected) && found.count == expected.count)
    #expect(
      Self.findings([.ascii(0x0110, "M")], next: [.short(0x0103, 6)]).last
        == Finding(.hidden, "EXIF", "Thumbnail", "a small picture"))
    // Where it should begin there is nothing: that there was one is told all the same.
    var broken = Foreign.exif([.ascii(0x0110, "M")])
    broken.replaceSubrange(22..<26, with: [0, 0xFF, 0, 0])
    #expect(
      MetadataBlocks(exif: broken).findings.last == Finding(.hidden, "EXIF", "Thumbnail", "a small picture"))
  }

  private static let iptc: [(UInt8, Kind, String)] = [
    (5, .words, "ObjectName"), (25, .words, "Keywords"), (26, .position, "ContentLocationCode"),
    (27, .position, "ContentLocationName"), (40, .words, "SpecialInstructions"), (55, .time, "DateCreated"),
    (60, .time, "TimeCreated"), (62, .time, "DigitalCreationDate"), (63, .time, "DigitalCreationTime"),
    (65, .software, "OriginatingProgram"), (70, .software, "ProgramVersion"), (80, .person, "By-line"),
    (85, .person, "By-lineTitle"), (90, .position, "City"), (92, .position, "Sub-location"),
    (95, .position, "Province-State"), (100, .position, "Country-PrimaryLocationCode"),
    (101, .position, "Country-PrimaryLocationName"), (103, .identifier, "OriginalTransmissionReference"),
    (105, .words, "Headline"), (110, .person, "Credit"), (115, .person, "Source"), (116, .person, "CopyrightNotice"),
    (118, .person, "Contact"), (120, .words, "Caption-Abstract"), (122, .person, "Writer-Editor"),
    (187, .identifier, "UniqueDocumentID"), (221, .words, "Prefs"),
  ]

  @Test func everyDataSetOfIPTCIsToldWithItsValue() {
    func set(_ number: UInt8, _ text: String) -> [UInt8] {
      [0x1C, 2, number, 0, UInt8(text.utf8.count)] + Array(text.utf8)
    }
    let found = MetadataBlocks(iptc: Self.iptc.flatMap { set($0.0, "välue \($0.2)") }).findings
    #expect(Set(found) == Set(Self.iptc.map { Finding($0.1, "IPTC", $0.2, "välue \($0.2)") }))
    #expect(found.count == Self.iptc.count)
    // The same number in another record is something else.
    #expect(MetadataBlocks(iptc: [0x1C, 1, 90, 0, 3] + Array("\u{1B}%G".utf8)).findings == [])
    let latin = MetadataBlocks(iptc: [0x1C, 2, 80, 0, 3, 0x5A, 0xEB, 0x62] + set(120, "x Steps: 1, Seed: 2")).findings
    #expect(
      latin == [
        Finding(.person, "IPTC", "By-line", "Zëb"), Finding(.prompt, "IPTC", "Caption-Abstract", "x Steps: 1, Seed: 2"),
      ])
  }

  private static let xmp: [Kind: String] = [
    .position: """
    GPSLatitude gpsVersionID DestLatitude maxLongitude RelativeAltitude City State Country CountryCode CountryName \
    ProvinceState Sublocation WorldRegion Location LocationCreated LocationShown LocationName lat long point featurename
    """,
    .person: """
    creator rights contributor publisher Author Authors Artist Owner OwnerName CameraOwnerName CaptionWriter \
    AuthorsPosition Credit PersonInImage PersonInImageWithDetails PersonDisplayName CreatorContactInfo Copyright \
    WebStatement UsageTerms CopyrightOwner ImageCreator Licensor AIPromptWriterName Photographer ImageEditor \
    attributionName Byline Writer
    """,
    .device: """
    Make Model Lens LensMake LensModel LensID LensInfo UniqueCameraModel HostComputer SerialNumber BodySerialNumber
    """,
    .prompt: "AIPromptInformation genPrompt prompt",
    .time: "CreateDate ModifyDate DateCreated MetadataDate DateTimeOriginal when",
    .software: """
    CreatorTool Software softwareAgent xmptk History AISystemUsed AISystemVersionUsed Producer Firmware CameraFirmware
    """,
    .words: """
    title description subject Headline Instructions TransmissionReference AltTextAccessibility ExtDescrAccessibility \
    hierarchicalSubject Keywords UserComment ImageDescription Label Nickname Event source
    """,
    .identifier: """
    DocumentID OriginalDocumentID InstanceID ImageUniqueID RawFileName FilePath PreservedFileName DerivedFrom \
    DigitalImageGUID identifier Ingredients DocumentAncestors
    """,
  ]

  @Test(arguments: Self.xmp.keys.sorted { $0.rawValue < $1.rawValue })
  func everyPropertyOfXMPIsToldWithItsValue(_ kind: Finding.Kind) {
    for name in (Self.xmp[kind] ?? "").split(separator: " ").map(String.init) {
      let ways = [
        Foreign.packet("<z:\(name)>välue</z:\(name)>"), Foreign.packet("", attributes: "z:\(name)=\"välue\""),
        Foreign.packet("<z:s rdf:parseType=\"Resource\"><z:\(name)>välue</z:\(name)></z:s>"),
        Foreign.packet("<z:\(name)><rdf:Bag><rdf:li>välue</rdf:li></rdf:Bag></z:\(name)>"),
        Foreign.packet("<z:\(name) rdf:resource=\"välue\"/>"),
      ]
      for packet in ways {
        let found = MetadataBlocks(xmp: packet).findings.filter { $0.value != "Title" }
        #expect(found == [Finding(kind, "XMP", name, "välue")], "\(name)")
      }
    }
  }

  @Test func whatXMPHoldsThatNobodySeesIsNamed() {
    let terms = "xmlns:t=\"http://purl.org/dc/terms/\""
    func found(_ properties: String) -> [Finding] {
      MetadataBlocks(xmp: Foreign.packet(properties)).findings.filter { $0.value != "Title" }
    }
    #expect(found("<z:MakerNote>abc</z:MakerNote>") == [Finding(.hidden, "XMP", "MakerNote", "3 characters")])
    #expect(found("<z:Thumbnails>abc</z:Thumbnails>") == [Finding(.hidden, "XMP", "Thumbnails", "3 characters")])
    #expect(
      found("<z:HasExtendedXMP>A</z:HasExtendedXMP>") == [Finding(.hidden, "XMP", "HasExtendedXMP", "1 characters")])
    #expect(
      found("<t:provenance \(terms)>http://a/b</t:provenance>")
        == [Finding(.credential, "XMP", "provenance", "http://a/b")])
    for beginning in ["/9j/", "iVBORw0K", "UklGR"] {
      let text = beginning + String(repeating: "A", count: 200)
      #expect(
        found("<z:p>\(text)</z:p>")
          == [Finding(.hidden, "XMP", "p", "\(text.count) characters that are a picture")])
    }
    #expect(found("<z:a>1</z:a>") == [Finding(.hidden, "XMP", "Others", "1 more property: a")])
    #expect(
      found("<z:a>1</z:a><z:b z:c='2'/><z:e> </z:e>") == [Finding(.hidden, "XMP", "Others", "2 more properties: a, c")])
    #expect(
      found("<dc:description>x Steps: 1, Seed: 2</dc:description>")
        == [Finding(.prompt, "XMP", "description", "x Steps: 1, Seed: 2")])
    #expect(found("<z:d>x Steps: 1, Seed: 2</z:d>") == [Finding(.prompt, "XMP", "d", "x Steps: 1, Seed: 2")])
  }
}
