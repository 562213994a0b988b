/// Numbers and runs in foreign bytes. Each is bounds-checked by `Span`: callers check lengths first, so that a damaged
/// file is an error and not a trap.
extension Span<UInt8> {
  func copy(_ range: Range<Int>) -> [UInt8] {
    // Array has no initialiser that takes a Span; the buffer is only read, within the call.
    unsafe extracting(range).withUnsafeBufferPointer { unsafe Array($0) }
  }

  func bigEndian16(at offset: Int) -> Int { Int(self[offset]) << 8 | Int(self[offset + 1]) }

  func bigEndian32(at offset: Int) -> Int { bigEndian16(at: offset) << 16 | bigEndian16(at: offset + 2) }

  func littleEndian24(at offset: Int) -> Int {
    Int(self[offset]) | Int(self[offset + 1]) << 8 | Int(self[offset + 2]) << 16
  }

  func littleEndian32(at offset: Int) -> Int { littleEndian24(at: offset) | Int(self[offset + 3]) << 24 }

  /// Whether `expected` stands at `offset`, all of it before the end.
  func has(_ expected: some Collection<UInt8>, at offset: Int) -> Bool {
    guard offset >= 0, count - offset >= expected.count else { return false }
    var position = offset
    for byte in expected {
      if self[position] != byte { return false }
      position += 1
    }
    return true
  }
}

extension [UInt8] {
  mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    // As above: only read, within the call.
    unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  mutating func appendBigEndian16(_ number: Int) {
    append(UInt8(truncatingIfNeeded: number >> 8))
    append(UInt8(truncatingIfNeeded: number))
  }

  mutating func appendBigEndian32(_ number: Int) {
    appendBigEndian16(number >> 16)
    appendBigEndian16(number)
  }

  mutating func appendLittleEndian24(_ number: Int) {
    append(UInt8(truncatingIfNeeded: number))
    append(UInt8(truncatingIfNeeded: number >> 8))
    append(UInt8(truncatingIfNeeded: number >> 16))
  }

  mutating func appendLittleEndian32(_ number: Int) {
    appendLittleEndian24(number)
    append(UInt8(truncatingIfNeeded: number >> 24))
  }
}
