import Documents
import Testing

@testable import Catalogue

@Suite struct JSONValueReadingTests {
  @Test(
    arguments: [
      ("16", 16), ("-3", -3), ("0", 0), ("16.0", 16), ("1.6e1", 16), ("160e-1", 16), ("1E3", 1000), ("1e+2", 100),
      ("0.0", 0), ("123456789012345678", 123_456_789_012_345_678), ("1.5", nil), ("1e-1", nil), ("1e19", nil),
      ("99999999999999999999", nil),
    ] as [(String, Int?)]) func wholeNumbersAreReadFromTheirText(text: String, value: Int?)
  {
    #expect(JSONValue.number(text).integer == value)
  }

  @Test func anotherTypeIsNoInteger() {
    #expect(JSONValue.string("16").integer == nil)
    #expect(JSONValue.null.integer == nil)
  }
}
