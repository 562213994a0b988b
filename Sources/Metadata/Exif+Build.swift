import CExif
import Raster

#if canImport(Glibc)
  import Glibc
#endif

extension Exif {
  /// A fresh block in big-endian order: the order in which every reader expects UserComment's UTF-16.
  ///
  /// Beside the fields it has what Exif 2.32 §4.6.8 demands of a compressed picture.
  ///
  /// - Throws: `tooLarge` beyond 64 KiB, which libexif itself does not mind.
  public static func build(_ fields: ExifFields) throws(MetadataError) -> [UInt8] {
    let builder = try ExifBuilder()
    try builder.add(text: fields.imageDescription, EXIF_TAG_IMAGE_DESCRIPTION)
    try builder.add(shorts: [Orientation.upright.rawValue], EXIF_TAG_ORIENTATION, in: EXIF_IFD_0)
    try builder.add(rational: fields.dotsPerInch, EXIF_TAG_X_RESOLUTION)
    try builder.add(rational: fields.dotsPerInch, EXIF_TAG_Y_RESOLUTION)
    // Inches.
    try builder.add(shorts: [2], EXIF_TAG_RESOLUTION_UNIT, in: EXIF_IFD_0)
    try builder.add(text: fields.software, EXIF_TAG_SOFTWARE)
    try builder.add(text: fields.artist, EXIF_TAG_ARTIST)
    // Centred.
    try builder.add(shorts: [1], EXIF_TAG_YCBCR_POSITIONING, in: EXIF_IFD_0)
    try builder.add(text: fields.copyright, EXIF_TAG_COPYRIGHT)
    try builder.add(bytes: Array("0232".utf8), EXIF_TAG_EXIF_VERSION)
    if let time = ExifTime(fields.dateTime) {
      try builder.add(text: time.local, EXIF_TAG_DATE_TIME)
      try builder.add(text: time.offset, EXIF_TAG_OFFSET_TIME, in: EXIF_IFD_EXIF)
    }
    // Y, Cb, Cr.
    try builder.add(bytes: [1, 2, 3, 0], EXIF_TAG_COMPONENTS_CONFIGURATION)
    if let comment = fields.userComment {
      let units = comment.utf16.filter { $0 != 0 }
      let bytes = units.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
      try builder.add(bytes: Array("UNICODE\0".utf8) + bytes, EXIF_TAG_USER_COMMENT)
    }
    try builder.add(bytes: Array("0100".utf8), EXIF_TAG_FLASH_PIX_VERSION)
    try builder.add(shorts: [fields.isSRGB ? 1 : 0xFFFF], EXIF_TAG_COLOR_SPACE, in: EXIF_IFD_EXIF)
    try builder.add(long: fields.size.width, EXIF_TAG_PIXEL_X_DIMENSION)
    try builder.add(long: fields.size.height, EXIF_TAG_PIXEL_Y_DIMENSION)
    let blob = try builder.finish()
    guard blob.count <= limit else { throw .tooLarge(.exif, bytes: blob.count, limit: limit, nil) }
    return blob
  }
}

/// RFC 3339 as EXIF writes it: local time and its offset from UTC in two tags.
struct ExifTime {
  let local: String
  let offset: String

  init?(_ text: String?) {
    guard let text, text.utf8.count >= 20 else { return nil }
    let bytes = Array(text.utf8)
    let shape = Array("0000-00-00T00:00:00".utf8)
    for (byte, expected) in zip(bytes, shape) {
      guard expected == 0x30 ? (0x30...0x39).contains(byte) : byte == expected else { return nil }
    }
    let zone = bytes.dropFirst(19).drop { $0 == 0x2E || (0x30...0x39).contains($0) }
    if zone.elementsEqual("Z".utf8) {
      offset = "+00:00"
    } else if zone.count == 6, zone.first == 0x2B || zone.first == 0x2D {
      offset = String(decoding: zone, as: UTF8.self)
    } else {
      return nil
    }
    let date = String(decoding: bytes[..<10], as: UTF8.self).split(separator: "-").joined(separator: ":")
    local = "\(date) \(String(decoding: bytes[11..<19], as: UTF8.self))"
  }
}

/// One libexif structure while it is filled. libexif counts references; each that is taken here is given back here.
@safe private struct ExifBuilder: ~Copyable {
  private let data: UnsafeMutablePointer<ExifData>
  private let memory: OpaquePointer

