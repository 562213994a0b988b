/// What XML lets stand where (XML 1.0, fifth edition, §2.2 and §2.3).
enum XMLCharacters {
  /// Of ASCII: letters, digits, `-`, `.`, `_`, `:`.
  private static let nameBytes: [Bool] = (0..<128).map { (byte: UInt8) in
    switch byte {
    case 0x30...0x3A, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x2D, 0x2E: true
    default: false
    }
  }

  /// Whether a byte of UTF-8 may be part of a name; beyond ASCII `isName` decides.
  static func mayBeInName(_ byte: UInt8) -> Bool { byte >= 0x80 || nameBytes[Int(byte)] }

  /// - Precondition: `mayBeInName` of each byte.
  static func isName(_ name: String) -> Bool {
    if name.utf8.allSatisfy({ $0 < 0x80 }) { return !name.isEmpty }
    return name.unicodeScalars.allSatisfy { $0.isASCII || isNameStart($0) || isLaterInName($0) }
  }

  /// Whether a part of a name, without its colon, begins as it must (Namespaces in XML 1.0 §3, NCName).
  static func begins(_ part: String) -> Bool {
    guard let first = part.unicodeScalars.first else { return false }
    switch first {
    case "a"..."z", "A"..."Z", "_": return true
    default: return !first.isASCII && isNameStart(first)
    }
  }

  /// NameStartChar beyond ASCII.
  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF, 0x370...0x37D, 0x37F...0x1FFF, 0x200C...0x200D, 0x2070...0x218F,
      0x2C00...0x2FEF, 0x3001...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFFD, 0x1_0000...0xE_FFFF:
      true
    default: false
    }
  }

  /// NameChar without NameStartChar, beyond ASCII.
  private static func isLaterInName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xB7, 0x300...0x36F, 0x203F...0x2040: true
    default: false
    }
  }

  /// Whether UTF-8 holds none of the characters that XML forbids: controls, U+FFFE and U+FFFF.
  static func areAllowed(_ bytes: ArraySlice<UInt8>) -> Bool {
    for (index, byte) in zip(bytes.indices, bytes) {
      if byte < 0x20 {
        if byte != 0x09, byte != 0x0A, byte != 0x0D { return false }
      } else if byte >= 0xBE, byte <= 0xBF, index >= bytes.startIndex + 2, bytes[index - 1] == 0xBF,
        bytes[index - 2] == 0xEF
      {
        return false
      }
    }
    return true
  }

  static func isBlank(_ text: some Sequence<UInt8>) -> Bool {
    text.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }
}
