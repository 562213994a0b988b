import CExif
import Raster

extension Exif {
  /// What a block says, read by libexif.
  ///
  /// libexif sees a copy without MakerNote and thumbnail, whose parsers are the ones that break, and only after every
  /// length in it was checked.
  public static func summary(of blob: [UInt8]) throws(MetadataError) -> ExifSummary {
    typealias Tag = TIFFStructure.Tag
    let structure = try TIFFStructure(blob)
    var summary = ExifSummary()
    summary.orientation = orientation(of: blob)
    summary.hasGPS = structure.entry(.primary, Tag.gpsPointer) != nil
    summary.hasThumbnail = structure.tables[.thumbnail] != nil || structure.broken[.thumbnail] != nil
    summary.hasMakerNote = structure.entry(.exif, Tag.makerNote) != nil
    guard let plain = try structure.rebuilt(directories: [.primary, .exif], keeps: { isPlain($1, in: $0) }) else {
      return summary
    }
    let reader = try ExifReader(plain)
    summary.imageDescription = reader.text(EXIF_TAG_IMAGE_DESCRIPTION)
    summary.software = reader.text(EXIF_TAG_SOFTWARE)
    summary.dateTime = reader.text(EXIF_TAG_DATE_TIME)
    summary.artist = reader.text(EXIF_TAG_ARTIST)
    summary.copyright = reader.text(EXIF_TAG_COPYRIGHT)
    summary.make = reader.text(EXIF_TAG_MAKE)
    summary.model = reader.text(EXIF_TAG_MODEL)
    summary.userComment = reader.bytes(EXIF_TAG_USER_COMMENT, in: EXIF_IFD_EXIF).flatMap {
      userComment($0, isBigEndian: structure.isBigEndian)
    }
    if let width = structure.entry(.exif, Tag.pixelXDimension).flatMap(structure.number), width > 0,
      let height = structure.entry(.exif, Tag.pixelYDimension).flatMap(structure.number), height > 0
    {
      summary.size = Size(width: width, height: height)
    }
    if let dots = reader.rational(EXIF_TAG_X_RESOLUTION, isBigEndian: structure.isBigEndian) {
      let unit = structure.entry(.primary, Tag.resolutionUnit).flatMap(structure.number)
      // Three is the centimetre; inches unless the block says otherwise.
      let dpi = unit == 3 ? dots * 2.54 : dots
      summary.dotsPerInch = Int(exactly: dpi.rounded())
    }
    return summary
  }

  /// Eight bytes name the encoding (Exif 2.32 §4.6.5, UserComment). The specification leaves UTF-16's byte order open:
  /// a byte order mark decides, else where the zero bytes of European text lie, else the block's own order.
  private static func userComment(_ bytes: [UInt8], isBigEndian: Bool) -> String? {
    let text = bytes.dropFirst(8)
    guard !text.isEmpty else { return nil }
    // JIS X 0208: letters of two bytes each, which no table here knows.
    if bytes.starts(with: "JIS\0\0\0\0\0".utf8) { return trimmed(text).map { _ in "JIS text of \(text.count) bytes" } }
    guard bytes.starts(with: "UNICODE\0".utf8) else { return trimmed(text) }
    let pairs = stride(from: text.startIndex, to: text.endIndex - 1, by: 2)
    let zeros = pairs.reduce(into: (first: 0, second: 0)) { counts, index in
      if text[index] == 0 { counts.first += 1 }
      if text[index + 1] == 0 { counts.second += 1 }
    }
    let isBig =
      text.starts(with: [0xFE, 0xFF])
      || (!text.starts(with: [0xFF, 0xFE]) && (zeros.first == zeros.second ? isBigEndian : zeros.first > zeros.second))
    var units = pairs.map { index in
      let (first, second) = (UInt16(text[index]), UInt16(text[index + 1]))
      return isBig ? first << 8 | second : second << 8 | first
    }
    if units.first == 0xFEFF { units.removeFirst() }
    while units.last == 0 { units.removeLast() }
    return units.isEmpty ? nil : String(decoding: units, as: UTF16.self)
  }

  /// UTF-8 where it is that, else Latin-1, without the closing NULs and spaces that writers pad with.
  fileprivate static func trimmed(_ bytes: some Sequence<UInt8>) -> String? {
    var bytes = Array(bytes)
    while let last = bytes.last, last == 0 || last == 0x20 { bytes.removeLast() }
    return bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self) ?? String(latin1: bytes)
  }
}

/// One block as libexif reads it.
@safe private struct ExifReader: ~Copyable {
  private let data: UnsafeMutablePointer<ExifData>

  init(_ blob: [UInt8]) throws(MetadataError) {
    let prefixed = JPEGSegments.exifPrefix + blob
    guard let size = UInt32(exactly: prefixed.count) else {
      throw .damagedExif(reason: "it has \(blob.count) bytes")
    }
    guard let data = unsafe exif_data_new() else { throw .damagedExif(reason: "no memory to read it") }
    // Else libexif adds what the specification demands, and the block would seem to say what it does not.
    unsafe exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION)
    // libexif copies what it keeps, so that the bytes need only last for the call.
    unsafe prefixed.withUnsafeBufferPointer { unsafe exif_data_load_data(data, $0.baseAddress, size) }
    unsafe self.data = data
  }

  deinit { unsafe exif_data_unref(data) }

  borrowing func bytes(_ tag: ExifTag, in ifd: ExifIfd = EXIF_IFD_0) -> [UInt8]? {
    let content = unsafe ifd == EXIF_IFD_0 ? data.pointee.ifd.0 : data.pointee.ifd.2
    // The entry and its bytes live as long as `data`.
    guard let entry = unsafe exif_content_get_entry(content, tag), let bytes = unsafe entry.pointee.data else {
      return nil
    }
    return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(entry.pointee.size)))
  }

  borrowing func text(_ tag: ExifTag) -> String? { bytes(tag).flatMap { Exif.trimmed($0) } }

  borrowing func rational(_ tag: ExifTag, isBigEndian: Bool) -> Double? {
    guard var bytes = bytes(tag), bytes.count == 8 else { return nil }
    if !isBigEndian { bytes = bytes[..<4].reversed() + bytes[4...].reversed() }
    let denominator = bytes.span.bigEndian32(at: 4)
    return denominator == 0 ? nil : Double(bytes.span.bigEndian32(at: 0)) / Double(denominator)
  }
}
