/// IPTC-IIM data sets (IIM 4.2 §1.5): a tag marker, record and data set numbers, a length, the value.
enum IPTC {
  /// Record 2's words for where the picture was taken: content location (code, name), city, sublocation, province,
  /// country (code, name). IIM has no coordinates; editors fill these in from the coordinates of EXIF.
  private static let placeDataSets: Set<UInt8> = [26, 27, 90, 92, 95, 100, 101]

  /// Data sets of record 2 that say what XMP and EXIF say too.
  enum DataSet {
    static let keywords: UInt8 = 25
    static let byline: UInt8 = 80
    static let headline: UInt8 = 105
    static let copyright: UInt8 = 116
    static let caption: UInt8 = 120
  }

  /// One data set: where it lies, head included, and where its value does.
  struct Item {
    let record: UInt8
    let dataSet: UInt8
    let range: Range<Int>
    let value: Range<Int>
  }

  /// The data sets without places and without `replaced` ones of record 2; `nil` when they are damaged, empty when
  /// nothing is left.
  static func sanitized(_ dataSets: [UInt8], keepsGPS: Bool, replaced: Set<UInt8> = []) -> [UInt8]? {
    let dropped = keepsGPS ? replaced : replaced.union(placeDataSets)
    guard let items = items(of: dataSets) else { return nil }
    let kept = items.filter { $0.record != 2 || !dropped.contains($0.dataSet) }
    // The version of a record and the character set say nothing by themselves.
    guard kept.contains(where: { $0.record >= 2 && $0.dataSet != 0 }) else { return [] }
    return kept.flatMap { dataSets[$0.range] }
  }

  /// All data sets in order; `nil` when one is cut or something else stands between them.
  static func items(of dataSets: [UInt8]) -> [Item]? {
    let bytes = dataSets.span
    var items: [Item] = []
    var position = 0
    while position < bytes.count {
      // Photoshop pads with zeros.
      if bytes[position] == 0 {
        guard dataSets[position...].allSatisfy({ $0 == 0 }) else { return nil }
        break
      }
      guard bytes[position] == 0x1C, bytes.count - position >= 5 else { return nil }
      var length = bytes.bigEndian16(at: position + 3)
      var start = position + 5
      if length & 0x8000 != 0 {
        // An extended length: the field holds how many bytes the real one has.
        let size = length & 0x7FFF
        guard (1...4).contains(size), bytes.count - start >= size else { return nil }
        length = (0..<size).reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
        start += size
      }
      guard bytes.count - start >= length else { return nil }
      items.append(
        Item(
          record: bytes[position + 1], dataSet: bytes[position + 2], range: position..<start + length,
          value: start..<start + length))
      position = start + length
    }
    return items
  }
}
