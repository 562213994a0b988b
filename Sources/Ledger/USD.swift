/// An amount of money: whole millionths of a US dollar, never floating.
public struct USD: Hashable, Sendable, Comparable {
  public let microdollars: Int64

  public static let zero = USD(microdollars: 0)

  public init(microdollars: Int64) {
    self.microdollars = microdollars
  }

  public static func < (a: USD, b: USD) -> Bool { a.microdollars < b.microdollars }
  public static func + (a: USD, b: USD) -> USD { USD(microdollars: a.microdollars + b.microdollars) }
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
