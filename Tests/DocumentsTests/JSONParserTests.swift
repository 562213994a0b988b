import Documents
import Testing

@Suite struct JSONParserTests {
  private func value(_ text: String) throws -> JSONValue { try DocumentReader.json(Array(text.utf8)).value }

  private func error(_ text: String, limits: DocumentLimits = DocumentLimits()) -> DocumentError? {
    error(Array(text.utf8), limits: limits)
  }

  private func error(_ bytes: [UInt8], limits: DocumentLimits = DocumentLimits()) -> DocumentError? {
    do throws(DocumentError) {
      _ = try DocumentReader.json(bytes, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("null", JSONValue.null), ("true", .bool(true)), (" false\n", .bool(false)), ("0", .number("0")),
    ("-0", .number("-0")), ("1024", .number("1024")), ("-12.50e+03", .number("-12.50e+03")), ("1E9", .number("1E9")),
    ("123456789012345678901234567890", .number("123456789012345678901234567890")), ("\"\"", .string("")),
    ("[]", .array([])), ("[ 1 , [ ] ]", .array([.number("1"), .array([])])), ("{}", .object(JSONObject())),
  ])
  func valuesAreReadAsWritten(text: String, expected: JSONValue) throws {
    #expect(try value(text) == expected)
  }

  @Test func membersKeepTheirOrder() throws {
    guard case .object(let object) = try value(#"{"z": 1, "a": 2, "m": 3}"#) else {
      Issue.record("no object")
      return
    }
    #expect(object.keys == ["z", "a", "m"])
    #expect(object["a"] == .number("2"))
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9\u4e2d""#, "é中"), (#""\ud83d\ude00!""#, "😀!"),
    (#""\uD834\uDD1E""#, "𝄞"), (#""a\u0000b""#, "a\0b"), (#""é😀""#, "é😀"), (#""\u005c\u0022""#, "\\\""),
    ("\"\u{7f}\u{2028}\"", "\u{7f}\u{2028}"),
  ])
  func escapesAndSurrogatePairsBecomeCharacters(text: String, expected: String) throws {
    #expect(try value(text) == .string(expected))
  }

  @Test func valuesAndKeysKnowTheirPositions() throws {
    let text = "{\r\n  \"é😀\": [1,\n\t\"ä\", null],\r  \"b\": {\"c\": true}\n}"
    let root = try DocumentReader.json(Array(text.utf8))
    #expect(root.position == Position(line: 1, column: 1))
    let list = try #require(root["é😀"])
    #expect(list.keyPosition == Position(line: 2, column: 3))
    #expect(list.node.position == Position(line: 2, column: 9))
    #expect(root.position(at: ["é😀", "1"]) == Position(line: 3, column: 2))
    #expect(root.position(at: ["é😀", "2"]) == Position(line: 3, column: 7))
    #expect(root["b"]?.keyPosition == Position(line: 4, column: 3))
    #expect(root.position(at: ["b", "c"]) == Position(line: 4, column: 14))
    // Where a path leads nowhere, the place that lacks it.
    #expect(root.position(at: ["b", "missing", "more"]) == Position(line: 4, column: 8))
  }

  @Test func positionsAfterALongTextOfManyBytesCountCharacters() throws {
    let root = try DocumentReader.json(Array("[\"\(String(repeating: "é", count: 1000))\", 7]".utf8))
    #expect(root.position(at: ["1"]) == Position(line: 1, column: 1006))
  }

  @Test(arguments: [
    ("", Position(line: 1, column: 1), "a value"), ("  \n ", Position(line: 2, column: 2), "a value"),
    ("{", Position(line: 1, column: 2), "a key in double quotes"), ("{\"a\"", Position(line: 1, column: 5), "a colon"),
    ("{\"a\":", Position(line: 1, column: 6), "a value"), ("{\"a\":1", Position(line: 1, column: 7), "a comma or }"),
    ("{\"a\":1,", Position(line: 1, column: 8), "a key in double quotes"),
    ("[1", Position(line: 1, column: 3), "a comma or ]"), ("[1,\n", Position(line: 2, column: 1), "a value"),
    ("tru", Position(line: 1, column: 4), "true"), ("-", Position(line: 1, column: 2), "a digit"),
    ("1.", Position(line: 1, column: 3), "a digit"), ("1e", Position(line: 1, column: 3), "a digit"),
    ("\"é", Position(line: 1, column: 3), "the end of the text, a double quote"),
    ("\"a\\", Position(line: 1, column: 4), "the end of the text, a double quote"),
    ("\"a\\\"", Position(line: 1, column: 5), "the end of the text, a double quote"),
  ])
  func aDocumentThatIsNotWholeYetIsToldFromAWrongOne(text: String, position: Position, expected: String) {
    let error = error(text)
    #expect(error == .unexpectedEnd(position, expected: expected))
    #expect(error?.mayBeIncomplete == true)
  }

  @Test func aCharacterCutInItsMiddleIsNotWholeYet() {
    #expect(
      error([0x22, 0x61, 0xF0, 0x9F, 0x98])
        == .unexpectedEnd(Position(line: 1, column: 3), expected: "the end of the text, a double quote"))
  }

