// Money: amounts that add up exactly. It knows nothing of what is paid for.

/// An amount of money: whole millionths of a US dollar, never floating.
public struct USD: Hashable, Sendable, Comparable {
  public let microdollars: Int64

  public static let zero = USD(microdollars: 0)

  public init(microdollars: Int64) {
    self.microdollars = microdollars
  }

  public static func < (a: USD, b: USD) -> Bool { a.microdollars < b.microdollars }
  public static func + (a: USD, b: USD) -> USD { USD(microdollars: a.microdollars + b.microdollars) }
  public static func - (a: USD, b: USD) -> USD { USD(microdollars: a.microdollars - b.microdollars) }
  public static func * (a: USD, count: Int) -> USD { USD(microdollars: a.microdollars * Int64(count)) }
  public static func += (a: inout USD, b: USD) { a = a + b }
}

extension USD {
  /// Reads a price of a catalogue that was written from binary floating point: `0.028060000000000005` means 0.02806.
  /// Digits beyond the ninth decimal place are such noise and are rounded off; of what is left, less than a millionth is
  /// rounded up. An exponent is read, for tiny prices are written with one.
  ///
  /// - Returns: `nil` for anything that is no number, and for what is negative or more than a billion dollars.
  public init?(price text: String) {
    let parts = text.lowercased().split(separator: "e", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let exponent = parts.count == 2 ? Int(parts[1]) : 0,
      (-30...9).contains(exponent)
    else { return nil }
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(mantissa.count), mantissa.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isDigit) })
    else { return nil }
    let fraction = mantissa.count == 2 ? mantissa[1] : ""
    // The number is `digits` with the decimal point after `point` of them.
    let digits = mantissa[0] + fraction
    let point = mantissa[0].count + exponent
    let kept = point + 9
    guard kept >= 0 else {
      microdollars = 0
      return
    }
    let shown = String(digits.prefix(kept)) + String(repeating: "0", count: max(0, kept - digits.count))
    guard var nano = shown.isEmpty ? 0 : Int64(shown), nano < 1_000_000_000_000_000_000 else { return nil }
    if let next = digits.dropFirst(kept).first, next >= "5" { nano += 1 }
    microdollars = (nano + 999) / 1000
  }
}

extension USD: LosslessStringConvertible {
  /// Decimal, with at least two digits behind the point: `0.01`, `1.50`, `0.000004`.
  public var description: String {
    let (dollars, fraction) = microdollars.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    var digits = String(repeating: "0", count: 6 - String(fraction).count) + String(fraction)
    while digits.count > 2, digits.hasSuffix("0") { digits.removeLast() }
    return "\(microdollars < 0 ? "-" : "")\(dollars).\(digits)"
  }

  /// Reads a decimal number; what is less than a millionth is rounded up, so that no cost is ever understated. Nil for
  /// anything else, an exponent included, and for more than fits.
  public init?(_ text: String) {
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    let parts = text.dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isDigit) }),
      let dollars = Int64(parts[0])
    else { return nil }
    let fraction = parts.count == 2 ? parts[1] : ""
    guard var micros = Int64((fraction.prefix(6) + "000000").prefix(6)) else { return nil }
    if fraction.dropFirst(6).contains(where: { $0 != "0" }) { micros += 1 }
    let whole = dollars.multipliedReportingOverflow(by: 1_000_000)
    let sum = whole.partialValue.addingReportingOverflow(micros)
    guard !whole.overflow, !sum.overflow else { return nil }
    microdollars = isNegative ? -sum.partialValue : sum.partialValue
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
