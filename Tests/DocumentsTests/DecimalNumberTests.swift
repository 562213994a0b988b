import Documents
import Testing

struct DecimalNumberTests {
  @Test(arguments: ["", "-", "01", "1.", ".5", "+1", "1e", "1e+", "0x1", "1 ", "NaN", "--1", "1.5.2"])
  func textThatIsNoJSONNumber_isNil(text: String) { #expect(DecimalNumber(text) == nil) }

  @Test(arguments: [
    ("0", "-0", 0), ("1e3", "1000", 0), ("0.1", "1e-1", 0), ("10.00", "10", 0), ("-5", "-4", -1), ("-1", "0", -1),
    ("0", "1e-999999", -1), ("19.9999999999999999999", "20", -1), ("0.1", "0.09", 1), ("123", "1e2", 1),
    ("-0.5", "-0.25", -1),
  ])
  func numbers_compareExactly(left: String, right: String, order: Int) throws {
    let (a, b) = (try #require(DecimalNumber(left)), try #require(DecimalNumber(right)))
    #expect((a < b) == (order < 0))
    #expect((a > b) == (order > 0))
    #expect((a == b) == (order == 0))
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("1024", 1024), ("1024.0", 1024), ("1.5e1", 15), ("-999999999", -999_999_999),
    ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9223372036854775808", nil),
    ("-9223372036854775809", nil), ("1e19", nil), ("1e99999999", nil), ("0.5", nil), ("1e-1", nil),
  ])
  func integers_areExactOrNil(text: String, value: Int?) { #expect(DecimalNumber(text)?.integer == value) }
}
