/// Base64 of RFC 4648 §4, strictly: the standard alphabet, padded, no line breaks, no stray bits.
enum Base64 {
  enum Failure: Error, Hashable, CustomStringConvertible {
    /// The offset counts bytes from the start of the text.
    case notInAlphabet(byte: UInt8, offset: Int)
    /// Not a multiple of four characters.
    case cut(length: Int)
    /// The last character holds bits that belong to no byte.
    case strayBits
    case empty

    var description: String {
      switch self {
      case .notInAlphabet(let byte, let offset): "byte \(byte) at offset \(offset) is not base64"
      case .cut(let length): "base64 of \(length) characters is cut: it comes in fours"
      case .strayBits: "the base64 ends in stray bits"
      case .empty: "it is empty"
      }
    }
  }

  /// How many bytes a text of this length and padding holds; exact where it is base64 at all.
  static func decodedCount(_ text: String) -> Int {
    text.utf8.count / 4 * 3 - (text.hasSuffix("==") ? 2 : text.hasSuffix("=") ? 1 : 0)
  }

  static func decode(_ text: String) throws(Failure) -> [UInt8] {
    try decode(text.utf8Span.span)
  }

  static func decode(_ text: Span<UInt8>) throws(Failure) -> [UInt8] {
    guard text.count > 0 else { throw .empty }
    guard text.count % 4 == 0 else { throw .cut(length: text.count) }
    let padding = text[text.count - 1] != pad ? 0 : text[text.count - 2] != pad ? 1 : 2
    // The last group is decoded by itself: it may be padded.
    let whole = text.count / 4 - 1
    var bytes = [UInt8](repeating: 0, count: whole * 3 + 3 - padding)

    let (first, second, third, fourth) = tables
    var invalid: UInt32 = 0
    var target = bytes.mutableSpan
    for group in 0..<whole {
      let from = group * 4
      let bits =
        first[Int(text[from])] | second[Int(text[from + 1])] | third[Int(text[from + 2])] | fourth[Int(text[from + 3])]
      invalid |= bits
      target[group * 3] = UInt8(truncatingIfNeeded: bits >> 16)
      target[group * 3 + 1] = UInt8(truncatingIfNeeded: bits >> 8)
      target[group * 3 + 2] = UInt8(truncatingIfNeeded: bits)
    }

    let last = whole * 4
    var bits: UInt32 = 0
    for place in 0..<4 {
      let isPadding = place >= 4 - padding
      let sextet = isPadding ? 0 : fourth[Int(text[last + place])]
      invalid |= sextet
      bits = bits << 6 | sextet & 63
    }
    guard invalid & mark == 0 else { throw firstInvalid(text, padding: padding) }
    guard bits & (1 << UInt32(8 * padding) - 1) == 0 else { throw .strayBits }
    for place in 0..<3 - padding {
      target[whole * 3 + place] = UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place))
    }
    return bytes
  }

  /// In the alphabet, or padding.
  static func isBase64(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), pad:
      true
    default: false
    }
  }

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var bits: UInt32 = 0
      for place in 0..<3 { bits = bits << 8 | (place < count ? UInt32(bytes[start + place]) : 0) }
      for place in 0..<4 {
        text.append(place <= count ? alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)] : pad)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func firstInvalid(_ text: Span<UInt8>, padding: Int) -> Failure {
    for offset in 0..<text.count - padding where tables.fourth[Int(text[offset])] == mark {
      return .notInAlphabet(byte: text[offset], offset: offset)
    }
    return .strayBits
  }

  private static var pad: UInt8 { UInt8(ascii: "=") }
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  /// Set in the table entries of bytes outside the alphabet; no sextet reaches it.
  private static let mark: UInt32 = 1 << 31

  /// For each of a group's four characters, its sextet already shifted into place: decoding is then three ORs, and
  /// the check for wrong characters one test at the end.
  private static let tables = {
    var fourth = [UInt32](repeating: mark, count: 256)
    for (value, character) in alphabet.enumerated() { fourth[Int(character)] = UInt32(value) }
    func shifted(_ bits: UInt32) -> [UInt32] { fourth.map { $0 == mark ? mark : $0 << bits } }
    return (first: shifted(18), second: shifted(12), third: shifted(6), fourth: fourth)
  }()
}
