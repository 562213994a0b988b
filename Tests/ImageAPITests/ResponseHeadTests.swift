import Testing

@testable import ImageAPI

struct ResponseHeadTests {
  private func head(_ headers: (String, String)...) -> ResponseHead {
    ResponseHead(status: 200, headers: headers.map { .init(name: $0.0, value: $0.1) })
  }

  @Test func vendorsHeaders_areRead() {
    let head = head(
      ("X-Venice-Is-Blurred", "true"), ("x-venice-is-content-violation", "false"),
      ("x-venice-enhanced-prompt", "A%20canal%2C%20%C3%A0%20l%27aube%20100%"), ("x-venice-model-id", "qwen-edit"),
      ("x-request-id", "r-1"), ("Content-Type", "Image/PNG; q=1"))
    #expect(head.isBlurred)
    #expect(!head.isContentViolation)
    #expect(head.enhancedPrompt == "A canal, à l'aube 100%")
    #expect(head.modelID == "qwen-edit")
    #expect(head.requestID == "r-1")
    #expect(head.mediaType == "image/png")
    #expect(head.contentEncoding == nil)
    #expect(head.deprecation == nil)
    #expect(head.rateLimit == nil)
    #expect(head.retryAfter == nil)
  }

  @Test func deprecation_isReadFromAnyOfItsHeaders() {
    #expect(
      head(
        ("x-venice-model-deprecation-warning", "soon"), ("x-venice-model-deprecation-date", "2026-12-01T00:00:00Z"),
        ("x-venice-deprecated", "true"), ("x-venice-deprecated-replacement", "new-model")
      ).deprecation == .init(warning: "soon", date: "2026-12-01T00:00:00Z", replacement: "new-model"))
    #expect(head(("x-venice-deprecated", "true")).deprecation == .init(warning: nil, date: nil, replacement: nil))
  }

  /// The dates are RFC 9110's own example in its three forms.
  @Test(arguments: [
    ("120", RetryAfter.seconds(120)), ("0", .seconds(0)),
    ("Sun, 06 Nov 1994 08:49:37 GMT", .date(784_111_777)), ("Sunday, 06-Nov-94 08:49:37 GMT", .date(784_111_777)),
    ("Sun Nov  6 08:49:37 1994", .date(784_111_777)), ("Thu, 29 Feb 2024 23:59:59 GMT", .date(1_709_251_199)),
    ("Thu, 01 Jan 1970 00:00:00 GMT", .date(0)), ("Sat, 21 Nov 2026 09:00:00 GMT", .date(1_795_251_600)),
  ])
  func retryAfter_isSecondsOrADate(text: String, value: RetryAfter) {
    #expect(head(("retry-after", text)).retryAfter == value)
  }

  @Test(arguments: [
    "", "soon", "-1", "1.5", "Sun, 06 Nov 1994", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
  ])
  func retryAfterThatIsNeither_isNil(text: String) { #expect(head(("retry-after", text)).retryAfter == nil) }
}
