import Testing

@testable import ImageAPI

struct AnswerCompressionTests {
  private let json = Array(#"{"images": ["\#(tinyPNGBase64)"], "id": "x"}"#.utf8)
  private let coded = [("content-encoding", "gzip")]

  @Test func gzippedAnswers_areRead() throws {
    for header in ["gzip", "x-gzip", "GZIP"] {
      let reading = try Reading.ofEverySplit(gzip(json), [("content-encoding", header)])
      #expect(reading.images == [tinyPNG])
      #expect(reading.facts?.id == "x")
    }
    #expect(try Reading.ofEverySplit(gzip(tinyPNG), coded).images == [tinyPNG])
  }

  @Test func members_areReadOneAfterTheOther() throws {
    let body = try gzip(Array(json[..<40])) + gzip([]) + gzip(Array(json[40...]))
    #expect(Reading.ofEverySplit(body, coded).images == [tinyPNG])
  }

  @Test func cutStreams_areRefused() throws {
    let whole = try gzip(json)
    for length in 1..<whole.count {
      let reading = Reading(Array(whole[..<length]), head, asked: 1) { 16 }
      #expect(reading.error == .badCompression(why: "it is cut"), "\(length)")
    }
    #expect(Reading.ofEverySplit([], coded).error == .empty)
    #expect(try Reading.ofEverySplit(gzip([]), coded).error == .empty)
  }

  @Test func damagedStreams_areRefused() throws {
    let whole = try gzip(json)
    let damaged = AnswerError.badCompression(why: "it is damaged")
    // The signature, the checksum, the length.
    for place in [0, 1, 2, whole.count - 8, whole.count - 1] {
      var body = whole
      body[place] ^= 1
      #expect(Reading.ofEverySplit(body, coded).error == damaged, "\(place)")
    }
    #expect(Reading.ofEverySplit(whole + [0], coded).error != nil)
    #expect(Reading.ofEverySplit(whole + Array("garbage".utf8), coded).error == damaged)
    #expect(Reading.ofEverySplit(json, coded).error == damaged)
  }

  @Test func inflation_isBounded() throws {
    let body = try gzip([UInt8](repeating: 0x20, count: 5_000_000))
    #expect(body.count < 10_000)
    let reading = Reading(body, head, asked: 1, inflatedLimit: 4_000_000) { 1000 }
    #expect(reading.error == .badCompression(why: "it inflates to more than 4000000 bytes"))
    #expect(Reading.ofEverySplit(try gzip(json), coded, inflatedLimit: json.count).images == [tinyPNG])
    #expect(
      Reading.ofEverySplit(try gzip(json), coded, inflatedLimit: json.count - 1).error
        == .badCompression(why: "it inflates to more than \(json.count - 1) bytes"))
  }

  @Test func otherCodings_areNotRead() {
    for coding in ["br", "deflate", "zstd", "gzip, gzip"] {
      #expect(Reading.ofEverySplit(json, [("content-encoding", coding)]).error == .encoded(coding))
    }
    #expect(Reading.ofEverySplit([], [("content-encoding", "br")]).error == .empty)
    #expect(Reading.ofEverySplit(json, [("content-encoding", "identity")]).images == [tinyPNG])
  }

  private var head: ResponseHead {
    ResponseHead(status: 200, headers: [.init(name: "content-encoding", value: "gzip")])
  }
}
