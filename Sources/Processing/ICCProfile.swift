import Raster

/// What is read of an ICC profile: the channels it is for, and its name (ICC.1:2022 §7.2, §10). A damaged profile has
/// neither.
struct ICCProfile {
  enum Channels: Hashable, Sendable {
    case gray
    case rgb
    /// CMYK, Lab and all others.
    case other
  }

  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The data colour space in the header.
  var channels: Channels? {
    guard let signature = text(at: 16, count: 4) else { return nil }
    return switch signature {
    case "GRAY": .gray
    case "RGB ": .rgb
    default: .other
    }
  }

  /// The profile's description: `sRGB IEC61966-2.1`.
  var name: String? { words("desc") }

  /// Its copyright, in words.
  var rights: String? { words("cprt") }

  /// When it was made, as its header says (§7.2.8): six numbers.
  var made: String? {
    let numbers = (0..<6).compactMap { number(at: 24 + 2 * $0, bytes: 2) }
    guard numbers.count == 6, numbers.contains(where: { $0 > 0 }) else { return nil }
    let digits = numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }
    return digits.prefix(3).joined(separator: "-") + " " + digits.suffix(3).joined(separator: ":")
  }

  private func words(_ tag: String) -> String? {
    guard let count = number(at: 128, bytes: 4), count <= 100 else { return nil }
    for entry in 0..<count where text(at: 132 + entry * 12, count: 4) == tag {
      guard let offset = number(at: 136 + entry * 12, bytes: 4), let size = number(at: 140 + entry * 12, bytes: 4)
      else { return nil }
      if text(at: offset, count: 4) == "text" {
        return text(at: offset + 8, count: size - 8)?.split(separator: "\0").first.map(String.init)
      }
      return description(at: offset)
    }
    return nil
  }

  /// A `desc` (version 2: ASCII) or `mluc` (version 4: UTF-16, the first record) element.
  private func description(at offset: Int) -> String? {
    switch text(at: offset, count: 4) {
    case "desc":
      guard let count = number(at: offset + 8, bytes: 4), count >= 1 else { return nil }
      return text(at: offset + 12, count: count - 1)
    case "mluc":
      guard let length = number(at: offset + 20, bytes: 4), let start = number(at: offset + 24, bytes: 4),
        let raw = slice(at: offset + start, count: length)
      else { return nil }
      let units = stride(from: raw.startIndex, to: raw.endIndex - 1, by: 2).map {
        UInt16(raw[$0]) << 8 | UInt16(raw[$0 + 1])
      }
      return String(decoding: units, as: UTF16.self)
    default: return nil
    }
  }

  private func text(at offset: Int, count: Int) -> String? {
    slice(at: offset, count: count).map { String(decoding: $0, as: UTF8.self) }
  }

  private func number(at offset: Int, bytes count: Int) -> Int? {
    slice(at: offset, count: count)?.reduce(0) { $0 << 8 | Int($1) }
  }

  private func slice(at offset: Int, count: Int) -> ArraySlice<UInt8>? {
    guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
    return bytes[offset..<offset + count]
  }
}
