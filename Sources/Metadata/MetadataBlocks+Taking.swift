import Raster

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
    if blob.starts(with: JPEGSegments.exifPrefix) { blob = blob.dropFirst(JPEGSegments.exifPrefix.count) }
    guard blob.starts(with: [0x49, 0x49, 0x2A, 0x00]) || blob.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) else {
      warnings.append(.damaged(.exif, reason: "it does not begin like a TIFF structure"))
      return
    }
    exif = Array(blob)
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

extension Density {
  /// The same density in a unit that the container can state; `nil` where it has no place or the number does not fit.
  public func expressed(for format: ImageFormat) -> Density? {
    switch (format, unit) {
    case (.webp, _): return nil
    case (.jpeg, .metre):
      return Density(
        horizontal: (horizontal * 254 + 5000) / 10_000, vertical: (vertical * 254 + 5000) / 10_000, unit: .inch
      )
      .fitting(0xFFFF)
    case (.jpeg, _): return fitting(0xFFFF)
    case (.png, .inch):
      return Density(
        horizontal: (horizontal * 10_000 + 127) / 254, vertical: (vertical * 10_000 + 127) / 254, unit: .metre
      ).fitting(0x7FFF_FFFF)
    case (.png, .centimetre):
      return Density(horizontal: horizontal * 100, vertical: vertical * 100, unit: .metre).fitting(0x7FFF_FFFF)
    case (.png, _): return fitting(0x7FFF_FFFF)
    }
  }

  private func fitting(_ limit: Int) -> Density? {
    (1...limit).contains(horizontal) && (1...limit).contains(vertical) ? self : nil
  }
}

extension String {
  init(latin1 bytes: some Sequence<UInt8>) {
    self.init(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// `nil` when a character is beyond Latin-1.
  var latin1: [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
