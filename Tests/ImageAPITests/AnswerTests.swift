import Testing

@testable import ImageAPI

struct AnswerTests {
  private func images(_ body: String, asked: Int = 1, _ headers: (String, String)...) throws(AnswerError) -> Answer {
    try Answer.images(
      in: Array(body.utf8),
      head: ResponseHead(status: 200, headers: headers.map { .init(name: $0.0, value: $0.1) }), asked: asked)
  }

  @Test func generatesJSON_isCut() throws {
    let answer = try images(
      #"{"id": "generate-image-1", "images": ["\#(tinyPNGBase64)", "AAEC"], "request": null, "timing": {"total": 1893}}"#,
      asked: 2)
    #expect(answer.id == "generate-image-1")
    #expect(answer.images == [tinyPNG, [0, 1, 2]])
    #expect(try answer.timing == json(#"{"total": 1893}"#))
  }

  @Test(arguments: ["b64_json\": \"", "url\": \"data:image/png;base64,"])
  func generationsJSON_isCut(field: String) throws {
    let answer = try images(
      "{\"created\": 1713833628, \"data\": [{\"\(field)\(tinyPNGBase64)\"}]}", asked: 1, ("x-request-id", "r"))
    #expect(answer == Answer(id: "r", timing: nil, images: [tinyPNG]))
  }

  @Test func binaryBody_isTheOriginal() throws {
    let answer = try Answer.images(in: tinyPNG, head: ResponseHead(status: 200, headers: []), asked: 1)
    #expect(answer.images == [tinyPNG])
  }

  /// Scenario 26.
  @Test func unusableAnswers_areTyped() {
    #expect(throws: AnswerError.empty) { try images("") }
    #expect(throws: AnswerError.notAnAnswer(mediaType: "text/html", beginning: "<html>·x")) {
      try images("<html>\nx", asked: 1, ("content-type", "text/html"))
    }
    #expect(throws: AnswerError.encoded("gzip")) { try images("{}", asked: 1, ("content-encoding", "gzip")) }
    #expect(throws: AnswerError.noImages(vendorsWords: nil)) { try images("{}") }
    #expect(throws: AnswerError.noImages(vendorsWords: "no")) { try images(#"{"error": "no"}"#) }
    #expect(throws: AnswerError.noImages(vendorsWords: nil)) { try images(#"{"images": []}"#) }
    #expect(throws: AnswerError.wrongCount(asked: 2, received: 1)) { try images(#"{"images": ["AAEC"]}"#, asked: 2) }
    #expect(throws: AnswerError.wrongCount(asked: 1, received: 2)) { try images(#"{"images": ["AAEC", "AAEC"]}"#) }
    #expect(throws: AnswerError.badImage(index: 1, why: "base64 of 3 characters is cut: it comes in fours")) {
      try images(#"{"images": ["AAEC", "AAE"]}"#, asked: 2)
    }
    #expect(throws: AnswerError.badImage(index: 0, why: "it is no string")) { try images(#"{"images": [7]}"#) }
    #expect(throws: AnswerError.remoteImage(index: 0)) {
      try images(#"{"data": [{"url": "https://example.com/a.png"}]}"#)
    }
    #expect { try images(#"{"images": ["AAEC"#) } throws: { error in
      if case AnswerError.badJSON = error { true } else { false }
    }
  }
}
