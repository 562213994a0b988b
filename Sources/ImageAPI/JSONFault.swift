/// What is wrong with a JSON text (RFC 8259).
enum JSONFault: Error, Hashable {
  case unexpected(UInt8, expected: String)
  /// A control character within a string that is not escaped.
  case controlCharacter(UInt8)
  case invalidUTF8
  case badEscape
  /// `\ud83d` without its other half.
  case loneSurrogate
  case tooDeep(limit: Int)
  case duplicateKey(String)
  /// The text ends before it is whole.
  case cut(expected: String)
}

extension JSONFault: CustomStringConvertible {
  var description: String {
    switch self {
    case .unexpected(let byte, let expected):
      "\(0x20 < byte && byte < 0x7F ? "'\(Unicode.Scalar(byte))'" : "byte \(byte)") instead of \(expected)"
    case .controlCharacter(let byte): "a string holds control character \(byte)"
    case .invalidUTF8: "a string is not UTF-8"
    case .badEscape: "an escape that JSON does not have"
    case .loneSurrogate: "half of a surrogate pair"
    case .tooDeep(let limit): "more than \(limit) arrays and objects within one another"
    case .duplicateKey(let key): "the key '\(key)' comes twice"
    case .cut(let expected): "it ends where \(expected) should follow"
    }
  }
}
