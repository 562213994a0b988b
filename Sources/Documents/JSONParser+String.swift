extension JSONParser {
  /// Reads a string whose opening quote is at the offset (RFC 8259 §7).
  ///
  /// A string without escapes, as base64 is, is found by one look at each byte, checked and copied in bulk.
  mutating func string(_ bytes: Span<UInt8>) throws(DocumentError) -> String {
    let start = offset + 1
    var end = start
    var hasEscapes = false
    var isASCII = true
    scan: while true {
      guard end < bytes.count else { throw unfinished(bytes, start) }
      switch bytes[end] {
      case UInt8(ascii: "\""): break scan
      case UInt8(ascii: "\\"):
        hasEscapes = true
        // Whatever follows is judged later; here it matters that an escaped quote ends nothing.
        end += end + 1 < bytes.count ? 2 : 1
      case 0..<0x20:
        let before = try continuationBytes(bytes, start..<end)
        throw .controlCharacter(position(at: end, after: before), code: UInt32(bytes[end]))
      case 0x80...:
        isASCII = false
        end += 1
      default: end += 1
      }
    }
    let range = start..<end
    let content = bytes.extracting(range)
    let text: String
    do {
      let checked = try UTF8Span(validating: content)
      text = hasEscapes ? "" : String(copying: checked)
    } catch {
      throw invalidUTF8(bytes, range, at: start + error.byteOffsets.lowerBound)
    }
    let result = hasEscapes ? try unescaped(bytes, range) : text
    if !isASCII { continuationBytes += Self.continuations(bytes, range) }
    offset = end + 1
    return result
  }

  /// The document ends within a string: not whole, unless what is there is wrong already. A character cut in its
  /// middle is no more than unfinished.
  private func unfinished(_ bytes: Span<UInt8>, _ start: Int) -> DocumentError {
    var end = bytes.count
    do {
      _ = try UTF8Span(validating: bytes.extracting(start..<end))
    } catch {
      guard error.kind == .truncatedScalar, start + error.byteOffsets.upperBound == end else {
        return invalidUTF8(bytes, start..<end, at: start + error.byteOffsets.lowerBound)
      }
      end = start + error.byteOffsets.lowerBound
    }
    return .unexpectedEnd(
      position(at: end, after: Self.continuations(bytes, start..<end)), expected: "the end of the text, a double quote")
  }

  private func position(at offset: Int, after continuations: Int) -> Position {
    var counted = self
    counted.continuationBytes += continuations
    return counted.position(at: offset)
  }

  /// Continuation bytes in a range that has to be UTF-8.
  private func continuationBytes(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(DocumentError) -> Int {
    do {
      _ = try UTF8Span(validating: bytes.extracting(range))
    } catch {
      throw invalidUTF8(bytes, range, at: range.lowerBound + error.byteOffsets.lowerBound)
    }
    return Self.continuations(bytes, range)
  }

  private func invalidUTF8(_ bytes: Span<UInt8>, _ range: Range<Int>, at offset: Int) -> DocumentError {
    .invalidUTF8(position(at: offset, after: Self.continuations(bytes, range.lowerBound..<offset)))
  }

  private static func continuations(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var count = 0
    for index in range where bytes[index] & 0xC0 == 0x80 { count += 1 }
    return count
  }

  /// The text of a range that is UTF-8 and holds escapes.
  private func unescaped(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(DocumentError) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      guard bytes[index] == UInt8(ascii: "\\") else {
        text.append(bytes[index])
        index += 1
        continue
      }
      let here = index
      func place() -> Position {
        position(at: here, after: Self.continuations(bytes, range.lowerBound..<here))
      }
      switch bytes[index + 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[index + 1])
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"):
        guard let unit = Self.hexadecimal(bytes, index + 2, end: range.upperBound) else {
          throw .badEscape(place(), text: Self.excerpt(bytes, here..<min(here + 6, range.upperBound)))
        }
        var scalar = Unicode.Scalar(UInt32(unit))
        if scalar == nil {
          scalar = Self.pair(high: unit, bytes, index + 6, end: range.upperBound)
          index += 6
        }
        guard let scalar else {
          throw .loneSurrogate(place(), text: Self.excerpt(bytes, here..<here + 6))
        }
        text.append(contentsOf: String(Character(scalar)).utf8)
        index += 4
      default:
        var end = here + 2
        while end < range.upperBound, bytes[end] & 0xC0 == 0x80 { end += 1 }
        throw .badEscape(place(), text: Self.excerpt(bytes, here..<end))
      }
      index += 2
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The character of a high surrogate and the escaped low one that must follow at `index` (RFC 8259 §7).
  private static func pair(high: UInt16, _ bytes: Span<UInt8>, _ index: Int, end: Int) -> Unicode.Scalar? {
    guard (0xD800..<0xDC00).contains(high), index + 6 <= end, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u"), let low = hexadecimal(bytes, index + 2, end: end),
      (0xDC00..<0xE000).contains(low)
    else { return nil }
    return Unicode.Scalar(0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
  }

  private static func hexadecimal(_ bytes: Span<UInt8>, _ index: Int, end: Int) -> UInt16? {
    guard index + 4 <= end else { return nil }
    var unit: UInt16 = 0
    for offset in index..<index + 4 {
      guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue, bytes[offset] < 0x80 else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  private static func excerpt(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    var text: [UInt8] = []
    for index in range { text.append(bytes[index]) }
    return String(decoding: text, as: UTF8.self)
  }
}
