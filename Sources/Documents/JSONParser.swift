/// A recursive-descent parser of RFC 8259.
///
/// It walks the bytes once and keeps three numbers for positions: the line, where the line began, and how many bytes
/// of it were not the first of a character. A position therefore costs nothing, however long the line.
struct JSONParser {
  let limits: DocumentLimits
  /// Offset of the next byte.
  var offset = 0
  private var line: Int
  private var lineStart = 0
  /// UTF-8 continuation bytes since `lineStart`; they only occur in strings.
  var continuationBytes = 0
  private var values = 0

  init(limits: DocumentLimits, line: Int = 1) {
    self.limits = limits
    self.line = line
  }

  var position: Position { position(at: offset) }

  /// The position of an ASCII byte on the current line, at or after the last character that was counted.
  func position(at offset: Int) -> Position {
    Position(line: line, column: offset - lineStart - continuationBytes + 1)
  }

  mutating func document(_ bytes: Span<UInt8>) throws(DocumentError) -> Node {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
      offset = 3
      lineStart = 3
    }
    skipWhitespace(bytes)
    let node = try value(bytes, depth: 0)
    skipWhitespace(bytes)
    guard offset == bytes.count else {
      throw .unexpected(position, found: try found(bytes), expected: "the end of the document")
    }
    return node
  }

  private mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(DocumentError) -> Node {
    let start = position
    values += 1
    guard values <= limits.values else { throw .tooManyValues(start, limit: limits.values) }
    guard offset < bytes.count else { throw .unexpectedEnd(start, expected: "a value") }
    switch bytes[offset] {
    case UInt8(ascii: "{"):
      guard depth < limits.depth else { throw .tooDeep(start, limit: limits.depth) }
      return Node(position: start, content: .object(try object(bytes, depth: depth + 1)))
    case UInt8(ascii: "["):
      guard depth < limits.depth else { throw .tooDeep(start, limit: limits.depth) }
      return Node(position: start, content: .array(try array(bytes, depth: depth + 1)))
    case UInt8(ascii: "\""): return Node(position: start, content: .string(try string(bytes)))
    case UInt8(ascii: "t"): return Node(position: start, content: try word("true", .bool(true), bytes))
    case UInt8(ascii: "f"): return Node(position: start, content: try word("false", .bool(false), bytes))
    case UInt8(ascii: "n"): return Node(position: start, content: try word("null", .null, bytes))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return Node(position: start, content: .number(try number(bytes)))
    default: throw .unexpected(start, found: try found(bytes), expected: "a value")
    }
  }

  private mutating func array(_ bytes: Span<UInt8>, depth: Int) throws(DocumentError) -> [Node] {
    var nodes: [Node] = []
    offset += 1
    skipWhitespace(bytes)
    if take(UInt8(ascii: "]"), bytes) { return nodes }
    while true {
      nodes.append(try value(bytes, depth: depth))
      skipWhitespace(bytes)
      if take(UInt8(ascii: "]"), bytes) { return nodes }
      try require(UInt8(ascii: ","), bytes, expected: "a comma or ]")
      skipWhitespace(bytes)
    }
  }

  private mutating func object(_ bytes: Span<UInt8>, depth: Int) throws(DocumentError) -> [Node.Entry] {
    var entries: [Node.Entry] = []
    // Strings that are canonically equal count as one key here, as they do in JSONObject.
    var seen: [String: Position] = [:]
    offset += 1
    skipWhitespace(bytes)
    if take(UInt8(ascii: "}"), bytes) { return entries }
    while true {
      let keyPosition = position
      guard offset < bytes.count else { throw .unexpectedEnd(keyPosition, expected: "a key in double quotes") }
      guard bytes[offset] == UInt8(ascii: "\"") else {
        throw .unexpected(keyPosition, found: try found(bytes), expected: "a key in double quotes")
      }
      let key = try string(bytes)
      if let first = seen.updateValue(keyPosition, forKey: key) {
        throw .duplicateKey(keyPosition, key: key, first: first)
      }
      skipWhitespace(bytes)
      try require(UInt8(ascii: ":"), bytes, expected: "a colon")
      skipWhitespace(bytes)
      entries.append(Node.Entry(key: key, keyPosition: keyPosition, node: try value(bytes, depth: depth)))
      skipWhitespace(bytes)
      if take(UInt8(ascii: "}"), bytes) { return entries }
      try require(UInt8(ascii: ","), bytes, expected: "a comma or }")
      skipWhitespace(bytes)
    }
  }

  private mutating func word(
    _ word: StaticString, _ content: Node.Content, _ bytes: Span<UInt8>
  ) throws(DocumentError) -> Node.Content {
    let text = word.description
    let start = position
    var end = offset
    for expected in text.utf8 {
      guard end < bytes.count else { throw .unexpectedEnd(position(at: end), expected: text) }
      guard bytes[end] == expected else { throw .unexpected(start, found: try found(bytes), expected: text) }
      end += 1
    }
    guard end == bytes.count || !Self.isWordByte(bytes[end]) else {
      throw .unexpected(start, found: try found(bytes), expected: text)
    }
    offset = end
    return content
  }

  /// RFC 8259 §6: `-`, an integer without leading zeros, a fraction, an exponent.
  private mutating func number(_ bytes: Span<UInt8>) throws(DocumentError) -> String {
    let start = offset
    func bad(_ parser: JSONParser) -> DocumentError {
      var end = start
      while end < bytes.count, end < start + 40, Self.isNumberByte(bytes[end]) || Self.isWordByte(bytes[end]) {
        end += 1
      }
      return .badNumber(parser.position(at: start), text: Self.text(bytes, start..<end))
    }
    func digits(_ parser: inout JSONParser) throws(DocumentError) {
      let first = parser.offset
      while parser.offset < bytes.count, Self.isDigit(bytes[parser.offset]) { parser.offset += 1 }
      guard parser.offset > first else {
        throw parser.offset == bytes.count ? .unexpectedEnd(parser.position, expected: "a digit") : bad(parser)
      }
    }
    _ = take(UInt8(ascii: "-"), bytes)
    // A digit after a leading zero is caught at the end, like anything else that does not belong to a number.
    if !take(UInt8(ascii: "0"), bytes) { try digits(&self) }
    if take(UInt8(ascii: "."), bytes) { try digits(&self) }
    if take(UInt8(ascii: "e"), bytes) || take(UInt8(ascii: "E"), bytes) {
      if !take(UInt8(ascii: "+"), bytes) { _ = take(UInt8(ascii: "-"), bytes) }
      try digits(&self)
    }
    if offset < bytes.count, Self.isWordByte(bytes[offset]) || Self.isNumberByte(bytes[offset]) { throw bad(self) }
    return Self.text(bytes, start..<offset)
  }

  private mutating func skipWhitespace(_ bytes: Span<UInt8>) {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09: offset += 1
      case 0x0A:
        offset += 1
        beginLine()
      case 0x0D:
        offset += 1
        if offset < bytes.count, bytes[offset] == 0x0A { offset += 1 }
        beginLine()
      default: return
      }
    }
  }

  private mutating func beginLine() {
    line += 1
    lineStart = offset
    continuationBytes = 0
  }

  private mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  private mutating func require(_ byte: UInt8, _ bytes: Span<UInt8>, expected: String) throws(DocumentError) {
    if take(byte, bytes) { return }
    guard offset < bytes.count else { throw .unexpectedEnd(position, expected: expected) }
    throw .unexpected(position, found: try found(bytes), expected: expected)
  }

  /// What stands at the offset, for people: one character, or the whole word.
  private func found(_ bytes: Span<UInt8>) throws(DocumentError) -> String {
    let byte = bytes[offset]
    if byte < 0x20 || byte == 0x7F { throw .controlCharacter(position, code: UInt32(byte)) }
    var end = offset
    if Self.isWordByte(byte) {
      while end < bytes.count, end < offset + 20, Self.isWordByte(bytes[end]) { end += 1 }
      return Self.text(bytes, offset..<end)
    }
    end += 1
    while end < bytes.count, end < offset + 4, bytes[end] & 0xC0 == 0x80 { end += 1 }
    guard let text = try? UTF8Span(validating: bytes.extracting(offset..<end)) else { throw .invalidUTF8(position) }
    return String(copying: text)
  }

  private static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    var text = ""
    for index in range { text.unicodeScalars.append(Unicode.Scalar(bytes[index])) }
    return text
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isNumberByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
  }
}
