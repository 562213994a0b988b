extension Exif {
  /// What a stranger could learn from an EXIF block (Exif 3.0 §4.6, TIFF 6.0, Microsoft's XP tags): the values
  /// themselves, read by the same bounds as all else. A block that cannot be read tells nothing here.
  static func findings(in blob: [UInt8]) -> [Finding] {
    guard let structure = try? TIFFStructure(blob) else { return [] }
    let values = ExifValues(structure: structure)
    var found: [Finding] = []
    for (directory, names) in [(TIFFStructure.Directory.primary, primaryNames), (.exif, exifNames)] {
      for entry in structure.tables[directory]?.entries ?? [] {
        guard let name = names[entry.tag], let text = values.text(entry, isWide: (0x9C9B...0x9C9F).contains(entry.tag))
        else { continue }
        found.append(Finding(Finding.isPrompt(text) ? .prompt : name.kind, "EXIF", name.word, text))
      }
    }
    if let comment = (try? summary(of: blob))?.userComment {
      found.append(Finding(Finding.isPrompt(comment) ? .prompt : .words, "EXIF", "UserComment", comment))
    }
    return found + values.places + values.hidden
  }

  private typealias Name = (kind: Finding.Kind, word: String)

  private static let primaryNames: [Int: Name] = [
    0x000B: (.software, "ProcessingSoftware"), 0x010D: (.words, "DocumentName"),
    0x010E: (.words, "ImageDescription"), 0x010F: (.device, "Make"), 0x0110: (.device, "Model"),
    0x0131: (.software, "Software"), 0x0132: (.time, "DateTime"), 0x013B: (.person, "Artist"),
    0x013C: (.device, "HostComputer"), 0x8298: (.person, "Copyright"), 0x9C9B: (.words, "XPTitle"),
    0x9C9C: (.words, "XPComment"), 0x9C9D: (.person, "XPAuthor"), 0x9C9E: (.words, "XPKeywords"),
    0x9C9F: (.words, "XPSubject"), 0xC614: (.device, "UniqueCameraModel"), 0xC62F: (.device, "CameraSerialNumber"),
    0xC68B: (.identifier, "OriginalRawFileName"),
  ]

  private static let exifNames: [Int: Name] = [
    0x9003: (.time, "DateTimeOriginal"), 0x9004: (.time, "DateTimeDigitized"), 0x9010: (.time, "OffsetTime"),
    0x9011: (.time, "OffsetTimeOriginal"), 0xA004: (.identifier, "RelatedSoundFile"),
    0xA420: (.identifier, "ImageUniqueID"), 0xA430: (.person, "CameraOwnerName"),
    0xA431: (.device, "BodySerialNumber"), 0xA433: (.device, "LensMake"), 0xA434: (.device, "LensModel"),
    0xA435: (.device, "LensSerialNumber"), 0xA436: (.words, "ImageTitle"), 0xA437: (.person, "Photographer"),
    0xA438: (.person, "ImageEditor"), 0xA439: (.software, "CameraFirmware"),
    0xA43A: (.software, "RAWDevelopingSoftware"), 0xA43B: (.software, "ImageEditingSoftware"),
    0xA43C: (.software, "MetadataEditingSoftware"), 0xFDE8: (.person, "OwnerName"), 0xFDE9: (.device, "SerialNumber"),
    0xFDEA: (.device, "Lens"),
  ]
}

/// Values of an EXIF block's entries.
private struct ExifValues {
  let structure: TIFFStructure

  /// Longer values are no texts.
  private static let textLimit = 65_536

