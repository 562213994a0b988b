import Documents
import Foundation
import Testing

@testable import ImageAPI

/// Every case is read in every split.
struct AnswerReaderTests {
  private func read(_ body: String, asked: Int = 1, _ headers: (String, String)...) -> Reading {
    .ofEverySplit(Array(body.utf8), headers, asked: asked)
  }

  private func isBadJSON(_ reading: Reading) -> Bool {
    if case .badJSON? = reading.error { true } else { false }
  }

  // MARK: What is read

  @Test func generatesJSON_isCut() throws {
    let reading = read(
      #"{"id": "generate-image-1", "images": ["\#(tinyPNGBase64)", "AAEC"], "request": null, "timing": {"total": 1893}}"#,
      asked: 2)
    #expect(try reading.facts == AnswerFacts(id: "generate-image-1", timing: json(#"{"total": 1893}"#), count: 2))
    #expect(reading.images == [tinyPNG, [0, 1, 2]])
  }

  @Test(arguments: [
    "b64_json\": \"", "url\": \"data:image/png;base64,", "url\": \"data:IMAGE/PNG;x=y;base64,",
    "url\": null, \"b64_json\": \"", "url\": \"https://example.com/a.png\", \"b64_json\": \"",
    "url\": \"\", \"b64_json\": \"", "revised_prompt\": {\"b64_json\": \"!\"}, \"b64_json\": \"",
  ])
  func generationsJSON_isCut(field: String) throws {
    let reading = read(
      "{\"created\": 1713833628, \"data\": [{\"\(field)\(tinyPNGBase64)\", \"x\": [1]}]}", asked: 1,
      ("x-request-id", "r"))
    #expect(reading.facts == AnswerFacts(id: "r", timing: nil, count: 1))
    #expect(reading.images == [tinyPNG])
  }

