import Foundation
import Testing

@testable import Sandbox

@Suite struct JSONTests {
  @Test(arguments: [
    #"{"a":[1,0.028060000000000005,-3.5],"b":null,"c":true,"d":"é\n\"\\ \u0001😀"}"#, "[]", "{}", #""""#,
    "12345678901234567890",
  ])
  func textSurvivesReadingAndWriting(text: String) throws {
    let value = try #require(JSON(parsing: Array(text.utf8)))
    #expect(JSON(parsing: Array(value.serialized.utf8)) == value)
  }

  @Test func numbersKeepTheirDecimalDigits() throws {
    #expect(JSON(parsing: Array("0.028060000000000005".utf8))?.serialized == "0.028060000000000005")
    #expect(JSON(parsing: Array("0.1".utf8))?.serialized == "0.1")
  }

  @Test func aWholeNumberWithAPointIsAnInteger() {
    #expect(JSON(parsing: Array("4.0".utf8))?.integer == 4)
    #expect(JSON(parsing: Array("4.5".utf8))?.integer == nil)
    #expect(JSON(parsing: Array("true".utf8))?.integer == nil)
  }

  @Test(arguments: ["", "{", "{\"a\":}", "nope", "{} {}"])
  func whatIsNotOneDocumentIsNothing(text: String) {
    #expect(JSON(parsing: Array(text.utf8)) == nil)
  }

  @Test func controlCharactersAreEscaped() {
    #expect(JSON.string("a\u{1}\t\"\\").serialized == #""a\u0001\t\"\\""#)
  }
}
