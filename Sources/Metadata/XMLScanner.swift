/// Cuts XML into tags, text, comments and processing instructions (XML 1.0 §2, §3.1).
///
/// Whether characters are XML's is not asked here, but by whoever knows which of the bytes will be used.
struct XMLScanner {
  struct Attribute {
    let name: String
    let value: String
    /// With the white space before it.
    let range: Range<Int>

    /// The prefix that the attribute declares a namespace for: `xmlns:prefix`, or `xmlns` for the default.
    var declaredPrefix: String? {
      if name == "xmlns" { return "" }
      return name.hasPrefix("xmlns:") ? String(name.dropFirst(6)) : nil
    }
  }

  struct Tag {
    let name: String
    let attributes: [Attribute]
    let attributesStart: Int
    let isEmpty: Bool
    let range: Range<Int>

    var declared: [String: String] {
      attributes.reduce(into: [:]) { scope, attribute in
        if let prefix = attribute.declaredPrefix { scope[prefix] = attribute.value }
      }
    }
  }

  enum Token {
    case start(Tag)
    case end(String, Range<Int>)
    case text(String)
    case comment(Range<Int>)
    case instruction(Range<Int>)
    /// A tag with more attributes than a tree may have. Nothing follows.
    case excess
    /// Not XML, or more of it than XMP uses. Nothing follows.
    case damage
  }

  private let bytes: [UInt8]
  private var position = 0

  /// - Precondition: the bytes are UTF-8.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next piece; `nil` at the end.
  mutating func next() -> Token? {
    if position < bytes.count {
      let start = position
      if bytes[position] != UInt8(ascii: "<") {
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
        guard !hasSectionEnd(start..<position) else { return damage() }
        return text(start..<position).map(Token.text) ?? damage()
      }
      if has("<?") {
        return pass("?>") ? .instruction(start..<position) : damage()
      }
      if has("<!--") {
        position += 4
        return pass("-->") ? .comment(start..<position) : damage()
      }
      if has("<![CDATA[") {
        guard pass("]]>") else { return damage() }
        return .text(String(decoding: bytes[start + 9..<position - 3], as: UTF8.self))
      }
      // A document type could define entities: refused.
      if has("<!") { return damage() }
      return has("</") ? endTag(start) : startTag(start)
    }
    return nil
  }

  private mutating func damage() -> Token {
    position = bytes.count
    return .damage
  }

  private mutating func endTag(_ start: Int) -> Token {
    position += 2
    guard let name = name() else { return damage() }
    passSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: ">") else { return damage() }
    position += 1
    return .end(name, start..<position)
  }

  private mutating func startTag(_ start: Int) -> Token {
    position += 1
    guard let name = name() else { return damage() }
    let attributesStart = position
    var attributes: [Attribute] = []
    var names: Set<String> = []
    while true {
      let before = position
      passSpace()
      guard position < bytes.count else { return damage() }
      let isEmpty = has("/>")
      if isEmpty || bytes[position] == UInt8(ascii: ">") {
        position += isEmpty ? 2 : 1
        return .start(
          Tag(
            name: name, attributes: attributes, attributesStart: attributesStart, isEmpty: isEmpty,
            range: start..<position))
      }
      guard position > before, let attribute = attribute(before), names.insert(attribute.name).inserted else {
        return damage()
      }
      attributes.append(attribute)
      if attributes.count > XMLTree.countLimit {
        position = bytes.count
        return .excess
      }
    }
  }

  private mutating func attribute(_ start: Int) -> Attribute? {
    guard let name = name() else { return nil }
    passSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { return nil }
    position += 1
    passSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'") else {
      return nil
    }
    let quote = bytes[position]
    let begin = position + 1
    guard let end = bytes[begin...].firstIndex(of: quote),
      let value = text(begin..<end, isAttribute: true), !bytes[begin..<end].contains(UInt8(ascii: "<"))
    else { return nil }
    position = end + 1
    return Attribute(name: name, value: value, range: start..<position)
  }

  private mutating func name() -> String? {
    let start = position
    while position < bytes.count, XMLCharacters.mayBeInName(bytes[position]) { position += 1 }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    return XMLCharacters.isName(name) ? name : nil
  }

  private mutating func passSpace() {
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
  }

  /// Passes over everything up to and with `end`; false when it does not come.
  private mutating func pass(_ end: String) -> Bool {
    while position < bytes.count {
      if has(end) {
        position += end.utf8.count
        return true
      }
      position += 1
    }
    return false
  }

  private func has(_ word: String) -> Bool { bytes.span.has(word.utf8, at: position) }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  /// The end of a CDATA section may not stand in text (XML 1.0 §2.4).
  private func hasSectionEnd(_ range: Range<Int>) -> Bool {
    var position = range.lowerBound
    while let close = bytes[position..<range.upperBound].firstIndex(of: UInt8(ascii: ">")) {
      if close >= range.lowerBound + 2, bytes[close - 1] == 0x5D, bytes[close - 2] == 0x5D { return true }
      position = close + 1
    }
    return false
  }

  /// Text with its references resolved; `nil` when one is unknown or stands for no character of XML. White space in
  /// an attribute's value is read as spaces (XML 1.0 §3.3.3).
  private func text(_ range: Range<Int>, isAttribute: Bool = false) -> String? {
    let raw = bytes[range]
    guard raw.contains(where: { $0 == UInt8(ascii: "&") || (isAttribute && $0 < 0x20) }) else {
      return String(decoding: raw, as: UTF8.self)
    }
    var output: [UInt8] = []
    var position = range.lowerBound
    while position < range.upperBound {
      if bytes[position] != UInt8(ascii: "&") {
        let isLineEnd = bytes[position] == 0x0D && position + 1 < range.upperBound && bytes[position + 1] == 0x0A
        if !isAttribute || !Self.isSpace(bytes[position]) {
          output.append(bytes[position])
        } else if !isLineEnd {
          output.append(0x20)
        }
        position += 1
        continue
      }
      // The longest reference is &#x10FFFF; but zeros may lead.
      let window = bytes[position..<min(range.upperBound, position + 16)]
      guard let end = window.firstIndex(of: UInt8(ascii: ";")),
        let scalar = Self.scalar(String(decoding: bytes[position + 1..<end], as: UTF8.self))
      else { return nil }
      output.append(contentsOf: String(scalar).utf8)
      position = end + 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func scalar(_ reference: String) -> Unicode.Scalar? {
    switch reference {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      let digits = reference.dropFirst(reference.hasPrefix("#x") ? 2 : 1)
      guard reference.hasPrefix("#"), digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
        let number = UInt32(digits, radix: reference.hasPrefix("#x") ? 16 : 10)
      else { return nil }
      return Unicode.Scalar(number).flatMap { XMP.isAllowed($0) ? $0 : nil }
    }
  }
}
