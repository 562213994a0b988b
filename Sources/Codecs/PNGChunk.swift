import CDeflate
import Raster

/// A chunk's place among the bytes of a file (PNG Third Edition 5.3).
struct PNGChunk {
  /// The chunks that are read; all others are skipped, or refused where they are critical.
  enum Kind: UInt32 {
    /// `IHDR`
    case header = 0x4948_4452
    /// `PLTE`
    case palette = 0x504C_5445
    /// `tRNS`
    case transparency = 0x7452_4E53
    /// `acTL`, of which only the number of frames counts.
    case animation = 0x6163_544C
    /// `IDAT`
    case pixels = 0x4944_4154
    /// `IEND`
    case end = 0x4945_4E44
  }

  /// Where its data lie. Those of a cut file reach beyond its end.
  let data: Range<Int>
  /// Four letters, the first one in the highest byte.
  private let type: UInt32

  /// Reads the eight bytes before the data.
  init(at offset: Int, of bytes: Span<UInt8>) throws(CodecError) {
    guard bytes.count - offset >= 8 else { throw .truncated(.png) }
    let count = bytes.bigEndian32(at: offset)
    guard count <= 0x7FFF_FFFF else { throw .malformed(.png, reason: "PNG unsigned integer out of range") }
    data = offset + 8..<offset + 8 + Int(count)
    type = bytes.bigEndian32(at: offset + 4)
    for index in 0..<4 where !Self.isLetter(letter(index)) { throw malformed("invalid chunk type") }
  }

  /// `nil` for a chunk that no pixel depends on, and for one that is not known.
  var kind: Kind? { Kind(rawValue: type) }

  /// A decoder that does not know it must not show the picture (5.4).
  var isCritical: Bool { letter(0) & 0x20 == 0 }

  /// Where the next chunk begins.
  var end: Int { data.upperBound + 4 }

  func requireWhole(in bytes: Span<UInt8>) throws(CodecError) {
    if end > bytes.count { throw .truncated(.png) }
  }

  /// Refuses data that are cut, or other ones than were written.
  func requireSound(in bytes: Span<UInt8>) throws(CodecError) {
    try requireWhole(in: bytes)
    // Over type and data (5.5); read by the library for the length of the call.
    let checksum = unsafe bytes.extracting(data.lowerBound - 4..<data.upperBound).withUnsafeBufferPointer { buffer in
      unsafe libdeflate_crc32(0, buffer.baseAddress, buffer.count)
    }
    if checksum != bytes.bigEndian32(at: data.upperBound) { throw malformed("CRC error") }
  }

  /// `IHDR: out of place`.
  func malformed(_ reason: String) -> CodecError {
    let digits = Array("0123456789ABCDEF")
    let name = (0..<4).map(letter).map { letter in
      Self.isLetter(letter)
        ? String(Unicode.Scalar(letter)) : "[\(digits[Int(letter) / 16])\(digits[Int(letter) % 16])]"
    }
    return .malformed(.png, reason: "\(name.joined()): \(reason)")
  }

  private func letter(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: type >> (24 - 8 * UInt32(index))) }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}

extension Span<UInt8> {
  func bigEndian16(at offset: Int) -> UInt16 { UInt16(self[offset]) << 8 | UInt16(self[offset + 1]) }

  func bigEndian32(at offset: Int) -> UInt32 {
    UInt32(bigEndian16(at: offset)) << 16 | UInt32(bigEndian16(at: offset + 2))
  }
}
