import Crypto

extension SHA256 {
  /// The digest in lower-case hexadecimal.
  static func text(of bytes: [UInt8]) -> String { text(of: bytes.span) }

  static func text(of bytes: Span<UInt8>) -> String {
    var digest = SHA256()
    digest.update(bytes)
    return digest.finalize().hexadecimal
  }

  mutating func update(_ bytes: Span<UInt8>) {
    // The hash reads the bytes during the call only.
    unsafe bytes.withUnsafeBytes { unsafe update(bufferPointer: $0) }
  }
}

extension SHA256Digest {
  /// Lower case.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in self {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
