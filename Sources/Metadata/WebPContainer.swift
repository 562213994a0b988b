/// Metadata in WebP's RIFF chunks (RFC 9649 §2.7): ICCP, EXIF, `XMP `, and the VP8X chunk that announces them.
/// C2PA 2.1, appendix A, adds `C2PA`.
enum WebPContainer {
  /// VP8X's flags (§2.7.1).
  private enum Flag {
    static let animation: UInt8 = 0x02
    static let xmp: UInt8 = 0x04
    static let exif: UInt8 = 0x08
    static let alpha: UInt8 = 0x10
    static let icc: UInt8 = 0x20
    static let metadata = icc | exif | xmp
  }

  static let pixelChunks: Set<String> = ["ANIM", "ANMF", "ALPH", "VP8 ", "VP8L"]

  static func read(_ bytes: Span<UInt8>) throws(MetadataError) -> MetadataBlocks {
    let file = try WebPChunks(bytes)
    try check(file)
    var blocks = MetadataBlocks()
    blocks.hasUnread = file.end < bytes.count
    blocks.isMisplaced = isMisplaced(file, bytes)
    let pixels = try pixels(file, bytes)
    if pixels.hasMore { blocks.hasUnread = true }
    for chunk in file.chunks {
      switch chunk.name {
      case "VP8X": if chunk.data.count > 10 { blocks.hasUnread = true }
      case "EXIF": blocks.takeExif(bytes.copy(chunk.data))
      case "XMP ": blocks.takeXMP(bytes.copy(chunk.data))
      case "ICCP": blocks.takeICC(bytes.copy(chunk.data))
      case "C2PA": blocks.takeCredential(CredentialStore.finding(bytes, chunk.data))
      case let name where pixelChunks.contains(name): break
      default: blocks.hasUnread = true
      }
    }
    return blocks
  }

  static func rewrite(_ bytes: Span<UInt8>, with blocks: MetadataBlocks) throws(MetadataError) -> [UInt8] {
    let file = try WebPChunks(bytes)
    try check(file)
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + blocks.byteCount + 128)
    output.append(contentsOf: "RIFF\0\0\0\0WEBP".utf8)
    if let extended = try extendedHead(bytes, file, blocks) { WebPChunks.append("VP8X", extended, to: &output) }
    if let icc = blocks.icc { WebPChunks.append("ICCP", icc, to: &output) }
    for piece in try pixels(file, bytes).pieces {
      switch piece {
      case .whole(let range): output.append(bytes, range)
      case .anew(let name, let data): WebPChunks.append(name, data, to: &output)
      }
      if !output.count.isMultiple(of: 2) { output.append(0) }
    }
    if let exif = blocks.exif { WebPChunks.append("EXIF", exif, to: &output) }
    if let xmp = blocks.xmp { WebPChunks.append("XMP ", xmp, to: &output) }
    let size = output.count - 8
    guard size <= 0xFFFF_FFF6 else { throw .tooLarge(.xmp, bytes: blocks.byteCount, limit: 0xFFFF_FFF6, .webp) }
    for index in 0..<4 { output[4 + index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
    return output
  }

  /// Whether the head does not announce what is there, or a block stands on the wrong side of the pixels (§2.7): then
  /// libwebp and what is built on it do not see it.
  private static func isMisplaced(_ file: WebPChunks, _ bytes: Span<UInt8>) -> Bool {
    var present: UInt8 = 0
    var (hasPixels, isOutOfOrder) = (false, false)
    for chunk in file.chunks {
      switch chunk.name {
      case "ICCP":
        present |= Flag.icc
        if hasPixels { isOutOfOrder = true }
      case "EXIF":
        present |= Flag.exif
        if !hasPixels { isOutOfOrder = true }
      case "XMP ":
        present |= Flag.xmp
        if !hasPixels { isOutOfOrder = true }
      case let name where pixelChunks.contains(name): hasPixels = true
      default: break
      }
    }
    let head = file.chunks.first.flatMap { $0.name == "VP8X" ? bytes[$0.data.lowerBound] & Flag.metadata : nil }
    return isOutOfOrder || head ?? 0 != present
  }

  /// A picture is there, and the chunk that says how to read the file comes first.
  private static func check(_ file: WebPChunks) throws(MetadataError) {
    guard file.chunks.contains(where: { ["VP8 ", "VP8L", "ANMF"].contains($0.name) }) else {
      throw .malformed(.webp, structure: "file", offset: 0, reason: "it has no picture")
    }
    for (index, chunk) in file.chunks.enumerated() where chunk.name == "VP8X" {
      guard index == 0, chunk.data.count >= 10 else {
        throw .malformed(
          .webp, structure: "VP8X chunk", offset: chunk.whole.lowerBound, reason: "it is cut or not the first")
      }
    }
  }

  /// VP8X's ten bytes: flags, three reserved, canvas width and height less one. `nil` when the file is simple and stays
  /// so.
  private static func extendedHead(
    _ bytes: Span<UInt8>, _ file: WebPChunks, _ blocks: MetadataBlocks
  ) throws(MetadataError) -> [UInt8]? {
    var flags: UInt8 = 0
    var canvas: [UInt8] = []
    if let head = file.chunks.first, head.name == "VP8X" {
      flags = bytes[head.data.lowerBound] & (Flag.alpha | Flag.animation)
      canvas = bytes.copy(head.data.lowerBound + 4..<head.data.lowerBound + 10)
    } else {
      guard blocks.icc != nil || blocks.exif != nil || blocks.xmp != nil else { return nil }
      let frame = try file.simpleFrame(bytes)
      if frame.hasAlpha { flags = Flag.alpha }
      canvas.appendLittleEndian24(frame.size.width - 1)
      canvas.appendLittleEndian24(frame.size.height - 1)
    }
    if blocks.icc != nil { flags |= Flag.icc }
    if blocks.exif != nil { flags |= Flag.exif }
    if blocks.xmp != nil { flags |= Flag.xmp }
    return [flags, 0, 0, 0] + canvas
  }
}