  @Test(arguments: [
    ("{'a': 1}", 1, 2, "'", "a key in double quotes"), ("{a: 1}", 1, 2, "a", "a key in double quotes"),
    ("[1,]", 1, 4, "]", "a value"), ("{\"a\":1,}", 1, 8, "}", "a key in double quotes"),
    ("[1 2]", 1, 4, "2", "a comma or ]"), ("{\"a\" 1}", 1, 6, "1", "a colon"), ("[1}", 1, 3, "}", "a comma or ]"),
    ("{\n  \"a\": tru,\n}", 2, 8, "tru", "true"), ("True", 1, 1, "True", "a value"), ("NaN", 1, 1, "NaN", "a value"),
    ("nullx", 1, 1, "nullx", "null"), ("1 1", 1, 3, "1", "the end of the document"),
    ("{} // no", 1, 4, "/", "the end of the document"), ("[\"é\", €]", 1, 7, "€", "a value"),
    ("+1", 1, 1, "+", "a value"), (".5", 1, 1, ".", "a value"), ("Infinity", 1, 1, "Infinity", "a value"),
  ])
  func whatStandsInTheWrongPlaceIsNamed(
    text: String, line: Int, column: Int, found: String, expected: String
  ) {
    let error = error(text)
    #expect(error == .unexpected(Position(line: line, column: column), found: found, expected: expected))
    #expect(error?.mayBeIncomplete == false)
  }

  @Test(arguments: [
    ("01", "01"), ("-01", "-01"), ("1.e3", "1.e3"), ("1e+x", "1e+x"), ("0x10", "0x10"), ("1_000", "1_000"),
    ("-a", "-a"), ("1.2.3", "1.2.3"), ("-Infinity", "-Infinity"),
  ])
  func numbersFollowTheGrammarOfJSON(text: String, found: String) {
    #expect(error("[\(text)]") == .badNumber(Position(line: 1, column: 2), text: found))
  }

  @Test(arguments: [
    (#"["é\x41"]"#, DocumentError.badEscape(Position(line: 1, column: 4), text: #"\x"#)),
    (#"["\u12g4"]"#, .badEscape(Position(line: 1, column: 3), text: #"\u12g4"#)),
    (#"["\u12"]"#, .badEscape(Position(line: 1, column: 3), text: #"\u12"#)),
    (#"["\é"]"#, .badEscape(Position(line: 1, column: 3), text: #"\é"#)),
    (#"["a\ud83d"]"#, .loneSurrogate(Position(line: 1, column: 4), text: #"\ud83d"#)),
    (#"["\ud83d\u0041"]"#, .loneSurrogate(Position(line: 1, column: 3), text: #"\ud83d"#)),
    (#"["\ude00\ud83d"]"#, .loneSurrogate(Position(line: 1, column: 3), text: #"\ude00"#)),
    ("[\"é\nb\"]", .controlCharacter(Position(line: 1, column: 4), code: 0x0A)),
    ("[\"\t\"]", .controlCharacter(Position(line: 1, column: 3), code: 0x09)),
    ("[\0]", .controlCharacter(Position(line: 1, column: 2), code: 0)),
  ])
  func badTextsNameTheirPlace(text: String, expected: DocumentError) {
    #expect(error(text) == expected)
  }

  @Test(
    arguments: [
      ([0x5B, 0x22, 0xC3, 0xA9, 0xFF, 0x22, 0x5D], 4), ([0x5B, 0x22, 0xC0, 0x80, 0x22, 0x5D], 3),
      ([0x5B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x5D], 3), ([0x5B, 0x22, 0x5C, 0x6E, 0x80, 0x22, 0x5D], 5),
      ([0x5B, 0xFF, 0x5D], 2), ([0x22, 0xFF], 2),
    ] as [([UInt8], Int)])
  func bytesThatAreNotUTF8NameTheirPlace(bytes: [UInt8], column: Int) {
    #expect(error(bytes) == .invalidUTF8(Position(line: 1, column: column)))
  }

  @Test func anotherEncodingIsNamed() {
    #expect(error([0xFF, 0xFE, 0x7B, 0x00]) == .otherEncoding("UTF-16 (little endian)"))
    #expect(error([0xFE, 0xFF, 0x00, 0x7B]) == .otherEncoding("UTF-16 (big endian)"))
  }

  @Test func aByteOrderMarkBeforeTheDocumentIsIgnored() throws {
    let root = try DocumentReader.json([0xEF, 0xBB, 0xBF] + Array("[1]".utf8))
    #expect(root.position(at: ["0"]) == Position(line: 1, column: 2))
  }

  @Test func aKeyThatStandsTwiceIsRefusedWithBothPlaces() {
    #expect(
      error("{\"a\": 1,\n \"b\": 2,\n \"\\u0061\": 3}")
        == .duplicateKey(
          Position(line: 3, column: 2), key: "a", first: Position(line: 1, column: 2)))
    // Composed and decomposed are one key to a reader, and to JSONObject.
    #expect(error("{\"\u{E9}\":1,\"e\u{301}\":2}")?.position == Position(line: 1, column: 8))
  }

  @Test func depthIsBounded() throws {
    let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(error(deepest) == nil)
    #expect(error("[\(deepest)]") == .tooDeep(Position(line: 1, column: 65), limit: 64))
    #expect(
      error(String(repeating: "{\"a\":", count: 200_000)) == .tooDeep(Position(line: 1, column: 321), limit: 64))
  }

  @Test func sizesAreBounded() {
    #expect(
      error("[1,2,3]", limits: DocumentLimits(bytes: 6)) == .tooManyBytes(found: 7, limit: 6))
    #expect(
      error("[1,2,3]", limits: DocumentLimits(values: 3))
        == .tooManyValues(Position(line: 1, column: 6), limit: 3))
  }

  @Test func messagesSayWhereWhatAndWhatNext() {
    #expect(
      error("{\"a\": 1,\n \"a\": 2}")?.description
        == "line 2, column 2: the key \"a\" stands twice, first at line 1, column 2; keep one")
    #expect(
      error("{'a'")?.description == "line 1, column 2: found ' where a key in double quotes should be")
  }
}
