import CBase64

/// Decodes base64 that comes in pieces, into a buffer that is used again and again.
///
/// It looks at each character once: what is decoded is checked by the same table look-up, and what ends a text, a quote
/// in JSON, is found by it as well.
struct Base64Decoder {
  /// The first ``filled`` bytes are decoded and not yet taken away.
  private(set) var output = [UInt8](repeating: 0, count: bufferSize)
  private(set) var filled = 0

  // At hand, since a static property is asked for its initialization each time.
  private let sextets = Base64.sextets
  private let pairs = Self.pairs

  /// Of the unfinished group of four: its characters so far, and their bits.
  private var characters = 0
  private var bits: UInt32 = 0
  private var pads = 0
  private var hasStrayBits = false
  /// Characters in all.
  private var length = 0

  private static let bufferSize = 256 << 10
  /// A store of eight bytes must fit where six are meant.
  private static let mostFilled = bufferSize - 8

  /// The output has to be discarded before anything else is decoded.
  var isFull: Bool { filled > Self.mostFilled }

  mutating func discardOutput() {
    filled = 0
  }

  /// Makes ready for another text.
  mutating func reset() {
    (filled, characters, bits, pads, hasStrayBits, length) = (0, 0, 0, 0, false, 0)
  }

  /// Decodes characters of the alphabet. Stops before the first byte that is none, and when the output is full.
  mutating func decode(_ text: Span<UInt8>, at offset: inout Int) {
    while offset < text.count, !isFull, pads == 0 {
      if characters == 0, text.count - offset >= 8 {
        decodeGroups(text, at: &offset)
        decodeEights(text, at: &offset)
      }
      guard offset < text.count, !isFull else { return }
      let sextet = sextets[Int(text[offset])]
      guard sextet != Base64.noSextet else { return }
      append(sextet)
      offset += 1
    }
  }

  /// Takes one character, whatever it is; the output must not be full.
  mutating func take(_ byte: UInt8) throws(Base64.Failure) {
    if byte == Base64.pad, characters >= 2 {
      pads += 1
      bits <<= 6
      characters += 1
      length += 1
      guard characters == 4 else { return }
      // Wrong only if this is the end of the text.
      hasStrayBits = bits & (pads == 2 ? 0xFFFF : 0xFF) != 0
      store(bytes: 3 - pads)
    } else if pads > 0 {
      // What came before was no padding after all.
      throw .notInAlphabet(byte: Base64.pad, offset: length - pads)
    } else {
      let sextet = sextets[Int(byte)]
      guard sextet != Base64.noSextet else { throw .notInAlphabet(byte: byte, offset: length) }
      append(sextet)
    }
  }

  /// The text has ended.
  func finish() throws(Base64.Failure) {
    guard length > 0 else { throw .empty }
    guard characters == 0 else { throw .cut(length: length) }
    guard !hasStrayBits else { throw .strayBits }
  }

  private mutating func append(_ sextet: UInt8) {
    bits = bits << 6 | UInt32(sextet)
    characters += 1
    length += 1
    if characters == 4 { store(bytes: 3) }
  }

  private mutating func store(bytes count: Int) {
    for place in 0..<count { output[filled + place] = UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place)) }
    filled += count
    (characters, bits) = (0, 0)
  }

  /// By vector instructions, where the processor has them, as far as all is of the alphabet.
  private mutating func decodeGroups(_ text: Span<UInt8>, at offset: inout Int) {
    let groups = min((text.count - offset) / 32, (Self.bufferSize - 8 - filled) / 24)
    guard groups > 0 else { return }
    let from = text.extracting(offset..<offset + 32 * groups)
    let start = filled
    // The view of the text has as many characters as it is told to read, the buffer room for as many bytes and 8 more.
    let decoded = unsafe from.withUnsafeBufferPointer { from in
      unsafe output.withUnsafeMutableBufferPointer { to in
        guard let text = from.baseAddress, let bytes = to.baseAddress else { return 0 }
        return unsafe cbase64_decode(text, groups, bytes + start)
      }
    }
    filled += 24 * decoded
    offset += 32 * decoded
    length += 32 * decoded
  }

  /// Eight characters at a time, which are six bytes, while all eight are of the alphabet.
  private mutating func decodeEights(_ text: Span<UInt8>, at offset: inout Int) {
    let (pairs, filled) = (pairs, filled)
    let table = pairs.span
    let count = min((text.count - offset) / 8, (Self.bufferSize - 2 - filled) / 6)
    var span = output.mutableSpan
    // Any bytes are valid as bytes; the view serves to store eight of them at once, and checks its bounds.
    var bytes = unsafe span.mutableBytes
    var (from, to) = (offset, filled)
    for _ in 0..<count {
      let eight = text.extracting(from..<from &+ 8)
      let first = UInt64(table[Int(eight[0]) | Int(eight[1]) << 8])
      let second = UInt64(table[Int(eight[2]) | Int(eight[3]) << 8])
      let third = UInt64(table[Int(eight[4]) | Int(eight[5]) << 8])
      let fourth = UInt64(table[Int(eight[6]) | Int(eight[7]) << 8])
      guard first | second | third | fourth < UInt64(Self.mark) else { break }
      let bits = first << 52 | second << 40 | third << 28 | fourth << 16
      bytes.storeBytes(of: bits.bigEndian, toByteOffset: to, as: UInt64.self)
      from &+= 8
      to &+= 6
    }
    length += from - offset
    offset = from
    self.filled = to
  }

  /// Set in the table entries of pairs that are not both in the alphabet; no twelve bits reach it.
  private static let mark: UInt16 = 1 << 15

  /// The twelve bits of two characters, the first of which is the lower byte of the index. Of the 128 KiB, base64 touches
  /// the 16 that stay in a processor's first cache.
  private static let pairs = (0...UInt16.max).map { pair in
    let first = Base64.sextets[Int(pair & 0xFF)]
    let second = Base64.sextets[Int(pair >> 8)]
    return first == Base64.noSextet || second == Base64.noSextet ? mark : UInt16(first) << 6 | UInt16(second)
  }
}
