import CDeflate

/// A deflate stream made by hand (RFC 1951), also of codes that no compressor writes.
struct DeflateBits {
  private(set) var bits: [UInt8] = []

  /// A number, its lowest bit first.
  mutating func number(_ value: Int, _ count: Int) { bits += (0..<count).map { UInt8(value >> $0 & 1) } }

  /// A code, its first bit first.
  mutating func code(_ code: (value: Int, count: Int)) {
    bits += (0..<code.count).reversed().map { UInt8(code.value >> $0 & 1) }
  }

  mutating func code(_ value: Int, _ count: Int) { code((value, count)) }

  /// Zeros as they are; what follows begins with a byte.
  mutating func stored(zeros count: Int) {
    number(0, 3)
    number(0, (8 - bits.count % 8) % 8)
    number(count, 16)
    number(~count & 0xFFFF, 16)
    number(0, count * 8)
  }

  /// The codes of 3.2.2.
  static func codes(_ lengths: [Int]) -> [(value: Int, count: Int)] {
    var codes = [(value: Int, count: Int)](repeating: (0, 0), count: lengths.count)
    var next = 0
    for count in 1...15 {
      for symbol in lengths.indices where lengths[symbol] == count {
        codes[symbol] = (next, count)
        next += 1
      }
      next *= 2
    }
    return codes
  }

  /// One step of how lengths are stored: a length, or a repetition with its extra bits.
  enum Step {
    case length(Int)
    case run(symbol: Int, extra: Int, bits: Int)
  }

  /// The beginning of a last block with codes of its own (3.2.7).
  ///
  /// - Parameter lengthCodes: of the nineteen symbols that lengths are stored with.
  mutating func dynamic(
    _ steps: [Step], literals: Int, distances: Int, lengthCodes: [Int] = Array(repeating: 4, count: 16) + [0, 0, 0]
  ) {
    number(1, 1)
    number(2, 2)
    number(literals - 257, 5)
    number(distances - 1, 5)
    number(15, 4)
    for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] { number(lengthCodes[symbol], 3) }
    let codes = Self.codes(lengthCodes)
    for step in steps {
      switch step {
      case .length(let length): code(codes[length])
      case .run(let symbol, let extra, let bits):
        code(codes[symbol])
        number(extra, bits)
      }
    }
  }

  /// A stream of zlib's, of so many zeros.
  func stream(ofZeros count: Int) -> [UInt8] {
    let padded = bits + [UInt8](repeating: 0, count: (8 - bits.count % 8) % 8)
    let bytes = stride(from: 0, to: padded.count, by: 8).map { start in
      (0..<8).reduce(UInt8(0)) { $0 | padded[start + $1] << UInt8($1) }
    }
    let zeros = [UInt8](repeating: 0, count: count)
    return [0x78, 0x01] + bytes + libdeflate_adler32(1, zeros, count).fourBytes
  }
}
