import Money
import Testing

@Suite struct USDTests {
  @Test(
    arguments: [
      ("0", 0, "0.00"), ("0.01", 10_000, "0.01"), ("2", 2_000_000, "2.00"), ("25.5", 25_500_000, "25.50"),
      ("0.000001", 1, "0.000001"), ("-0.5", -500_000, "-0.50"), ("0.0030", 3000, "0.003"),
      // Less than a millionth is rounded up.
      ("0.0000001", 1, "0.000001"), ("0.1234561", 123_457, "0.123457"), ("1.00000000", 1_000_000, "1.00"),
    ] as [(String, Int64, String)]) func decimalIsReadAndWritten(_ text: String, _ micro: Int64, _ written: String)
  {
    #expect(USD(text) == USD(microdollars: micro))
    #expect(USD(microdollars: micro).description == written)
  }

  @Test(arguments: [
    "", ".", "1.", ".5", "1e3", "1,5", "+1", "--1", " 1", "٣", "NaN", "99999999999999999999", "9223372036855",
  ])
  func otherTextIsNoAmount(_ text: String) {
    #expect(USD(text) == nil)
  }

  /// Prices as the vendor's catalogue writes them.
  @Test(
    arguments: [
      ("0.01", 10_000), ("0.028060000000000005", 28_060), ("0.0023000000000000004", 2300),
      ("0.0034500000000000004", 3450),
      ("0.03449999999999999", 34_500), ("0.09375", 93_750), ("1", 1_000_000), ("0", 0), ("0.0000001", 1), ("1e-7", 1),
      ("2.5E-2", 25_000), ("1e2", 100_000_000), ("0.0000000001", 0), ("1e-30", 0),
    ] as [(String, Int64)]) func priceIsReadWithoutBinaryNoise(_ text: String, _ micro: Int64)
  {
    #expect(USD(price: text) == USD(microdollars: micro))
  }

  @Test(arguments: ["", "-1", "1e10", "e5", "1.", ".1", "1e", "free", "1_0", "99999999999"])
  func otherTextIsNoPrice(_ text: String) {
    #expect(USD(price: text) == nil)
  }

  @Test func sumsAreExact() {
    let price = USD(microdollars: 10_000)
    var sum = USD.zero
    for _ in 0..<1000 { sum += price }
    #expect(sum == price * 1000)
    #expect(sum - price == USD(microdollars: 9_990_000))
  }
}
