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

  static let pad = UInt8(ascii: "=")
  static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// How many bytes a text of this length and padding holds; exact where it is base64 at all.
  static func decodedCount(_ text: String) -> Int {
    text.utf8.count / 4 * 3 - (text.hasSuffix("==") ? 2 : text.hasSuffix("=") ? 1 : 0)
  }

  /// Decodes a whole text and hands the bytes over in pieces.
  static func decode(_ text: String, _ take: (Span<UInt8>) -> Void) throws(Failure) {
    var decoder = Base64Decoder()
    let text = text.utf8Span.span
    var offset = 0
    while offset < text.count {
      decoder.decode(text, at: &offset)
      if decoder.isFull {
        take(decoder.output.span.extracting(..<decoder.filled))
        decoder.discardOutput()
      } else if offset < text.count {
        try decoder.take(text[offset])
        offset += 1
      }
    }
    try decoder.finish()
    take(decoder.output.span.extracting(..<decoder.filled))
  }

  /// In the alphabet, or padding.
  static func isBase64(_ byte: UInt8) -> Bool { byte == pad || sextets[Int(byte)] != noSextet }

  static let noSextet = UInt8.max

  /// The six bits of each byte that is a character of the alphabet; ``noSextet`` of every other one.
  static let sextets = {
    var sextets = [UInt8](repeating: noSextet, count: 256)
    for (value, character) in alphabet.enumerated() { sextets[Int(character)] = UInt8(value) }
    return sextets
  }()

  /// As text in ASCII.
  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    let whole = bytes.count / 3
    return [UInt8](capacity: (bytes.count + 2) / 3 * 4) { text in
      func append(_ bits: UInt32, _ count: Int) {
        for place in 0..<4 {
          text.append(place < count ? alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)] : pad)
        }
      }
      for group in 0..<whole {
        let from = group * 3
        append(UInt32(bytes[from]) << 16 | UInt32(bytes[from + 1]) << 8 | UInt32(bytes[from + 2]), 4)
      }
      switch bytes.count - whole * 3 {
      case 1: append(UInt32(bytes[whole * 3]) << 16, 2)
      case 2: append(UInt32(bytes[whole * 3]) << 16 | UInt32(bytes[whole * 3 + 1]) << 8, 3)
      default: break
      }
    }
  }
}
