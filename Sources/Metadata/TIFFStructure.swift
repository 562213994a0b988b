/// An EXIF block's directories and entries (TIFF 6.0 §2, Exif 2.32 §4.6), each length checked before it is believed.
///
/// Walking never follows a pointer twice and reads each directory once, so that its work is bounded by the block's
/// size.
struct TIFFStructure {
  enum Directory: Hashable, CaseIterable {
    /// IFD0, which describes the picture.
    case primary
    case exif
    case gps
    case interoperability
    /// IFD1, whose picture is a thumbnail.
    case thumbnail
  }

  struct Entry: Hashable {
    let tag: Int
    let type: Int
    let count: Int
    /// Of its twelve bytes.
    let position: Int
    /// Where the value lies: in the entry itself, from its eighth byte, when it has four bytes or less. `nil` when the
    /// type is unknown or the value reaches beyond the block.
    let value: Range<Int>?

    var isInline: Bool { value?.lowerBound == position + 8 }
  }

  struct Table {
    let offset: Int
    let entries: [Entry]
    /// The next directory's offset; 0 for none.
    let next: Int

    /// Count, entries, next directory's offset.
    var range: Range<Int> { offset..<offset + 6 + 12 * entries.count }
  }

  let blob: [UInt8]
  let isBigEndian: Bool
  private(set) var tables: [Directory: Table] = [:]
  /// Directories that a pointer names and that cannot be read.
  private(set) var broken: [Directory: String] = [:]

  /// - Throws: `damagedExif` when not even the primary directory can be read.
  init(_ blob: [UInt8]) throws(MetadataError) {
    self.blob = blob
    switch blob.prefix(4) {
    case [0x49, 0x49, 0x2A, 0x00]: isBigEndian = false
    case [0x4D, 0x4D, 0x00, 0x2A]: isBigEndian = true
    default: throw .damagedExif(reason: "it does not begin like a TIFF structure")
    }
    guard blob.count >= 8 else { throw .damagedExif(reason: "it ends inside its head") }
    let primary = try table(at: number32(at: 4))
    tables[.primary] = primary
    follow(.exif, primary.entries.first { $0.tag == Tag.exifPointer })
    follow(.gps, primary.entries.first { $0.tag == Tag.gpsPointer })
    follow(.interoperability, tables[.exif]?.entries.first { $0.tag == Tag.interoperabilityPointer })
    if primary.next != 0 { take(.thumbnail, at: primary.next) }
  }

  func entry(_ directory: Directory, _ tag: Int) -> Entry? { tables[directory]?.entries.first { $0.tag == tag } }

  /// The first number of a SHORT or LONG value.
  func number(_ entry: Entry) -> Int? {
    guard let value = entry.value, entry.count >= 1 else { return nil }
    return switch entry.type {
    case 3: number16(at: value.lowerBound)
    case 4, 13: number32(at: value.lowerBound)
    default: nil
    }
  }

  private mutating func follow(_ directory: Directory, _ pointer: Entry?) {
    guard let pointer else { return }
    if let offset = number(pointer) {
      take(directory, at: offset)
    } else {
      broken[directory] = "its pointer is no offset"
    }
  }

  private mutating func take(_ directory: Directory, at offset: Int) {
    do throws(MetadataError) {
      tables[directory] = try table(at: offset)
    } catch {
      broken[directory] = error.description
    }
  }

  private func table(at offset: Int) throws(MetadataError) -> Table {
    guard offset >= 8, offset <= blob.count - 6 else {
      throw .damagedExif(reason: "a directory at byte \(offset) lies outside of it")
    }
    let count = number16(at: offset)
    guard blob.count - offset >= 6 + 12 * count else {
      throw .damagedExif(reason: "the directory at byte \(offset) is cut: it claims \(count) entries")
    }
    let entries = (0..<count).map { entry(at: offset + 2 + 12 * $0) }
    return Table(offset: offset, entries: entries, next: number32(at: offset + 2 + 12 * count))
  }

  private func entry(at position: Int) -> Entry {
    let (type, count) = (number16(at: position + 2), number32(at: position + 4))
    var value: Range<Int>?
    if let unit = Self.unitSize(type) {
      // Both factors are below 2^32.
      let size = unit * count
      let start = size <= 4 ? position + 8 : number32(at: position + 8)
      if start >= 8, start <= blob.count, blob.count - start >= size { value = start..<start + size }
    }
    return Entry(tag: number16(at: position), type: type, count: count, position: position, value: value)
  }

  /// Bytes of one value: BYTE, ASCII, SHORT, LONG, RATIONAL, and so on; 13 is IFD, 129 UTF-8 (Exif 3.0).
  private static func unitSize(_ type: Int) -> Int? {
    switch type {
    case 1, 2, 6, 7, 129: 1
    case 3, 8: 2
    case 4, 9, 11, 13: 4
    case 5, 10, 12: 8
    default: nil
    }
  }

  private func number16(at offset: Int) -> Int {
    let (first, second) = (Int(blob[offset]), Int(blob[offset + 1]))
    return isBigEndian ? first << 8 | second : second << 8 | first
  }

  private func number32(at offset: Int) -> Int {
    let (first, second) = (number16(at: offset), number16(at: offset + 2))
    return isBigEndian ? first << 16 | second : second << 16 | first
  }
}

extension TIFFStructure {
  /// The tags that steer (Exif 2.32 §4.6.3 to §4.6.8, TIFF 6.0, TIFF/EP, DNG).
  enum Tag {
    static let imageWidth = 0x0100
    static let imageLength = 0x0101
    static let imageDescription = 0x010E
    static let orientation = 0x0112
    static let xResolution = 0x011A
    static let yResolution = 0x011B
    static let resolutionUnit = 0x0128
    static let artist = 0x013B
    static let copyright = 0x8298
    static let exifPointer = 0x8769
    static let gpsPointer = 0x8825
    static let makerNote = 0x927C
    static let colorSpace = 0xA001
    /// TransferFunction, WhitePoint, PrimaryChromaticities, Gamma.
    static let colors: Set<Int> = [0x012D, 0x013E, 0x013F, 0xA500]
    static let pixelXDimension = 0xA002
    static let pixelYDimension = 0xA003
    static let interoperabilityPointer = 0xA005
    static let interoperabilityIndex = 0x0001
  }
}
