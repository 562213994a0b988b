import Documents
import Testing

@Suite struct JSONValueReadingTests {
  @Test(
    arguments: [
      ("16", 16), ("-3", -3), ("0", 0), ("16.0", 16), ("1.6e1", 16), ("160e-1", 16), ("1E3", 1000), ("1e+2", 100),
      ("0.0", 0), ("123456789012345678", 123_456_789_012_345_678), ("1.5", nil), ("1e-1", nil), ("1e19", nil),
      ("9223372036854775807", .max), ("99999999999999999999", nil), ("sixteen", nil),
    ] as [(String, Int?)]) func wholeNumbersAreReadFromTheirText(text: String, value: Int?)
  {
    #expect(JSONValue.number(text).integer == value)
  }

  @Test func anotherTypeIsNoInteger() {
    #expect(JSONValue.string("16").integer == nil)
    #expect(JSONValue.null.integer == nil)
  }

  @Test func membersOfAnotherTypeAreAsGoodAsAbsent() throws {
    let text = #"{"text": "a", "number": 1.50, "flag": true, "list": ["a", 1, {"b": 2}], "object": {"c": null}}"#
    let object = try #require(try DocumentReader.json(Array(text.utf8)).value.object)
    #expect(object.string("text") == "a")
    #expect(object.number("number") == "1.50")
    #expect(object.bool("flag") == true)
    #expect(object.strings("list") == ["a"])
    #expect(object.objects("list").map(\.keys) == [["b"]])
    #expect(object.object("object")?.keys == ["c"])
    for key in ["text", "number", "flag", "list", "object", "none"] {
      #expect((object.string(key) != nil) == (key == "text"))
      #expect((object.number(key) != nil) == (key == "number"))
      #expect((object.bool(key) != nil) == (key == "flag"))
      #expect((object.strings(key) != nil) == (key == "list"))
      #expect((object.object(key) != nil) == (key == "object"))
      #expect(object.objects(key).isEmpty == (key != "list"))
    }
  }
}
