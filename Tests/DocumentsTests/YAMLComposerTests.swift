import Documents
import Testing

@Suite struct YAMLComposerTests {
  private func value(_ text: String) throws -> JSONValue { try DocumentReader.yaml(text).value }

  private func error(_ text: String, limits: DocumentLimits = DocumentLimits()) -> DocumentError? {
    error(Array(text.utf8), limits: limits)
  }

  private func error(_ bytes: [UInt8], limits: DocumentLimits = DocumentLimits()) -> DocumentError? {
    do throws(DocumentError) {
      _ = try DocumentReader.yaml(bytes, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("~", JSONValue.null), ("null", .null), ("Null", .null), ("true", .bool(true)), ("FALSE", .bool(false)),
    ("yes", .string("yes")), ("on", .string("on")), ("nULL", .string("nULL")), ("0", .number("0")),
    ("-17", .number("-17")), ("+3", .number("3")), ("007", .number("7")), ("0o17", .number("15")),
    ("0xFf", .number("255")), ("0b1", .string("0b1")), ("1.50", .number("1.50")), (".5", .number("0.5")),
    ("-.5e-3", .number("-0.5e-3")), ("1.", .number("1")), ("1e3", .number("1e3")), ("1_000", .string("1_000")),
    ("16:9", .string("16:9")), ("1024x768", .string("1024x768")), ("2026-08-21", .string("2026-08-21")),
    (".inf", .string(".inf")), (".nan", .string(".nan")), ("-", .array([.null])), ("\"5\"", .string("5")),
    ("'true'", .string("true")), ("!!str 5", .string("5")), ("! 5", .string("5")), ("!!int 5", .number("5")),
    ("!!float 5", .number("5")), ("!!bool true", .bool(true)), ("!!null ''", .null), ("1e", .string("1e")),
    ("+", .string("+")), ("0x", .string("0x")), ("é", .string("é")), ("\"\\u00e9\\U0001F600\"", .string("é😀")),
  ])
  func plainScalarsFollowTheCoreSchema(text: String, expected: JSONValue) throws {
    #expect(try value(text) == expected)
  }

  @Test func numbersAreJSONNumbersWhicheverWayTheyWereWritten() throws {
    let list = try value("[+3, 007, 0o17, 0xFf, .5, 1., -.5e-3]").serialized()
    #expect(list == "[3,7,15,255,0.5,1,-0.5e-3]")
    #expect(try DocumentReader.json(Array(list.utf8)).value.serialized() == list)
  }

  @Test func collectionsKeepOrderAndPositions() throws {
    let root = try DocumentReader.yaml("name: é\ngenerate:\n  prompt: |\n    one\n    two\n  sizes: [1, é, {a: 2}]\n")
    #expect(root.value.serialized() == #"{"name":"é","generate":{"prompt":"one\ntwo\n","sizes":[1,"é",{"a":2}]}}"#)
    #expect(root["generate"]?.keyPosition == Position(line: 2, column: 1))
    #expect(root.position(at: ["generate"]) == Position(line: 3, column: 3))
    #expect(root.position(at: ["generate", "sizes", "1"]) == Position(line: 6, column: 14))
    #expect(root.position(at: ["generate", "sizes", "2", "a"]) == Position(line: 6, column: 21))
  }

  @Test func aByteOrderMarkMovesNoColumn() throws {
    let root = try DocumentReader.yaml([0xEF, 0xBB, 0xBF] + Array("a: 1".utf8))
    #expect(root.position(at: ["a"]) == Position(line: 1, column: 4))
  }

  @Test func anchorsAreExpandedWhereTheirAliasesStand() throws {
    let text = "a: &rights { artist: Example }\nb: *rights\nc: [*rights, *rights]"
    #expect(
      try value(text).serialized()
        == #"{"a":{"artist":"Example"},"b":{"artist":"Example"},"c":[{"artist":"Example"},{"artist":"Example"}]}"#)
  }

  @Test func keysAreTheirText() throws {
    #expect(try value("{2026: a, true: b, \"\": c}").serialized() == #"{"2026":"a","true":"b","":"c"}"#)
  }

  @Test(
    arguments: [
      ("a: 1\nb: 2\na: 3", 1, 1, "a", nil), ("x:\n  \"k\": 1\n  'k': 2", 2, 3, "k", nil),
      ("1: a\n\"1\": b", 1, 1, "1", nil),
      ("1: a\n!!int 1: b", 2, 1, "1", Position(line: 1, column: 1)),
    ] as [(String, Int, Int, String, Position?)])
  func aKeyThatStandsTwiceIsRefused(text: String, line: Int, column: Int, key: String, first: Position?) {
    #expect(error(text) == .duplicateKey(Position(line: line, column: column), key: key, first: first))
  }

  @Test(arguments: [
    ("a:\n  <<: {b: 1}", DocumentError.mergeKey(Position(line: 2, column: 3))),
    ("? [a, b]\n: 1", .keyIsNotText(Position(line: 1, column: 3))),
    ("{a: 1}: 2", .keyIsNotText(Position(line: 1, column: 1))),
    ("a: !!binary aGk=", .unsupportedTag(Position(line: 1, column: 4), tag: "tag:yaml.org,2002:binary")),
    ("a: !mine b", .unsupportedTag(Position(line: 1, column: 4), tag: "!mine")),
    ("a: !!int b", .unsupportedTag(Position(line: 1, column: 4), tag: "tag:yaml.org,2002:int")),
    ("a: !!set {b}", .unsupportedTag(Position(line: 1, column: 4), tag: "tag:yaml.org,2002:set")),
    ("a: 1\n---\nb: 2\n", .severalDocuments(Position(line: 2, column: 1))),
    ("a: *b", .yaml(Position(line: 1, column: 4), problem: "found undefined alias")),
    ("a: b: c", .yaml(Position(line: 1, column: 5), problem: "mapping values are not allowed in this context")),
    ("a: @b", .yaml(Position(line: 1, column: 4), problem: "found character that cannot start any token")),
    ("é: \u{7}", .controlCharacter(Position(line: 1, column: 4), code: 7)),
    (
      "a: \"\\ud83d\\ude00\"\n",
      .yaml(Position(line: 1, column: 7), problem: "found invalid Unicode character escape code")
    ),
  ])
  func whatIsRefusedNamesItsPlace(text: String, expected: DocumentError) {
    #expect(error(text) == expected)
  }

  @Test(arguments: [
    ("", 1, 1), ("# nothing\n", 1, 1), ("a: \"b", 1, 6), ("a: [1, 2\n", 2, 1), ("a: {b: 1,", 1, 10), ("a: b\nc", 2, 2),
    ("a: '", 1, 5),
  ])
  func aDocumentThatIsNotWholeYetIsToldFromAWrongOne(text: String, line: Int, column: Int) {
    let error = error(text)
    #expect(error?.mayBeIncomplete == true, "\(String(describing: error))")
    #expect(error?.position == Position(line: line, column: column))
  }

  @Test func bytesThatAreNotUTF8NameTheirPlace() {
    #expect(error(Array("a: 1\nb: é".utf8) + [0xFF, 0x0A]) == .invalidUTF8(Position(line: 2, column: 5)))
    #expect(
      error(Array("a: é".utf8) + [0xF0, 0x9F])
        == .unexpectedEnd(Position(line: 1, column: 5), expected: "the rest of a character"))
  }

