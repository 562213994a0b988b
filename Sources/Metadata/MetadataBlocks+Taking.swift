/// How containers put what they find into blocks: the first of each kind counts, a second is unread.
extension MetadataBlocks {
  /// Takes a TIFF structure, with or without the prefix that belongs into JPEG alone: libvips 8.14, old Pillow and
  /// ImageMagick wrote it into WebP too.
  mutating func takeExif(_ found: [UInt8]) {
    guard exif == nil else {
      hasUnread = true
      return
    }
    var blob = found[...]
    if blob.starts(with: JPEGSegments.exifPrefix) {
      blob = blob.dropFirst(JPEGSegments.exifPrefix.count)
      isMisplaced = true
    }
    guard blob.starts(with: [0x49, 0x49, 0x2A, 0x00]) || blob.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) else {
      warnings.append(.damaged(.exif, reason: "it does not begin like a TIFF structure"))
      return
    }
    exif = Array(blob)
  }

  /// Any number of texts is no picture's: those beyond this are unread.
  static let textLimit = 1_024

  mutating func takeText(_ text: TextBlock) {
    if texts.count < Self.textLimit {
      texts.append(text)
    } else {
      let warning = MetadataWarning.dropped(.text, reason: "there are more than \(Self.textLimit)")
      if warnings.last != warning { warnings.append(warning) }
      hasUnread = true
    }
  }

  mutating func takeXMP(_ found: [UInt8]) {
    guard xmp == nil else {
      hasUnread = true
      return
    }
    guard !found.isEmpty else {
      warnings.append(.damaged(.xmp, reason: "it is empty"))
      return
    }
    xmp = found
  }

  /// Takes a profile whose header holds (ICC.1:2022 §7.2): its size, and `acsp` at byte 36.
  mutating func takeICC(_ found: [UInt8]) {
    guard icc == nil else {
      hasUnread = true
      return
    }
    guard found.count >= 128, found.span.has("acsp".utf8, at: 36) else {
      warnings.append(.damaged(.icc, reason: "it does not begin like a profile"))
      return
    }
    let size = found.span.bigEndian32(at: 0)
    guard size <= found.count else {
      warnings.append(.damaged(.icc, reason: "it claims \(size) bytes and has \(found.count)"))
      return
    }
    icc = found
  }

  /// Bytes of all blocks, for reserving memory.
  var byteCount: Int {
    let sizes = [exif, xmp, icc, iptc].map { $0?.count ?? 0 } + texts.map { $0.text.utf8.count + 128 }
    return sizes.reduce(0, +)
  }
}
