/// Why a document could not be read, and where.
public enum DocumentError: Error, Hashable, Sendable {
  /// The document ends before it is whole, as one does that is still being written. `expected` is what would continue it.
  case unexpectedEnd(Position, expected: String)
  /// Something stands where the grammar wants something else.
  case unexpected(Position, found: String, expected: String)
  /// Bytes that are not UTF-8.
  case invalidUTF8(Position)
  /// The document begins with the byte order mark of another encoding.
  case otherEncoding(String)
  /// A control character that has to be escaped or may not stand there.
  case controlCharacter(Position, code: UInt32)
  /// A backslash that is followed by no known escape.
  case badEscape(Position, text: String)
  /// `\ud83d` without its other half: no character.
  case loneSurrogate(Position, text: String)
  case badNumber(Position, text: String)
  /// A key that an object has twice. JSON gives the second and knows the first; YAML gives the first.
  case duplicateKey(Position, key: String, first: Position?)
  case tooDeep(Position, limit: Int)
  case tooManyBytes(found: Int, limit: Int)
  case tooManyValues(Position, limit: Int)
  /// libyaml's own word.
  case yaml(Position, problem: String)
  /// A YAML key that is no text.
  case keyIsNotText(Position)
  /// A YAML merge key, `<<`: a word of YAML 1.1 that 1.2 dropped.
  case mergeKey(Position)
  /// A YAML tag outside the core schema, or one that does not fit its value.
  case unsupportedTag(Position, tag: String)
  /// A second YAML document in one file.
  case severalDocuments(Position)
  /// Aliases within aliases whose expansion could go beyond all bounds.
  case aliasExpansion(limit: Int)

  /// Where to look; the beginning where the error is about the document as a whole.
  public var position: Position {
    switch self {
    case .unexpectedEnd(let position, _), .unexpected(let position, _, _), .invalidUTF8(let position),
      .controlCharacter(let position, _), .badEscape(let position, _), .loneSurrogate(let position, _),
      .badNumber(let position, _), .duplicateKey(let position, _, _), .tooDeep(let position, _),
      .tooManyValues(let position, _), .yaml(let position, _), .keyIsNotText(let position), .mergeKey(let position),
      .unsupportedTag(let position, _), .severalDocuments(let position):
      position
    case .otherEncoding, .tooManyBytes, .aliasExpansion: Position(line: 1, column: 1)
    }
  }

  /// Whether more bytes could still make the document right: a writer may not be done with it.
  public var mayBeIncomplete: Bool {
    switch self {
    case .unexpectedEnd: true
    case .unexpected, .invalidUTF8, .otherEncoding, .controlCharacter, .badEscape, .loneSurrogate, .badNumber,
      .duplicateKey, .tooDeep, .tooManyBytes, .tooManyValues, .yaml, .keyIsNotText, .mergeKey, .unsupportedTag,
      .severalDocuments, .aliasExpansion:
      false
    }
  }

  /// The description without the position.
  public var reason: String {
    switch self {
    case .unexpectedEnd(_, let expected): "the document ends where \(expected) should follow"
    case .unexpected(_, let found, let expected): "found \(found) where \(expected) should be"
    case .invalidUTF8: "these bytes are not UTF-8; save the file as UTF-8"
    case .otherEncoding(let name): "the file is \(name); save it as UTF-8"
    case .controlCharacter(_, let code):
      "the control character U+\(Self.hexadecimal(code)) may not stand here; escape it or remove it"
    case .badEscape(_, let text): "\(text) is no escape; a backslash itself is written \\\\"
    case .loneSurrogate(_, let text):
      "\(text) is half a character; write both halves, as in \\ud83d\\ude00, or the character itself"
    case .badNumber(_, let text): "\(text) is not a number; text stands in double quotes"
    case .duplicateKey(_, let key, let first?): "the key \"\(key)\" stands twice, first at \(first); keep one"
    case .duplicateKey(_, let key, nil):
      "the key \"\(key)\" stands twice in one mapping, here for the first time; keep one"
    case .tooDeep(_, let limit): "lists and mappings lie more than \(limit) deep in one another here"
    case .tooManyBytes(let found, let limit): "the document has \(found) bytes, the limit is \(limit)"
    case .tooManyValues(_, let limit): "the document holds more than \(limit) values, aliases expanded"
    case .yaml(_, let problem): problem
    case .keyIsNotText: "a key has to be text; put it in quotes"
    case .mergeKey: "YAML 1.2 has no merge key <<; write the keys out, or use an alias for a whole value"
    case .unsupportedTag(_, let tag): "the tag \(tag) is not known here or does not fit its value; leave it out"
    case .severalDocuments: "a second document begins here; one file holds one, use .jsonl for several requests"
    case .aliasExpansion(let limit):
      "aliases in keys could expand to more than \(limit) values; write the keys out"
    }
  }

  private static func hexadecimal(_ code: UInt32) -> String {
    let digits = String(code, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

extension DocumentError: CustomStringConvertible {
  public var description: String { "\(position): \(reason)" }
}
