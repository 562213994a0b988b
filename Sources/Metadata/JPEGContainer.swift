/// Metadata in JPEG's application segments.
///
/// Sources: ITU-T T.81 Annex B (segments), T.871 (JFIF), Exif 2.32 §4.5.4 and §4.7.2 (APP1), XMP specification part 3
/// (APP1), ICC.1:2022 §B.4 (APP2), Photoshop's file format specification (APP13), C2PA 2.1 appendix A (APP11).
enum JPEGContainer {
  /// A segment's length counts itself and has two bytes.
  static let payloadLimit = 65_533
  static let exifLimit = payloadLimit - JPEGSegments.exifPrefix.count
  /// The XMP specification, part 3, leaves two bytes free.
  static let xmpLimit = 65_502
  /// `Adobe`, version, two flags, transform. What follows in a longer segment decides nothing.
  static let adobeLength = 12
  static let iccChunkLimit = payloadLimit - JPEGSegments.iccPrefix.count - 2
  static let photoshopChunkLimit = payloadLimit - JPEGSegments.photoshopPrefix.count

  static func read(_ bytes: Span<UInt8>) throws(MetadataError) -> MetadataBlocks {
    let file = try JPEGSegments(bytes)
    var blocks = MetadataBlocks()
    var extended = ExtendedXMP()
    var profile = ICCChunks()
    var photoshop: [UInt8] = []
    var boxes = JUMBFPackets()
    var hasJFIF = false
    blocks.hasUnread = file.end < bytes.count
    for segment in file.segments {
      let payload = segment.payload
      switch segment.kind {
      case .pixels: if segment.isPadded { blocks.hasUnread = true }
      case .adobe: if payload.count > adobeLength { blocks.hasUnread = true }
      case .jfif:
        if hasJFIF || payload.count > 14 { blocks.hasUnread = true }
        if !hasJFIF { blocks.density = density(bytes, jfif: payload.lowerBound) }
        hasJFIF = true
      case .exif:
        // Some writers put another byte than NUL sixth, and some readers look for NUL.
        if bytes[payload.lowerBound + 5] != 0 { blocks.isMisplaced = true }
        blocks.takeExif(bytes.copy(payload.lowerBound + JPEGSegments.exifPrefix.count..<payload.upperBound))
      case .xmp:
        blocks.takeXMP(bytes.copy(payload.lowerBound + JPEGSegments.xmpPrefix.count..<payload.upperBound))
      case .extendedXMP: extended.take(bytes, payload)
      case .icc: profile.take(bytes, payload)
      case .photoshop:
        if payload.count == JPEGSegments.photoshopPrefix.count { blocks.hasUnread = true }
        photoshop.append(bytes, payload.lowerBound + JPEGSegments.photoshopPrefix.count..<payload.upperBound)
      case .jumbf: boxes.take(bytes, payload)
      case .comment:
        blocks.takeText(TextBlock(keyword: TextBlock.comment, text: String(comment: bytes.copy(payload))))
      case .other: blocks.hasUnread = true
      }
    }
    profile.finish(into: &blocks)
    extended.finish(into: &blocks)
    boxes.finish(bytes, into: &blocks)
    if !photoshop.isEmpty { PhotoshopResources.read(photoshop, into: &blocks) }
    return blocks
  }

