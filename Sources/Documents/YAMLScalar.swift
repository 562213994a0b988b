import Yams

/// The core schema of YAML 1.2 (§10.3.2), with numbers rewritten in JSON's grammar.
enum YAMLScalar {
  static func content(of scalar: Yams.Node.Scalar) throws(DocumentError) -> Node.Content {
    let text = scalar.string
    switch Tag.Name(rawValue: scalar.tag.rawValue) {
    case .implicit: return scalar.style == .plain ? plain(text) : .string(text)
    case .nonSpecific, .str: return .string(text)
    case .null: if case .null = plain(text) { return .null }
    case .bool: if case .bool(let bool) = plain(text) { return .bool(bool) }
    case .int: if let number = integer(text) { return .number(number) }
    case .float: if case .number(let number) = plain(text) { return .number(number) }
    default: break
    }
    throw .unsupportedTag(Position(scalar.mark), tag: scalar.tag.rawValue)
  }

  static func plain(_ text: String) -> Node.Content {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: break
    }
    // Most scalars are words: their first byte tells.
    guard let first = text.utf8.first, isDigit(first) || "+-.".utf8.contains(first) else { return .string(text) }
    return (integer(text) ?? decimal(text)).map(Node.Content.number) ?? .string(text)
  }

  /// `[-+]?[0-9]+`, `0o[0-7]+`, `0x[0-9a-fA-F]+`.
  private static func integer(_ text: String) -> String? {
    if text.hasPrefix("0o") { return unsigned(text.dropFirst(2), radix: 8) }
    if text.hasPrefix("0x") { return unsigned(text.dropFirst(2), radix: 16) }
    let digits = text.utf8.first.map { "+-".utf8.contains($0) } == true ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit) else { return nil }
    let significant = digits.drop { $0 == "0" }
    return (text.hasPrefix("-") ? "-" : "") + (significant.isEmpty ? "0" : String(significant))
  }

  private static func unsigned(_ digits: Substring, radix: Int) -> String? {
    guard let first = digits.first, first != "+", first != "-" else { return nil }
    return UInt64(digits, radix: radix).map(String.init)
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
  private static func decimal(_ text: String) -> String? {
    var rest = text[...]
    let isNegative = rest.first == "-"
    if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
    let whole = rest.prefix { $0.isASCII && $0.isNumber }
    rest = rest.dropFirst(whole.count)
    var fraction: Substring = ""
    if rest.first == "." {
      fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(1 + fraction.count)
    }
    guard !(whole.isEmpty && fraction.isEmpty) else { return nil }
    var exponent = ""
    if rest.first == "e" || rest.first == "E" {
      exponent = "e"
      rest = rest.dropFirst()
      if let sign = rest.first, sign == "-" || sign == "+" {
        exponent.append(sign)
        rest = rest.dropFirst()
      }
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard !digits.isEmpty else { return nil }
      exponent += digits
      rest = rest.dropFirst(digits.count)
    }
    guard rest.isEmpty else { return nil }
    let significant = whole.drop { $0 == "0" }
    return (isNegative ? "-" : "") + (significant.isEmpty ? "0" : significant)
      + (fraction.isEmpty ? "" : "." + fraction) + exponent
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
