extension IPTC {
  private typealias Name = (kind: Finding.Kind, word: String)

  /// Record 2 (IIM 4.2 §6), under exiftool's names.
  private static let names: [UInt8: Name] = [
    5: (.words, "ObjectName"), 25: (.words, "Keywords"), 26: (.position, "ContentLocationCode"),
    27: (.position, "ContentLocationName"), 40: (.words, "SpecialInstructions"), 55: (.time, "DateCreated"),
    60: (.time, "TimeCreated"), 62: (.time, "DigitalCreationDate"), 63: (.time, "DigitalCreationTime"),
    65: (.software, "OriginatingProgram"), 70: (.software, "ProgramVersion"), 80: (.person, "By-line"),
    85: (.person, "By-lineTitle"), 90: (.position, "City"), 92: (.position, "Sub-location"),
    95: (.position, "Province-State"), 100: (.position, "Country-PrimaryLocationCode"),
    101: (.position, "Country-PrimaryLocationName"), 103: (.identifier, "OriginalTransmissionReference"),
    105: (.words, "Headline"), 110: (.person, "Credit"), 115: (.person, "Source"), 116: (.person, "CopyrightNotice"),
    118: (.person, "Contact"), 120: (.words, "Caption-Abstract"), 122: (.person, "Writer-Editor"),
    187: (.identifier, "UniqueDocumentID"), 221: (.words, "Prefs"),
  ]

  /// What a stranger could learn from IPTC-IIM, up to where it is damaged.
  static func findings(in dataSets: [UInt8]) -> [Finding] {
    let bytes = dataSets.span
    var found: [Finding] = []
    var position = 0
    while bytes.count - position >= 5, bytes[position] == 0x1C, found.count < Finding.limit {
      let length = bytes.bigEndian16(at: position + 3)
      let start = position + 5
      // Values with extended lengths are previews and the like.
      guard length & 0x8000 == 0, bytes.count - start >= length else { break }
      if bytes[position + 1] == 2, let name = names[bytes[position + 2]], length > 0 {
        // The character set is told in record 1, and often wrongly: UTF-8 where it is that, else Latin-1.
        let raw = bytes.copy(start..<start + length)
        let text = String(validating: raw, as: UTF8.self) ?? String(latin1: raw)
        found.append(Finding(Finding.isPrompt(text) ? .prompt : name.kind, "IPTC", name.word, text))
      }
      position = start + length
    }
    return found
  }
}