  @Test func secondPictureOfAnItem_isNotRead() {
    let reading = read(
      #"{"data": [{"b64_json": "AAEC", "url": "https://example.com/a"}, {"b64_json": "AAEC"}]}"#, asked: 2)
    #expect(reading.images == [[0, 1, 2], [0, 1, 2]])
  }

  @Test func binaryBody_isTheOriginal() throws {
    let reading = Reading.ofEverySplit(tinyPNG, [("x-request-id", "r")])
    #expect(reading.images == [tinyPNG])
    #expect(reading.facts == AnswerFacts(id: "r", timing: nil, count: 1))
  }

  @Test(arguments: ["BM", "GIF89a", "\u{1}\u{2}\u{3}\u{4}ftypavif", "RIFF\u{1}\u{1}\u{1}\u{1}WEBPVP8 and so on"])
  func everySignature_isAPicture(body: String) {
    #expect(read(body).images == [Array(body.utf8)])
  }

  @Test func members_mayComeInAnyOrder() throws {
    let members = [
      #""id": "x""#, #""images": ["AAEC"]"#, #""timing": {"total": 1.50e3, "steps": [1, {"a": "}"}]}"#,
      #""request": {"images": ["\#(tinyPNGBase64)"], "id": "y", "prompt": "é\ud83d\ude00\"\\"}"#,
      #""x": [[], {}, [[{"images": [true, false, null, -0.5E-7]}]]]"#,
    ]
    let timing = try json(#"{"total": 1.50e3, "steps": [1, {"a": "}"}]}"#)
    for first in members.indices {
      let order = members[first...] + members[..<first]
      let reading = read("\n {\t\(order.joined(separator: " ,\r\n"))}\n ")
      #expect(reading.images == [[0, 1, 2]])
      #expect(reading.facts == AnswerFacts(id: "x", timing: timing, count: 1))
    }
  }

  @Test func escapes_areResolved() throws {
    let bytes: [UInt8] = [0xFB, 0xFF, 0xBE, 0x00, 0x10]  // "+/++ABA="
    for text in ["+\\/++ABA=", "\\u002b\\u002F++\\u0041BA\\u003d", "\\u002B\\/\\u002b+ABA="] {
      let reading = read(#"{"im\u0061ges": ["\#(text)"], "\u0069d": "\u00e9\ud83d\uDE00\n\/"}"#)
      #expect(reading.images == [bytes])
      #expect(reading.facts?.id == "é😀\n/")
    }
    let uri = read(#"{"images": ["data:image\/png;base64\u002cAAEC"]}"#)
    #expect(uri.images == [[0, 1, 2]])
  }

  @Test(arguments: [
    #"{"data": [], "images": ["AAEC"]}"#, #"{"data": {"images": ["!"]}, "images": ["AAEC"]}"#,
    #"{"images": ["AAEC"], "data": [{"b64_json": "AAED"}]}"#, #"{"images": null, "data": [{"b64_json": "AAEC"}]}"#,
  ])
  func firstArrayWithPictures_isTheOneThatCounts(body: String) {
    let reading = read(body)
    #expect(reading.images == [[0, 1, 2]])
    #expect(reading.facts?.count == 1)
  }

  @Test func idOfAnotherKind_isNoID() {
    #expect(read(#"{"id": 7, "timing": 8, "images": ["AAEC"]}"#, ("x-request-id", "r")).facts?.id == "r")
  }

  /// The members that are kept are bounded; a larger one is as good as absent.
  @Test func hugeFacts_areDropped() {
    let long = String(repeating: "x", count: 70_000)
    let body = Array(#"{"id": "\#(long)", "timing": {"a": "\#(long)"}, "images": ["AAEC"]}"#.utf8)
    let head = ResponseHead(status: 200, headers: [.init(name: "x-request-id", value: "r")])
    for size in [1 << 20, 1000] {
      let reading = Reading(body, head, asked: 1) { size }
      #expect(reading.facts == AnswerFacts(id: "r", timing: nil, count: 1))
    }
  }

  /// Larger than every buffer; the text is cut at each of the four places of a group.
  @Test(arguments: [300_000, 300_001, 300_002])
  func largePictures_areCut(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 8) }
    let text = Data(bytes).base64EncodedString()
    let escaped = text.replacingOccurrences(of: "/", with: "\\/")
    let body = Array(#"{"images": ["\#(text)", "\#(escaped)"], "request": {"image": "\#(text)"}}"#.utf8)
    for size in [body.count, 65_536, 4097, 1001] {
      let reading = Reading(body, ResponseHead(status: 200, headers: []), asked: 2) { size }
      #expect(reading.images == [bytes, bytes])
    }
  }

  @Test func picturesBeyondThoseAskedFor_areCountedOnly() {
    let reading = read(#"{"images": ["AAEC", "AAED", "AAEE"]}"#)
    #expect(reading.error == .wrongCount(asked: 1, received: 3))
    #expect(reading.images == [[0, 1, 2]])
  }

  @Test func sinkThatFails_endsTheReading() {
    for body in [tinyPNG, Array(#"{"images": ["\#(tinyPNGBase64)"]}"#.utf8)] {
      var sink = CollectedOriginals()
      sink.room = 10
      var reader = AnswerReader(head: ResponseHead(status: 200, headers: []), asked: 1)
      var failed = false
      do throws(AnswerFailure<CollectedOriginals.Full>) {
        try reader.read(body.span, into: &sink)
        _ = try reader.finish(into: &sink)
      } catch {
        if case .sink = error { failed = true }
      }
      #expect(failed)
    }
  }

  // MARK: What is not

  /// Scenario 26.
  @Test func unusableAnswers_areTyped() {
    #expect(read("").error == .empty)
    #expect(
      read("<html>\nx", asked: 1, ("content-type", "text/html")).error
        == .notAnAnswer(mediaType: "text/html", beginning: "<html>·x"))
    #expect(read("{}").error == .noImages(vendorsWords: nil))
    #expect(read(#"{"error": "no"}"#).error == .noImages(vendorsWords: "no"))
    #expect(read(#"{"message": "n\u00f6", "error": null}"#).error == .noImages(vendorsWords: "nö"))
    #expect(read(#"{"images": []}"#).error == .noImages(vendorsWords: nil))
    #expect(read(#"{"data": [], "error": "no"}"#).error == .noImages(vendorsWords: "no"))
    #expect(read(#"{"images": ["AAEC"]}"#, asked: 2).error == .wrongCount(asked: 2, received: 1))
    #expect(read(#"{"images": ["AAEC", "AAEC"]}"#).error == .wrongCount(asked: 1, received: 2))
    #expect(Reading.ofEverySplit(tinyPNG, asked: 2).error == .wrongCount(asked: 2, received: 1))
  }

  @Test(arguments: [
    (#""AAEC", "AAE""#, 1, "base64 of 3 characters is cut: it comes in fours"), ("7", 0, "it is no string"),
    ("null", 0, "it is no string"), (#"["AAEC"]"#, 0, "it is no string"), ("{}", 0, "it is no string"),
    (#"{"b64_json": null}"#, 0, "it is no string"), (#"{"url": {"b64_json": "AAEC"}}"#, 0, "it is no string"),
    (#""""#, 0, "it is empty"), (#"{"url": ""}"#, 0, "it is empty"), (#"{"b64_json": ""}"#, 0, "it is empty"),
    (#""AAEC", "AAEB!""#, 1, "byte 33 at offset 4 is not base64"),
    (#""AA\nEC""#, 0, "byte 10 at offset 2 is not base64"),
    (#""AAEé""#, 0, "byte 195 at offset 3 is not base64"), (#""AR==""#, 0, "the base64 ends in stray bits"),
    (#""data:image/png,AAEC""#, 0, "its data URI is not data:image/TYPE;base64,DATA"),
    (#""data:text/plain;base64,AAEC""#, 0, "its data URI is not data:image/TYPE;base64,DATA"),
    (#""data:image/png;base64""#, 0, "its data URI is not data:image/TYPE;base64,DATA"),
    (#""data:image/png;base64,""#, 0, "it is empty"),
    (#""data:,""#, 0, "its data URI is not data:image/TYPE;base64,DATA"),
  ])
  func badPictures_areNamed(items: String, index: Int, why: String) {
    #expect(read(#"{"images": [\#(items)]}"#, asked: 2).error == .badImage(index: index, why: why))
  }

  @Test(arguments: ["https://example.com/a.png", "http://a", "HTTPS:\\/\\/example.com/a.png"])
  func links_areNotFollowed(link: String) {
    #expect(read(#"{"data": [{"url": "\#(link)"}]}"#).error == .remoteImage(index: 0))
    #expect(read(#"{"images": ["AAEC", "\#(link)"]}"#, asked: 2).error == .remoteImage(index: 1))
  }

  @Test(arguments: [
    "{", "{\"", "{\"images", "{\"images\"", "{\"images\":", "{\"images\": [", "{\"images\": [\"AAEC",
    "{\"images\": [\"AAEC\"",
    "{\"images\": [\"AAEC\"]", "{\"images\": [\"AAEC\"],", "{\"images\": [\"AAEC\"]} x", "{\"images\": [\"AAEC\"]}}",
    "{\"images\": [\"AAEC\"]]", "{\"images\": [\"AAEC\"}", "{\"images\": [\"AAEC\",]}", "{\"images\": [,\"AAEC\"]}",
    "{\"images\": [\"AAEC\"],}", "{,\"images\": [\"AAEC\"]}", "{\"images\" [\"AAEC\"]}",
    "{\"images\": [\"AAEC\" \"AAEC\"]}",
    "{images: [\"AAEC\"]}", "{\"a\": tru}", "{\"a\": truE}", "{\"a\": nullx}", "{\"a\": 01}", "{\"a\": 1.}",
    "{\"a\": .5}",
    "{\"a\": 1e}", "{\"a\": 1e+}", "{\"a\": -}", "{\"a\": +1}", "{\"a\": 0x1}", "{\"a\": 1.5.5}", "{\"a\": \"\n\"}",
    "{\"images\": [\"AA\nEC\"]}", "{\"a\": \"\\x\"}", "{\"a\": \"\\u00g0\"}", "{\"a\": \"\\ud83d\"}",
    "{\"a\": \"\\ude00\"}",
    "{\"a\": \"\\ud83dx\"}", "{\"a\": \"\\ud83d\\n\"}", "{\"a\": \"\\ud83d\\u0041\"}", "{\"images\": [\"AAEC\\u00\"]}",
    "{\"id\": \"a\", \"images\": [\"AAEC\"], \"id\": \"b\"}", "{\"images\": [\"AAEC\"], \"images\": [\"AAEC\"]}",
    "{\"timing\": {\"a\": 1, \"a\": 2}, \"images\": [\"AAEC\"]}", "{\"images\": [\"AAEC\"]}\u{0}", "{'a': 1}",
    "{\"a\": //\n1}",
  ])
  func wrongJSON_isRefused(body: String) {
    let reading = read(body)
    #expect(isBadJSON(reading), "\(reading)")
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0x80, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80], [0xC3], [0xE2, 0x82], [0xC3, 0x28],
    ] as [[UInt8]])
  func wrongUTF8_isRefused(bytes: [UInt8]) {
    let body = Array(#"{"a": ""#.utf8) + bytes + Array(#"", "images": ["AAEC"]}"#.utf8)
    #expect(isBadJSON(.ofEverySplit(body)))
  }

  @Test func everyKindOfCharacter_isUTF8() {
    let text = "\u{7F}\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}"
    #expect(read(#"{"id": "\#(text)", "x\#(text)": "\#(text)", "images": ["AAEC"]}"#).facts?.id == text)
  }

  @Test func depth_isBounded() {
    func nested(_ depth: Int) -> String {
      #"{"a": \#(String(repeating: "[", count: depth - 1))\#(String(repeating: "]", count: depth - 1)), "images": ["AAEC"]}"#
    }
    let head = ResponseHead(status: 200, headers: [])
    #expect(Reading(Array(nested(512).utf8), head, asked: 1) { 7 }.images == [[0, 1, 2]])
    #expect(
      Reading(Array(nested(513).utf8), head, asked: 1) { 7 }.error
        == .badJSON(why: "more than 512 arrays and objects within one another, at byte 517"))
  }

  @Test func faults_areNamedWithTheirPlace() {
    #expect(read(#"{"a": 1]"#).error == .badJSON(why: "']' instead of a comma or }, at byte 7"))
    #expect(
      read(#"{"images": ["AAEC"#).error == .badJSON(why: "it ends where the end of a string should follow, at byte 17"))
  }

  @Test func otherBodies_areShownByTheirBeginning() {
    let long = String(repeating: "0123456789", count: 20)
    #expect(read(long).error == .notAnAnswer(mediaType: nil, beginning: String(long.prefix(80))))
    #expect(read("[1]").error == .notAnAnswer(mediaType: nil, beginning: "[1]"))
    let blank = String(repeating: " \n", count: 60)
    #expect(read(blank).error == .notAnAnswer(mediaType: nil, beginning: String(repeating: " ·", count: 40)))
    #expect(read(blank + "x").error == .notAnAnswer(mediaType: nil, beginning: String(repeating: " ·", count: 40)))
    #expect(read("  x").error == .notAnAnswer(mediaType: nil, beginning: "  x"))
    #expect(
      read(String(repeating: " ", count: 20) + "x").error
        == .notAnAnswer(mediaType: nil, beginning: String(repeating: " ", count: 20) + "x"))
    #expect(read(blank + #"{"images": ["AAEC"]}"#).images == [[0, 1, 2]])
    #expect(read("\u{FEFF}{}").error == .notAnAnswer(mediaType: nil, beginning: "·{}"))
  }
}
