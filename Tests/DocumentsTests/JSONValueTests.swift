import Documents
import Testing

@Suite struct JSONValueTests {
  @Test func textIsEscapedWhereJSONWantsItAndNowhereElse() {
    let text = "\"\\/\u{8}\u{c}\n\r\t\0\u{1f}\u{7f}é😀\u{2028}"
    #expect(
      JSONValue.string(text).serialized() == #""\"\\/\b\f\n\r\t\u0000\u001f"# + "\u{7f}é😀\u{2028}\"")
  }

  @Test func prettyTextPutsEachMemberOnItsLine() throws {
    let value = try DocumentReader.json(Array(#"{"b":[1,{"c":null}],"a":{},"d":[]}"#.utf8)).value
    #expect(
      value.serialized(pretty: true) == """
        {
          "b": [
            1,
            {
              "c": null
            }
          ],
          "a": {},
          "d": []
        }
        """)
    #expect(value.serialized() == #"{"b":[1,{"c":null}],"a":{},"d":[]}"#)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var object = JSONObject()
    object["text"] = .string((0...0x2FF).compactMap(Unicode.Scalar.init).map(String.init).joined())
    object["numbers"] = .array([.number("-0"), .number("1e400"), .number("123456789012345678901")])
    let value = JSONValue.object(object)
    #expect(try DocumentReader.json(value.serializedBytes()).value == value)
    #expect(try DocumentReader.json(value.serializedBytes(pretty: true)).value == value)
  }

  @Test func settingNilRemovesAMember() {
    var object = JSONObject()
    object["a"] = .null
    object["b"] = .bool(true)
    object["a"] = nil
    #expect(object.keys == ["b"])
  }
}
