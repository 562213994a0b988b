import FoundationEssentials

/// An amount of money in whole millionths of a US dollar: sums are exact, and no price of the vendor needs more digits.
struct USD: Hashable, Sendable, Comparable {
  let microdollars: Int

  init(microdollars: Int) {
    self.microdollars = microdollars
  }

  /// A price as the vendor's catalogue prints it, rounded to a millionth: the catalogue carries binary noise
  /// (`0.028060000000000005`).
  ///
  /// - Precondition: plain decimal notation, not negative.
  init(_ price: Decimal) {
    let parts = price.description.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? parts[1] : ""
    let millionths = (fraction + "000000").prefix(6)
    let next = fraction.dropFirst(6).first?.wholeNumberValue ?? 0
    guard let whole = Int(parts[0]), let part = Int(millionths), whole >= 0 else {
      preconditionFailure("\(price) is not a price")
    }
    microdollars = whole * 1_000_000 + part + (next >= 5 ? 1 : 0)
  }

  static let zero = USD(microdollars: 0)

  static func + (left: USD, right: USD) -> USD { USD(microdollars: left.microdollars + right.microdollars) }
  static func - (left: USD, right: USD) -> USD { USD(microdollars: left.microdollars - right.microdollars) }
  static func * (left: USD, right: Int) -> USD { USD(microdollars: left.microdollars * right) }
  static func < (left: USD, right: USD) -> Bool { left.microdollars < right.microdollars }

  /// As a JSON number with exact digits: `0.0375`.
  var json: JSON { .number(Decimal(microdollars) / 1_000_000) }

  /// As the vendor's headers print it: `4.230000`.
  var headerText: String {
    let digits = String(microdollars.magnitude)
    let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
    return (microdollars < 0 ? "-" : "") + padded.dropLast(6) + "." + padded.suffix(6)
  }
}
