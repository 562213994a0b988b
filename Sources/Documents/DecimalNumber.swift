/// A number of JSON's grammar (RFC 8259 §6), compared exactly: no binary floating point comes in between.
public struct DecimalNumber: Hashable, Comparable, Sendable {
  private let isNegative: Bool
  /// Significant digits 0-9, without zeros at either end; empty for zero.
  private let digits: [UInt8]
  /// The value is `0.digits × 10^magnitude`.
  private let magnitude: Int

  /// - Returns: `nil` when the text is not a JSON number.
  public init?(_ text: String) {
    var bytes = text.utf8[...]
    isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { bytes.removeFirst() }

    let whole = bytes.prefix(while: Self.isDigit)
    bytes = bytes.dropFirst(whole.count)
    guard whole.count == 1 || (whole.first ?? UInt8(ascii: "0")) != UInt8(ascii: "0") else { return nil }

    var fraction = bytes[bytes.startIndex..<bytes.startIndex]
    if bytes.first == UInt8(ascii: ".") {
      bytes.removeFirst()
      fraction = bytes.prefix(while: Self.isDigit)
      bytes = bytes.dropFirst(fraction.count)
      guard !fraction.isEmpty else { return nil }
    }

    var exponent = 0
    if let mark = bytes.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
      bytes.removeFirst()
      let isSmall = bytes.first == UInt8(ascii: "-")
      if isSmall || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
      guard !bytes.isEmpty, bytes.allSatisfy(Self.isDigit) else { return nil }
      // An exponent beyond a million is as good as infinite for every bound there is.
      let size = bytes.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), 1_000_000) }
      exponent = isSmall ? -size : size
      bytes = bytes.dropFirst(bytes.count)
    }
    guard bytes.isEmpty else { return nil }

    let all = (Array(whole) + Array(fraction)).map { $0 - UInt8(ascii: "0") }
    let leading = all.prefix { $0 == 0 }.count
    let significant = all.dropFirst(leading)
    let trailing = significant.reversed().prefix { $0 == 0 }.count
    digits = Array(significant.dropLast(trailing))
    magnitude = digits.isEmpty ? 0 : whole.count - leading + exponent
  }

  /// Has no fraction: `1024`, `1024.0` and `1e3` are integers, as they are to the JavaScript on the other side.
  public var isInteger: Bool { digits.count <= magnitude || digits.isEmpty }

  /// `nil` when there is a fraction or `Int` cannot hold the value.
  public var integer: Int? {
    guard isInteger else { return nil }
    guard magnitude <= 19 else { return nil }
    var value = 0
    for place in 0..<max(magnitude, 0) {
      let digit = place < digits.count ? Int(digits[place]) : 0
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow2) =
        isNegative ? scaled.subtractingReportingOverflow(digit) : scaled.addingReportingOverflow(digit)
      if overflow || overflow2 { return nil }
      value = sum
    }
    return value
  }

  public static func < (left: Self, right: Self) -> Bool {
    switch (left.sign, right.sign) {
    case (let a, let b) where a != b: a < b
    case (1, _): left.isSmaller(than: right)
    case (-1, _): right.isSmaller(than: left)
    default: false
    }
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.sign == right.sign && left.magnitude == right.magnitude && left.digits == right.digits
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(sign)
    hasher.combine(magnitude)
    hasher.combine(digits)
  }

  private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

  private func isSmaller(than other: Self) -> Bool {
    magnitude == other.magnitude ? digits.lexicographicallyPrecedes(other.digits) : magnitude < other.magnitude
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
