import Testing

@testable import Ledger

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
}