  static func rewrite(_ bytes: Span<UInt8>, with blocks: MetadataBlocks) throws(MetadataError) -> [UInt8] {
    let file = try JPEGSegments(bytes)
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + blocks.byteCount + 1024)
    output.append(contentsOf: [0xFF, 0xD8])
    let jfif = file.segments.first { $0.kind == .jfif }
    if jfif != nil || (blocks.density != nil && mayTakeJFIF(bytes, file)) {
      var payload = Array("JFIF\0".utf8)
      if let jfif {
        payload.append(bytes, jfif.payload.lowerBound + 5..<jfif.payload.lowerBound + 7)
      } else {
        payload.append(contentsOf: [1, 2])
      }
      appendDensity(blocks.density, to: &payload)
      // No thumbnail.
      payload.append(contentsOf: [0, 0])
      appendSegment(0xE0, [payload], to: &output)
    }
    try appendMetadata(blocks, to: &output)
    for segment in file.segments {
      switch segment.kind {
      case .pixels where !segment.isPadded: output.append(bytes, segment.whole)
      case .adobe:
        let start = segment.payload.lowerBound
        appendSegment(segment.marker, [bytes.copy(start..<start + adobeLength)], to: &output)
      default: break
      }
    }
    return output
  }

  private static func appendMetadata(_ blocks: MetadataBlocks, to output: inout [UInt8]) throws(MetadataError) {
    if let exif = blocks.exif {
      guard exif.count <= exifLimit else { throw .tooLarge(.exif, bytes: exif.count, limit: exifLimit, .jpeg) }
      appendSegment(0xE1, [JPEGSegments.exifPrefix, exif], to: &output)
    }
    if let xmp = blocks.xmp {
      try append(xmp: xmp, to: &output)
    }
    if let icc = blocks.icc {
      let count = (icc.count + iccChunkLimit - 1) / iccChunkLimit
      guard (1...255).contains(count) else {
        throw .tooLarge(.icc, bytes: icc.count, limit: 255 * iccChunkLimit, .jpeg)
      }
      for index in 0..<count {
        let chunk = icc[index * iccChunkLimit..<min(icc.count, (index + 1) * iccChunkLimit)]
        appendSegment(0xE2, [JPEGSegments.iccPrefix[...], [UInt8(index + 1), UInt8(count)], chunk], to: &output)
      }
    }
    if let iptc = blocks.iptc {
      let resource = PhotoshopResources.resource(iptc: iptc)
      for start in stride(from: 0, to: resource.count, by: photoshopChunkLimit) {
        let chunk = resource[start..<min(resource.count, start + photoshopChunkLimit)]
        appendSegment(0xED, [JPEGSegments.photoshopPrefix[...], chunk], to: &output)
      }
    }
    for text in blocks.texts {
      let comment = Array(text.text.utf8)
      guard comment.count <= payloadLimit else {
        throw .tooLarge(.text, bytes: comment.count, limit: payloadLimit, .jpeg)
      }
      appendSegment(0xFE, [comment], to: &output)
    }
  }

  /// One segment, or a main packet and its extension.
  private static func append(xmp: [UInt8], to output: inout [UInt8]) throws(MetadataError) {
    guard xmp.count > xmpLimit else {
      return appendSegment(0xE1, [JPEGSegments.xmpPrefix, xmp], to: &output)
    }
    let parts = ExtendedXMP.parts(of: xmp) ?? ExtendedXMP.arranged(xmp).flatMap { ExtendedXMP.parts(of: $0) }
    guard let parts else { throw .tooLarge(.xmp, bytes: xmp.count, limit: xmpLimit, .jpeg) }
    appendSegment(0xE1, [JPEGSegments.xmpPrefix, parts.main], to: &output)
    for portion in parts.portions { appendSegment(0xE1, [portion], to: &output) }
  }

  /// - Precondition: the parts have at most `payloadLimit` bytes together.
  private static func appendSegment(_ marker: UInt8, _ parts: [some Collection<UInt8>], to output: inout [UInt8]) {
    output.append(contentsOf: [0xFF, marker])
    output.appendBigEndian16(2 + parts.reduce(0) { $0 + $1.count })
    for part in parts { output.append(contentsOf: part) }
  }

  /// JFIF's density (T.871 §10.1). `nil` for "square pixels, unit unknown", which is how JFIF says nothing.
  private static func density(_ bytes: Span<UInt8>, jfif start: Int) -> Density? {
    let (horizontal, vertical) = (bytes.bigEndian16(at: start + 8), bytes.bigEndian16(at: start + 10))
    guard horizontal > 0, vertical > 0 else { return nil }
    switch bytes[start + 7] {
    case 0: return horizontal == vertical ? nil : Density(horizontal: horizontal, vertical: vertical, unit: .aspect)
    case 1: return Density(horizontal: horizontal, vertical: vertical, unit: .inch)
    case 2: return Density(horizontal: horizontal, vertical: vertical, unit: .centimetre)
    default: return nil
    }
  }

  private static func appendDensity(_ density: Density?, to payload: inout [UInt8]) {
    let stated = density?.expressed(for: .jpeg)
    let unit: UInt8 =
      switch stated?.unit {
      case .inch?: 1
      case .centimetre?: 2
      case .aspect?, .metre?, nil: 0
      }
    payload.append(unit)
    payload.appendBigEndian16(stated?.horizontal ?? 1)
    payload.appendBigEndian16(stated?.vertical ?? 1)
  }

  /// Whether a JFIF segment may be added without changing how decoders read the pixels: JFIF says grey or YCbCr, so a
  /// file whose Adobe segment or component names say RGB, or that has four components, must not get one.
  private static func mayTakeJFIF(_ bytes: Span<UInt8>, _ file: JPEGSegments) -> Bool {
    let frame = file.segments.first { (0xC0...0xCF).contains($0.marker) && ![0xC4, 0xC8, 0xCC].contains($0.marker) }
    guard let frame, frame.payload.count >= 6 else { return false }
    let start = frame.payload.lowerBound
    let components = Int(bytes[start + 5])
    guard frame.payload.count >= 6 + 3 * components else { return false }
    if components == 1 { return true }
    guard components == 3, (0..<3).allSatisfy({ bytes[start + 6 + 3 * $0] == UInt8($0 + 1) }) else { return false }
    let adobe = file.segments.first { $0.kind == .adobe }
    // The transform is Adobe's twelfth byte; 1 is YCbCr.
    return adobe.map { bytes[$0.payload.lowerBound + 11] == 1 } ?? true
  }
}

extension String {
  /// A JPEG comment says nothing of its encoding: UTF-8 where it is that, else Latin-1. Closing NULs are no text.
  fileprivate init(comment bytes: [UInt8]) {
    var bytes = bytes[...]
    while bytes.last == 0 { bytes.removeLast() }
    self = String(validating: bytes, as: UTF8.self) ?? String(latin1: bytes)
  }
}
