/// A PNG file cut into its chunks (PNG Third Edition §5.3).
struct PNGChunks {
  struct Chunk {
    /// Four ASCII letters, as a big-endian number.
    let type: UInt32
    /// Length, type, data and checksum. Neighbouring chunks of pixels are one piece.
    var whole: Range<Int>
    let data: Range<Int>

    var name: String { String(latin1: (0..<4).map { UInt8(truncatingIfNeeded: type >> (24 - 8 * $0)) }) }

    /// Whether the chunk decides what the pixels are or how they are shown: its bytes are kept as they stand.
    var belongsToPixels: Bool { isCritical || PNGChunks.pixelChunks.contains(type) }

    /// Bit 5 of the first letter is 0 (§5.4).
    var isCritical: Bool { type & 0x2000_0000 == 0 }
  }

  /// A file of pixels alone has one or two; text chunks are rarely more than ten.
  static let limit = 65_536

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Colour space, significant bits, transparency, background, histogram, mastering display and light level,
  /// and animation.
  private static let pixelChunks: Set<UInt32> = Set(
    [
      "gAMA", "cHRM", "sRGB", "cICP", "sBIT", "tRNS", "bKGD", "hIST", "mDCV", "mDCv", "cLLI", "cLLi", "acTL", "fcTL",
      "fdAT",
    ]
    .map(type))

  private static let criticalChunks: Set<UInt32> = Set(["IHDR", "PLTE", "IDAT", "IEND"].map(type))

  static func type(_ name: String) -> UInt32 { name.utf8.reduce(0) { $0 << 8 | UInt32($1) } }

  let chunks: [Chunk]
  /// After IEND. What follows is no part of the picture.
  let end: Int

  init(_ bytes: Span<UInt8>) throws(MetadataError) {
    guard bytes.has(Self.signature, at: 0) else { throw .notAnImage }
    let (header, data, finish) = (Self.type("IHDR"), Self.type("IDAT"), Self.type("IEND"))
    var chunks: [Chunk] = []
    var hasPixels = false
    var position = Self.signature.count
    while true {
      guard bytes.count - position >= 12 else { throw .truncated(.png, structure: "chunk", offset: position) }
      let length = bytes.bigEndian32(at: position)
      guard length <= 0x7FFF_FFFF else {
        throw .malformed(.png, structure: "chunk", offset: position, reason: "its length of \(length) is beyond 2^31")
      }
      guard (position + 4..<position + 8).allSatisfy({ Self.isLetter(bytes[$0]) }) else {
        throw .malformed(.png, structure: "chunk", offset: position, reason: "its type is not four letters")
      }
      guard bytes.count - position - 12 >= length else {
        throw .truncated(.png, structure: "chunk", offset: position)
      }
      let type = UInt32(truncatingIfNeeded: bytes.bigEndian32(at: position + 4))
      let whole = position..<position + 12 + length
      let chunk = Chunk(type: type, whole: whole, data: position + 8..<position + 8 + length)
      position = whole.upperBound
      if chunks.isEmpty {
        guard type == header, length == 13 else {
          throw .malformed(.png, structure: "chunk", offset: whole.lowerBound, reason: "the first one must be IHDR")
        }
      }
      // Metadata is written behind the header.
      guard chunks.isEmpty || type != header else {
        throw .malformed(.png, structure: "IHDR", offset: whole.lowerBound, reason: "it is the second one")
      }
      // It would be copied, and no decoder that does not know it may show the picture (§5.4).
      guard !chunk.isCritical || Self.criticalChunks.contains(type) else {
        throw .malformed(
          .png, structure: chunk.name, offset: whole.lowerBound, reason: "it is critical, and not known")
      }
      hasPixels = hasPixels || type == data
      if type == data, let last = chunks.last, last.type == data {
        chunks[chunks.count - 1].whole = last.whole.lowerBound..<whole.upperBound
      } else {
        guard chunks.count < Self.limit else { throw .tooManyPieces(.png, limit: Self.limit) }
        chunks.append(chunk)
      }
      if type == finish {
        guard hasPixels else {
          throw .malformed(.png, structure: "IEND", offset: whole.lowerBound, reason: "there is no IDAT before it")
        }
        self.chunks = chunks
        end = position
        return
      }
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  /// Whether a chunk's checksum, over type and data, is the one written after it (§5.5).
  ///
  /// - Precondition: the chunk is a single one, not a run of IDAT.
  static func isWhole(_ chunk: Chunk, _ bytes: Span<UInt8>) -> Bool {
    let stored = UInt32(truncatingIfNeeded: bytes.bigEndian32(at: chunk.data.upperBound))
    return Zlib.checksum(bytes, chunk.data.lowerBound - 4..<chunk.data.upperBound) == stored
  }

  /// - Precondition: the data has less than 2^31 bytes.
  static func append(_ name: String, _ data: [UInt8], to output: inout [UInt8]) {
    output.appendBigEndian32(data.count)
    let start = output.count
    output.append(contentsOf: name.utf8)
    output.append(contentsOf: data)
    let checksum = Zlib.checksum(output.span, start..<output.count)
    output.appendBigEndian32(Int(checksum))
  }
}