  private func number(_ range: Range<Int>) -> Int {
    let bytes = structure.blob[range]
    return structure.isBigEndian
      ? bytes.reduce(0) { $0 << 8 | Int($1) } : bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// BYTE, ASCII, UNDEFINED and UTF-8 values.
  ///
  /// - Parameter isWide: UTF-16, little-endian, whatever the block's order: Microsoft's own.
  func text(_ entry: TIFFStructure.Entry, isWide: Bool = false) -> String? {
    guard let value = entry.value, [1, 2, 7, 129].contains(entry.type), value.count <= Self.textLimit else {
      return nil
    }
    if isWide {
      let starts = stride(from: value.lowerBound, to: value.upperBound - 1, by: 2)
      let units = starts.map { UInt16(structure.blob[$0]) | UInt16(structure.blob[$0 + 1]) << 8 }.prefix { $0 != 0 }
      return units.isEmpty ? nil : String(decoding: units, as: UTF16.self)
    }
    // Copyright has two texts, the photographer's and the editor's, each with its NUL.
    let parts = structure.blob[value].split(separator: 0).map { part in
      String(validating: part, as: UTF8.self) ?? String(latin1: part)
    }.map { String($0.reversed().drop { $0 == " " }.reversed()) }.filter { !$0.isEmpty }
    return parts.isEmpty ? nil : (entry.tag == 0x8298 ? parts.joined(separator: "; ") : parts[0])
  }

  /// Unsigned RATIONAL values; `nil` when one is none.
  private func rationals(_ tag: Int, count: Int) -> [Double]? {
    guard let entry = structure.entry(.gps, tag), entry.type == 5, let value = entry.value, entry.count >= count else {
      return nil
    }
    var numbers: [Double] = []
    for index in 0..<count {
      let start = value.lowerBound + 8 * index
      let (above, below) = (number(start..<start + 4), number(start + 4..<start + 8))
      // Seconds are often told as 0/0.
      if below == 0, above != 0 { return nil }
      numbers.append(below == 0 ? 0 : Double(above) / Double(below))
    }
    return numbers
  }

  /// Exif 2.32 §4.6.6.
  var places: [Finding] {
    guard structure.entry(.primary, TIFFStructure.Tag.gpsPointer) != nil else { return [] }
    var found: [Finding] = []
    func add(_ kind: Finding.Kind, _ name: String, _ value: String?) {
      if let value { found.append(Finding(kind, "EXIF", name, value)) }
    }
    func coordinate(_ reference: Int, _ tag: Int, negative: Character) -> String? {
      guard let parts = rationals(tag, count: 3) else { return nil }
      let degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
      let side = structure.entry(.gps, reference).flatMap { text($0) }
      return Self.decimal(side?.first == negative ? -degrees : degrees)
    }
    func position(_ name: String, _ tags: (Int, Int, Int, Int)) {
      if let latitude = coordinate(tags.0, tags.1, negative: "S"),
        let longitude = coordinate(tags.2, tags.3, negative: "W")
      {
        add(.position, name, "\(latitude), \(longitude)")
      }
    }
    position("GPSPosition", (1, 2, 3, 4))
    position("GPSDestPosition", (0x13, 0x14, 0x15, 0x16))
    if let height = rationals(6, count: 1)?[0] {
      let below = structure.entry(.gps, 5)?.value.map { structure.blob[$0].first == 1 } ?? false
      add(.position, "GPSAltitude", "\(Self.decimal(below ? -height : height)) m")
    }
    if let direction = rationals(0x11, count: 1)?[0] { add(.position, "GPSImgDirection", Self.decimal(direction)) }
    for (tag, name) in [(0x1B, "GPSProcessingMethod"), (0x1C, "GPSAreaInformation")] {
      guard let value = structure.entry(.gps, tag)?.value, value.count > 8 else { continue }
      // Eight bytes name the encoding.
      let words = structure.blob[value].dropFirst(8).filter { $0 != 0 }
      if !words.isEmpty { add(.position, name, String(decoding: words.prefix(1_000), as: UTF8.self)) }
    }
    let day = structure.entry(.gps, 0x1D).flatMap { text($0) }
    let time = rationals(7, count: 3).map { parts in
      parts.map { $0 < 10 ? "0\(Self.decimal($0))" : Self.decimal($0) }.joined(separator: ":") + "Z"
    }
    if day != nil || time != nil {
      add(.time, "GPSDateTime", [day, time].compactMap(\.self).joined(separator: " "))
    }
    if found.isEmpty { add(.position, "GPS", "a directory without a position that can be read") }
    return found
  }

  /// What the block carries that nobody sees.
  var hidden: [Finding] {
    var found: [Finding] = []
    func add(_ name: String, _ value: String) { found.append(Finding(.hidden, "EXIF", name, value)) }
    if let note = structure.entry(.exif, TIFFStructure.Tag.makerNote) {
      add("MakerNote", "\(note.count) bytes of the maker's own")
    }
    if structure.tables[.thumbnail] != nil || structure.broken[.thumbnail] != nil {
      let length = structure.entry(.thumbnail, 0x0202).flatMap(structure.number)
      add("Thumbnail", "a small picture" + (length.map { " of \($0) bytes" } ?? ""))
    }
    let inside: [Int: String] = [
      0x014A: "SubIFD", 0x02BC: "XMP", 0x501B: "ThumbnailData", 0x83BB: "IPTC", 0x8568: "AFCP_IPTC",
      0x8649: "PhotoshopSettings", 0x935C: "ImageSourceData",
    ]
    for entry in structure.tables[.primary]?.entries ?? [] {
      if let name = inside[entry.tag] { add(name, "\(entry.value?.count ?? entry.count) bytes inside EXIF") }
    }
    return found
  }

  /// Up to seven digits behind the point: a centimetre, as a position.
  private static func decimal(_ number: Double) -> String {
    guard abs(number) < 1e10 else { return "\(number)" }
    let scaled = Int((abs(number) * 1e7).rounded())
    var digits = String(scaled % 10_000_000)
    digits = String(repeating: "0", count: 7 - digits.count) + digits
    while digits.last == "0" { digits.removeLast() }
    let sign = number < 0 && scaled > 0 ? "-" : ""
    return "\(sign)\(scaled / 10_000_000)" + (digits.isEmpty ? "" : ".\(digits)")
  }
}
