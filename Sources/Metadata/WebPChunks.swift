import Raster

/// A WebP file cut into its RIFF chunks (RFC 9649 §2.3).
struct WebPChunks {
  struct Chunk {
    let name: String
    /// Head, data and padding.
    let whole: Range<Int>
    let data: Range<Int>
  }

  /// Animations have one chunk a frame.
  static let limit = 65_536

  let chunks: [Chunk]
  /// After the last chunk that the RIFF head counts.
  let end: Int

  init(_ bytes: Span<UInt8>) throws(MetadataError) {
    guard bytes.count >= 12 else { throw .truncated(.webp, structure: "RIFF head", offset: 0) }
    guard bytes.has("RIFF".utf8, at: 0), bytes.has("WEBP".utf8, at: 8) else { throw .notAnImage }
    let size = bytes.littleEndian32(at: 4)
    guard size >= 4, size <= 0xFFFF_FFF6 else {
      throw .malformed(.webp, structure: "RIFF head", offset: 0, reason: "its size of \(size) is impossible")
    }
    guard bytes.count - 8 >= size else { throw .truncated(.webp, structure: "RIFF file", offset: 0) }
    end = 8 + size
    var chunks: [Chunk] = []
    var position = 12
    while position < end {
      guard end - position >= 8 else {
        throw .malformed(.webp, structure: "chunk", offset: position, reason: "its head is cut")
      }
      let length = bytes.littleEndian32(at: position + 4)
      let data = position + 8
      guard end - data >= length else {
        throw .malformed(.webp, structure: "chunk", offset: position, reason: "it reaches beyond the file")
      }
      // Some writers leave the last padding byte out.
      let next = min(end, data + length + length % 2)
      guard chunks.count < Self.limit else { throw .tooManyPieces(.webp, limit: Self.limit) }
      let name = String(latin1: (position..<position + 4).map { bytes[$0] })
      chunks.append(Chunk(name: name, whole: position..<next, data: data..<data + length))
      position = next
    }
    self.chunks = chunks
  }

  /// The first frame's own size and whether it has alpha, as a simple file states them.
  ///
  /// Sources: RFC 6386 §9.1 (VP8), RFC 9649 §3.4 (VP8L).
  func simpleFrame(_ bytes: Span<UInt8>) throws(MetadataError) -> (size: Size, hasAlpha: Bool) {
    guard let frame = chunks.first(where: { $0.name == "VP8 " || $0.name == "VP8L" }) else {
      throw .malformed(.webp, structure: "file", offset: 0, reason: "it has no picture")
    }
    let start = frame.data.lowerBound
    let (width, height, hasAlpha): (Int, Int, Bool)
    if frame.name == "VP8 " {
      guard frame.data.count >= 10, bytes.has([0x9D, 0x01, 0x2A], at: start + 3) else {
        throw .malformed(.webp, structure: "VP8 chunk", offset: start, reason: "its frame head is damaged")
      }
      width = bytes.littleEndian24(at: start + 6) & 0x3FFF
      height = bytes.littleEndian24(at: start + 7) >> 8 & 0x3FFF
      hasAlpha = false
    } else {
      guard frame.data.count >= 5, bytes[start] == 0x2F else {
        throw .malformed(.webp, structure: "VP8L chunk", offset: start, reason: "its head is damaged")
      }
      let head = bytes.littleEndian32(at: start + 1)
      width = head & 0x3FFF + 1
      height = head >> 14 & 0x3FFF + 1
      hasAlpha = head >> 28 & 1 == 1
    }
    guard width > 0, height > 0 else {
      throw .malformed(.webp, structure: "frame", offset: start, reason: "it has no pixels")
    }
    return (Size(width: width, height: height), hasAlpha)
  }

  static func append(_ name: String, _ data: [UInt8], to output: inout [UInt8]) {
    output.append(contentsOf: name.utf8)
    output.appendLittleEndian32(data.count)
    output.append(contentsOf: data)
    if !data.count.isMultiple(of: 2) { output.append(0) }
  }
}
