extension IPTC {
  /// Beyond this it is no caption, name or keyword.
  private static let limit = 256 << 10

  /// What the data sets say that XMP has the same field for (IPTC Photo Metadata Standard, "Mapping"): by-line, caption,
  /// headline, copyright, keywords. `nil` when they are damaged.
  static func fields(of dataSets: [UInt8]) -> XMPFields? {
    guard let items = items(of: dataSets) else { return nil }
    guard dataSets.count <= limit else { return XMPFields() }
    // Record 1's data set 90 names the character set; ESC % G is UTF-8 (IIM 4.2 §5, 1:90).
    let isUTF8 = items.contains {
      $0.record == 1 && $0.dataSet == 90 && dataSets[$0.value].elementsEqual([0x1B, 0x25, 0x47])
    }
    func texts(_ dataSet: UInt8) -> [String] {
      items.filter { $0.record == 2 && $0.dataSet == dataSet }.compactMap { item in
        var bytes = Array(dataSets[item.value])
        while bytes.last == 0 { bytes.removeLast() }
        if bytes.isEmpty { return nil }
        let text = String(validating: bytes, as: UTF8.self)
        return text ?? (isUTF8 ? String(decoding: bytes, as: UTF8.self) : String(latin1: bytes))
      }
    }
    return XMPFields(
      description: texts(DataSet.caption).first, creators: texts(DataSet.byline),
      rights: texts(DataSet.copyright).first,
      subjects: texts(DataSet.keywords), headline: texts(DataSet.headline).first)
  }
}

extension XMPFields {
  /// These fields, and those of `other` that are in neither these nor `present`.
  func filled(from other: XMPFields, unlessIn present: XMPFields) -> XMPFields {
    var fields = self
    for field in [\XMPFields.description, \.rights, \.headline] where present[keyPath: field] == nil {
      fields[keyPath: field] = fields[keyPath: field] ?? other[keyPath: field]
    }
    for field in [\XMPFields.creators, \.subjects]
    where present[keyPath: field].isEmpty && fields[keyPath: field].isEmpty {
      fields[keyPath: field] = other[keyPath: field]
    }
    return fields
  }
}
