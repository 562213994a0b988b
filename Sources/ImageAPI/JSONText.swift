/// The inside of a JSON string (RFC 8259 §7), which may come in pieces: escapes are resolved, UTF-8 is checked.
struct JSONText {
  enum Step {
    /// The closing quote.
    case end
    /// A byte of the text: as it stands there, or the one that an escape means.
    case byte(UInt8)
    /// An escaped character that has several bytes.
    case character(Unicode.Scalar)
    /// In the middle of an escape.
    case nothing
  }

  private enum State {
    case plain
    /// Within a character of several bytes: how many follow, and the bounds of the next one.
    case continuation(left: UInt8, low: UInt8, high: UInt8)
    case backslash
    case hexadecimal(digits: Int, unit: UInt32)
  }

  private var state = State.plain
  /// A high surrogate; the low one must follow at once.
  private var high: UInt32?

  /// Nothing is begun: no escape, no character of several bytes. Bytes may be skipped up to the next special one.
  var isPlain: Bool { if case .plain = state { high == nil } else { false } }

  mutating func take(_ byte: UInt8) throws(JSONFault) -> Step {
    switch state {
    case .plain:
      guard high == nil || byte == UInt8(ascii: "\\") else { throw .loneSurrogate }
      return try begin(byte)
    case .continuation(let left, let low, let high):
      guard low <= byte, byte <= high else { throw .invalidUTF8 }
      state = left > 1 ? .continuation(left: left - 1, low: 0x80, high: 0xBF) : .plain
      return .byte(byte)
    case .backslash:
      return try escape(byte)
    case .hexadecimal(let digits, let before):
      guard let digit = Self.hexadecimalDigit(byte) else { throw .badEscape }
      let unit = before << 4 | digit
      guard digits == 3 else {
        state = .hexadecimal(digits: digits + 1, unit: unit)
        return .nothing
      }
      state = .plain
      return try character(unit)
    }
  }

  /// The end of the run of plain ASCII that begins at an offset: no quote, no backslash, no control character.
  static func endOfRun(_ bytes: Span<UInt8>, from start: Int) -> Int {
    var offset = start
    while bytes.count - offset >= 8 {
      let eight = bytes.extracting(offset..<offset + 8)
      let low = UInt64(eight[0]) | UInt64(eight[1]) << 8 | UInt64(eight[2]) << 16 | UInt64(eight[3]) << 24
      let upper = UInt64(eight[4]) << 32 | UInt64(eight[5]) << 40 | UInt64(eight[6]) << 48 | UInt64(eight[7]) << 56
      guard !Self.hasSpecial(low | upper) else { break }
      offset += 8
    }
    while offset < bytes.count, !isSpecial(bytes[offset]) { offset += 1 }
    return offset
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  /// One of eight bytes is special. Where no high bit is set, `x - n` borrows into a byte's high bit for the first byte
  /// that is below `n`, and `x ^ c` is 0, thus below 1, where a byte equals `c`.
  private static func hasSpecial(_ eight: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let controls = eight &- ones &* 0x20
    let quotes = (eight ^ ones &* UInt64(UInt8(ascii: "\""))) &- ones
    let backslashes = (eight ^ ones &* UInt64(UInt8(ascii: "\\"))) &- ones
    return (eight | controls | quotes | backslashes) & (ones &* 0x80) != 0
  }

  private mutating func begin(_ byte: UInt8) throws(JSONFault) -> Step {
    switch byte {
    case UInt8(ascii: "\""): return .end
    case UInt8(ascii: "\\"):
      state = .backslash
      return .nothing
    case 0..<0x20: throw .controlCharacter(byte)
    case ..<0x80: return .byte(byte)
    // The well-formed sequences of Unicode 16, table 3-7.
    case 0xC2...0xDF: state = .continuation(left: 1, low: 0x80, high: 0xBF)
    case 0xE0: state = .continuation(left: 2, low: 0xA0, high: 0xBF)
    case 0xED: state = .continuation(left: 2, low: 0x80, high: 0x9F)
    case 0xE1...0xEF: state = .continuation(left: 2, low: 0x80, high: 0xBF)
    case 0xF0: state = .continuation(left: 3, low: 0x90, high: 0xBF)
    case 0xF1...0xF3: state = .continuation(left: 3, low: 0x80, high: 0xBF)
    case 0xF4: state = .continuation(left: 3, low: 0x80, high: 0x8F)
    default: throw .invalidUTF8
    }
    return .byte(byte)
  }

  private mutating func escape(_ byte: UInt8) throws(JSONFault) -> Step {
    guard byte != UInt8(ascii: "u") else {
      state = .hexadecimal(digits: 0, unit: 0)
      return .nothing
    }
    guard high == nil else { throw .loneSurrogate }
    state = .plain
    return switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): .byte(byte)
    case UInt8(ascii: "b"): .byte(0x08)
    case UInt8(ascii: "f"): .byte(0x0C)
    case UInt8(ascii: "n"): .byte(0x0A)
    case UInt8(ascii: "r"): .byte(0x0D)
    case UInt8(ascii: "t"): .byte(0x09)
    default: throw .badEscape
    }
  }

  private mutating func character(_ unit: UInt32) throws(JSONFault) -> Step {
    switch (high, unit) {
    case (let high?, 0xDC00...0xDFFF):
      self.high = nil
      guard let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00)) else {
        throw .loneSurrogate
      }
      return .character(scalar)
    case (nil, 0xD800...0xDBFF):
      high = unit
      return .nothing
    case (_?, _): throw .loneSurrogate
    case (nil, 0..<0x80): return .byte(UInt8(unit))
    case (nil, _):
      guard let scalar = Unicode.Scalar(unit) else { throw .loneSurrogate }
      return .character(scalar)
    }
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}