  init() throws(MetadataError) {
    // libexif's own allocator: what an entry holds must come from where it is freed.
    guard let memory = unsafe exif_mem_new_default() else { throw .exifNotBuilt(reason: "no memory") }
    guard let data = unsafe exif_data_new_mem(memory) else {
      unsafe exif_mem_unref(memory)
      throw .exifNotBuilt(reason: "no memory")
    }
    unsafe exif_data_set_byte_order(data, EXIF_BYTE_ORDER_MOTOROLA)
    unsafe self.data = data
    unsafe self.memory = memory
  }

  deinit {
    unsafe exif_data_unref(data)
    unsafe exif_mem_unref(memory)
  }

  /// ASCII with a closing NUL, by custom in UTF-8. `nil` and empty are not written.
  borrowing func add(text: String?, _ tag: ExifTag, in ifd: ExifIfd = EXIF_IFD_0) throws(MetadataError) {
    let bytes = (text ?? "").utf8.filter { $0 != 0 }
    if !bytes.isEmpty { try add(tag, ifd, EXIF_FORMAT_ASCII, count: bytes.count + 1, bytes + [0]) }
  }

  borrowing func add(shorts: [Int], _ tag: ExifTag, in ifd: ExifIfd) throws(MetadataError) {
    var bytes: [UInt8] = []
    for short in shorts { bytes.appendBigEndian16(short) }
    try add(tag, ifd, EXIF_FORMAT_SHORT, count: shorts.count, bytes)
  }

  borrowing func add(long: Int, _ tag: ExifTag) throws(MetadataError) {
    var bytes: [UInt8] = []
    bytes.appendBigEndian32(long)
    try add(tag, EXIF_IFD_EXIF, EXIF_FORMAT_LONG, count: 1, bytes)
  }

  borrowing func add(rational: Int, _ tag: ExifTag) throws(MetadataError) {
    var bytes: [UInt8] = []
    bytes.appendBigEndian32(rational)
    bytes.appendBigEndian32(1)
    try add(tag, EXIF_IFD_0, EXIF_FORMAT_RATIONAL, count: 1, bytes)
  }

  borrowing func add(bytes: [UInt8], _ tag: ExifTag) throws(MetadataError) {
    try add(tag, EXIF_IFD_EXIF, EXIF_FORMAT_UNDEFINED, count: bytes.count, bytes)
  }

  private borrowing func add(
    _ tag: ExifTag, _ ifd: ExifIfd, _ format: ExifFormat, count: Int, _ bytes: [UInt8]
  ) throws(MetadataError) {
    guard let size = ExifLong(exactly: bytes.count) else {
      throw .tooLarge(.exif, bytes: bytes.count, limit: Exif.limit, nil)
    }
    guard let entry = unsafe exif_entry_new_mem(memory) else { throw .exifNotBuilt(reason: "no memory") }
    // The directory keeps a reference of its own.
    defer { unsafe exif_entry_unref(entry) }
    guard let buffer = unsafe exif_mem_alloc(memory, size) else { throw .exifNotBuilt(reason: "no memory") }
    unsafe bytes.withUnsafeBytes {
      unsafe buffer.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(buffer), byteCount: $0.count)
    }
    unsafe entry.pointee.tag = tag
    unsafe entry.pointee.format = format
    unsafe entry.pointee.components = UInt(count)
    unsafe entry.pointee.data = buffer.assumingMemoryBound(to: UInt8.self)
    unsafe entry.pointee.size = size
    unsafe exif_content_add_entry(ifd == EXIF_IFD_0 ? data.pointee.ifd.0 : data.pointee.ifd.2, entry)
  }

  /// libexif always writes JPEG's prefix before the TIFF structure.
  borrowing func finish() throws(MetadataError) -> [UInt8] {
    var bytes: UnsafeMutablePointer<UInt8>?
    var count: UInt32 = 0
    unsafe exif_data_save_data(data, &bytes, &count)
    guard let bytes = unsafe bytes else { throw .exifNotBuilt(reason: "libexif wrote nothing") }
    defer { unsafe exif_mem_free(memory, bytes) }
    let blob = unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    guard blob.starts(with: JPEGSegments.exifPrefix) else {
      throw .exifNotBuilt(reason: "libexif wrote something else than EXIF")
    }
    return Array(blob.dropFirst(JPEGSegments.exifPrefix.count))
  }
}
