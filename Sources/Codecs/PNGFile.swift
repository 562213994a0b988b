import CDeflate

/// A PNG file that is being written, chunk by chunk (PNG Third Edition 5).
struct PNGFile {
  private(set) var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// - Precondition: `type` has four letters, `data` less than 2^31 bytes in all.
  mutating func append(_ type: StaticString, _ data: ArraySlice<UInt8>...) {
    let count = data.reduce(0) { $0 + $1.count }
    append(UInt32(count))
    let start = bytes.count
    unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: type.utf8Start, count: type.utf8CodeUnitCount))
    for piece in data { bytes.append(contentsOf: piece) }
    // Over type and data (5.5); read by the library for the length of the call.
    let checksum = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe libdeflate_crc32(0, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
    }
    append(checksum)
  }

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

  private mutating func append(_ number: UInt32) { bytes.append(contentsOf: number.bigEndianBytes) }
}

extension UInt32 {
  var bigEndianBytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) } }
}
