import Synchronization

/// A job's name for all time: a UUIDv7 (RFC 9562, section 5.7). Ids made later in one process compare greater, also
/// when the clock jumps back.
public struct JobID: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64

  /// A new id, unlike any other.
  public static func next() -> JobID {
    var generator = SystemRandomNumberGenerator()
    let milliseconds = UInt64(clamping: Timestamp.now().microseconds / 1000)
    return sequence.withLock { $0.next(unixMilliseconds: milliseconds, using: &generator) }
  }

  private static let sequence = Mutex(JobIDSequence())

  /// - Parameters:
  ///   - unixMilliseconds: 48 bits.
  ///   - counter: 12 bits, `rand_a` of the RFC.
  ///   - random: 62 bits, `rand_b` of the RFC.
  init(unixMilliseconds: UInt64, counter: UInt64, random: UInt64) {
    high = unixMilliseconds << 16 | 0x7 << 12 | counter & 0xFFF
    low = 0b10 << 62 | random & (1 << 62 - 1)
  }

  /// When it was made, in milliseconds since 1970.
  public var unixMilliseconds: UInt64 { high >> 16 }
}

extension JobID: Comparable {
  public static func < (a: JobID, b: JobID) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

extension JobID: LosslessStringConvertible {
  /// Lower-case hexadecimal, 8-4-4-4-12; sorts like the id.
  public var description: String {
    let digits = Self.hexadecimal(high) + Self.hexadecimal(low)
    var text = ""
    text.reserveCapacity(36)
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text.append("-") }
      text.append(Character(Unicode.Scalar(digit)))
    }
    return text
  }

  private static func hexadecimal(_ word: UInt64) -> [UInt8] {
    stride(from: 60, through: 0, by: -4).map { shift in
      let nibble = UInt8(word >> UInt64(shift) & 0xF)
      return nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
  }

  /// Nil for anything but a UUIDv7 as `description` writes it.
  public init?(_ text: String) {
    var words: [UInt64] = [0, 0]
    var digits = 0
    for (index, byte) in text.utf8.enumerated() {
      if [8, 13, 18, 23].contains(index) {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      let nibble: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = byte - UInt8(ascii: "a") + 10
      default: return nil
      }
      guard digits < 32 else { return nil }
      words[digits / 16] = words[digits / 16] << 4 | UInt64(nibble)
      digits += 1
    }
    guard digits == 32, words[0] >> 12 & 0xF == 0x7, words[1] >> 62 == 0b10 else { return nil }
    high = words[0]
    low = words[1]
  }
}

/// Makes ids that only go up (RFC 9562, section 6.2, method 1: a counter behind the time). A value: no clock, no chance
/// of its own.
struct JobIDSequence: Sendable {
  private var milliseconds: UInt64 = 0
  private var counter: UInt64 = 0

  mutating func next(unixMilliseconds now: UInt64, using generator: inout some RandomNumberGenerator) -> JobID {
    if now > milliseconds {
      milliseconds = now
      // The counter's first bit is left 0, so that it can count for a while from wherever it starts.
      counter = UInt64.random(in: 0...0x7FF, using: &generator)
    } else if counter < 0xFFF {
      counter += 1
    } else {
      // More than the counter holds within a millisecond, or since the clock jumped back: borrow from the next one.
      milliseconds += 1
      counter = 0
    }
    return JobID(
      unixMilliseconds: milliseconds, counter: counter, random: UInt64.random(in: .min ... .max, using: &generator))
  }
}
