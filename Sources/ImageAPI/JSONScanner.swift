/// Walks through a JSON text that comes in pieces, and keeps nothing but what it is inside of.
///
/// It is as strict as RFC 8259, and bounded in depth. Keys that come twice in an object are its user's to notice.
struct JSONScanner {
  enum Event {
    case object
    case array
    case endOfObject
    case endOfArray
    /// A string begins: read it with ``text(_:at:)``.
    case key
    case string
    /// A number, `true`, `false` or `null`, whole.
    case plain
  }

  static let depthLimit = 512

  private enum State {
    /// A value must follow; or, in an array that has none yet, its end.
    case value
    case valueOrEnd
    case key
    case keyOrEnd
    case colon
    case afterValue
    case string(isKey: Bool)
    case number(JSONNumber)
    case word(Word, matched: Int)
    /// Only white space may follow.
    case end
  }

  private enum Word {
    case `true`
    case `false`
    case null

    var bytes: [UInt8] {
      switch self {
      case .true: Self.trueBytes
      case .false: Self.falseBytes
      case .null: Self.nullBytes
      }
    }

    private static let trueBytes = Array("true".utf8)
    private static let falseBytes = Array("false".utf8)
    private static let nullBytes = Array("null".utf8)
  }

  private var state = State.value
  private var characters = JSONText()
  /// What it is inside of, the innermost last; `true` for an object.
  private var isObject: [Bool] = []

  /// Arrays and objects around the next byte.
  var depth: Int { isObject.count }

  /// Between the opening and the closing quote.
  var isInString: Bool { if case .string = state { true } else { false } }

  /// A value has just ended.
  var isAfterValue: Bool { if case .afterValue = state { true } else { false } }

  /// Goes on to the next event outside of strings; `nil` when it needs more bytes.
  mutating func next(_ bytes: Span<UInt8>, at offset: inout Int) throws(JSONFault) -> Event? {
    while offset < bytes.count, !isInString {
      let byte = bytes[offset]
      if case .number(let number) = state {
        if let longer = number.appending(byte) {
          state = .number(longer)
          offset += 1
          continue
        }
        guard number.isWhole else { throw .unexpected(byte, expected: "a digit") }
        state = stateAfterValue
        return .plain
      }
      let event = try take(byte)
      offset += 1
      if let event { return event }
    }
    return nil
  }

  /// Takes one byte of the string that it is in.
  mutating func text(_ byte: UInt8) throws(JSONFault) -> JSONText.Step {
    let step = try characters.take(byte)
    if case .end = step, case .string(let isKey) = state { state = isKey ? .colon : stateAfterValue }
    return step
  }

  /// In a string, before a byte that can be looked at by itself.
  var isInPlainText: Bool { isInString && characters.isPlain }

  /// The text has ended.
  func finish() throws(JSONFault) {
    guard case .end = state else { throw .cut(expected: expectation) }
  }

  /// One byte outside of strings and numbers.
  private mutating func take(_ byte: UInt8) throws(JSONFault) -> Event? {
    if case .word(let word, let matched) = state {
      guard byte == word.bytes[matched] else { throw .unexpected(byte, expected: expectation) }
      guard matched + 1 == word.bytes.count else {
        state = .word(word, matched: matched + 1)
        return nil
      }
      state = stateAfterValue
      return .plain
    }
    switch (byte, state) {
    case (0x20, _), (0x09, _), (0x0A, _), (0x0D, _):
      return nil
    case (UInt8(ascii: "\""), .key), (UInt8(ascii: "\""), .keyOrEnd):
      return beginString(.key)
    case (UInt8(ascii: ":"), .colon):
      state = .value
      return nil
    case (UInt8(ascii: ","), .afterValue):
      state = isObject.last == true ? .key : .value
      return nil
    case (UInt8(ascii: "}"), .keyOrEnd):
      return leave(.endOfObject)
    case (UInt8(ascii: "}"), .afterValue) where isObject.last == true:
      return leave(.endOfObject)
    case (UInt8(ascii: "]"), .valueOrEnd):
      return leave(.endOfArray)
    case (UInt8(ascii: "]"), .afterValue) where isObject.last == false:
      return leave(.endOfArray)
    case (_, .value), (_, .valueOrEnd):
      return try beginValue(byte)
    default:
      throw .unexpected(byte, expected: expectation)
    }
  }

  private mutating func beginValue(_ byte: UInt8) throws(JSONFault) -> Event? {
    switch byte {
    case UInt8(ascii: "{"): return try enter(.object)
    case UInt8(ascii: "["): return try enter(.array)
    case UInt8(ascii: "\""): return beginString(.string)
    case UInt8(ascii: "t"): state = .word(.true, matched: 1)
    case UInt8(ascii: "f"): state = .word(.false, matched: 1)
    case UInt8(ascii: "n"): state = .word(.null, matched: 1)
    default:
      guard let number = JSONNumber(byte) else { throw .unexpected(byte, expected: expectation) }
      state = .number(number)
    }
    return nil
  }

  private mutating func beginString(_ event: Event) -> Event {
    characters = JSONText()
    if case .key = event { state = .string(isKey: true) } else { state = .string(isKey: false) }
    return event
  }

  private mutating func enter(_ event: Event) throws(JSONFault) -> Event {
    guard depth < Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
    if case .object = event {
      isObject.append(true)
      state = .keyOrEnd
    } else {
      isObject.append(false)
      state = .valueOrEnd
    }
    return event
  }

  private mutating func leave(_ event: Event) -> Event {
    isObject.removeLast()
    state = stateAfterValue
    return event
  }

  private var stateAfterValue: State { isObject.isEmpty ? .end : .afterValue }

  private var expectation: String {
    switch state {
    case .value: "a value"
    case .valueOrEnd: "a value or ]"
    case .key: "a key"
    case .keyOrEnd: "a key or }"
    case .colon: "a colon"
    case .afterValue: isObject.last == true ? "a comma or }" : "a comma or ]"
    case .string: "the end of a string"
    case .number: "the rest of a number"
    case .word(let word, _): "\(word)"
    case .end: "nothing"
    }
  }
}

/// A number of RFC 8259 §6, as far as it has been read.
enum JSONNumber {
  case minus
  case zero
  case integer
  case point
  case fraction
  case exponentMark
  case exponentSign
  case exponent

  init?(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "-"): self = .minus
    case UInt8(ascii: "0"): self = .zero
    case UInt8(ascii: "1")...UInt8(ascii: "9"): self = .integer
    default: return nil
    }
  }

  /// May end here.
  var isWhole: Bool {
    switch self {
    case .zero, .integer, .fraction, .exponent: true
    case .minus, .point, .exponentMark, .exponentSign: false
    }
  }

  /// `nil` when the byte does not continue the number.
  func appending(_ byte: UInt8) -> JSONNumber? {
    let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    let isMark = byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
    return switch self {
    case .minus: byte == UInt8(ascii: "0") ? .zero : isDigit ? .integer : nil
    case .zero: byte == UInt8(ascii: ".") ? .point : isMark ? .exponentMark : nil
    case .integer: isDigit ? .integer : byte == UInt8(ascii: ".") ? .point : isMark ? .exponentMark : nil
    case .point: isDigit ? .fraction : nil
    case .fraction: isDigit ? .fraction : isMark ? .exponentMark : nil
    case .exponentMark:
      isDigit ? .exponent : byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") ? .exponentSign : nil
    case .exponentSign, .exponent: isDigit ? .exponent : nil
    }
  }
}