  @Test func depthAndSizeAreBounded() {
    let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
    #expect(error(deep) == .tooDeep(Position(line: 1, column: 65), limit: 64))
    #expect(
      error("[1, 2, 3]", limits: DocumentLimits(values: 3)) == .tooManyValues(Position(line: 1, column: 8), limit: 3))
    #expect(error("a: 1", limits: DocumentLimits(bytes: 3)) == .tooManyBytes(found: 4, limit: 3))
    if case .tooDeep? = error(String(repeating: "[", count: 100_000)) {} else { Issue.record("not too deep") }
    if case .tooDeep? = error(String(repeating: "- ", count: 100_000) + "a") {} else { Issue.record("not too deep") }
  }

  @Test(.timeLimit(.minutes(1))) func aliasesWithinAliasesAreBounded() {
    var bomb = "a0: &a0 [x, x]\n"
    for level in 1...40 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    if case .tooManyValues(_, limit: 100_000)? = error(bomb) {} else { Issue.record("not bounded") }
    for key in ["? *a40\n: 1", "{? *a40 : 1}: 2", "*a40 : 1", "[*a40]: 1", "x: {*a40 : 1}"] {
      #expect(error(bomb + key) == .aliasExpansion(limit: 1_000_000), "\(key)")
    }
  }

  @Test func aPromptWithStarsAndAmpersandsIsNoBomb() throws {
    let prompt = "Why? Because *bold* words &c. [really]: R&D, *more* (A&B) ? *so* & *so* on"
    let text = "rights: &r {artist: Example}\nlast: *r\nprompt: |\n" + String(repeating: "  \(prompt)\n", count: 50)
    #expect(error(text) == nil)
  }
}
