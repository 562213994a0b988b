import Testing

@testable import ImageAPI

/// What counts as charged, as not charged and as unknown: scenarios 19, 21-26.
struct CallOutcomeTests {
  private func outcome(
    _ status: Int, _ headers: [(String, String)] = [], body: String = "", type: String = "application/json",
    sink: CollectingSink = CollectingSink()
  ) async throws -> CallOutcome {
    let step = TestServer.response(status, headers, body: Array(body.utf8), type: type)
    return try await TestServer.with(.init(reply: { _ in [step] })) { server in
      try await client(port: server.port).generate(into: sink)
    }
  }

  private func refusal(_ outcome: CallOutcome) -> Refusal? {
    if case .refused(let refusal) = outcome { refusal } else { nil }
  }

  private func unknown(_ outcome: CallOutcome) -> UnknownOutcome? {
    if case .unknown(let outcome) = outcome { outcome } else { nil }
  }

  @Test(arguments: [200, 201, 202])
  func success_isChargedWithTheBodyInTheSink(status: Int) async throws {
    let sink = CollectingSink()
    let outcome = try await outcome(status, body: #"{"id": "x"}"#, sink: sink)
    guard case .response(let head) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(head.status == status)
    #expect(sink.bytes == Array(#"{"id": "x"}"#.utf8))
  }

  @Test func successThatIsHTML_isCharged() async throws {
    let outcome = try await outcome(200, body: "<html>", type: "text/html")
    guard case .response = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test(arguments: [
    (400, Refusal.Kind.badRequest), (401, .unauthorized), (402, .paymentRequired(.insufficientBalance)),
    (403, .forbidden), (404, .notFound), (405, .otherClientError), (409, .otherClientError), (413, .tooLarge),
    (415, .unsupportedMediaType), (422, .unprocessable), (429, .rateLimited), (500, .inferenceFailed),
    (503, .overloaded),
  ])
  func vendorsError_isNotCharged(status: Int, kind: Refusal.Kind) async throws {
    let sink = CollectingSink()
    let refusal = try await refusal(outcome(status, body: #"{"error": "No canal today"}"#, sink: sink))
    #expect(refusal?.kind == kind)
    #expect(refusal?.error.message == "No canal today")
    #expect(refusal?.head.status == status)
    #expect(sink.bytes.isEmpty)
  }

  @Test(arguments: [400, 401, 402, 403, 404, 408, 413, 415, 422, 499, 500])
  func errorThatIsNotTheVendors_isUnknownAndKept(status: Int) async throws {
    let sink = CollectingSink()
    let body = "<html>a proxy</html>"
    let unknown = try await unknown(outcome(status, body: body, type: "text/html", sink: sink))
    #expect(unknown?.reason == .notTheVendorsError)
    #expect(unknown?.head?.status == status)
    #expect(unknown?.bytesReceived == body.utf8.count)
    #expect(sink.bytes == Array(body.utf8))
  }

  @Test(arguments: ["", "null", "[]", "{}", #"{"message": "x"}"#, #"{"error": null}"#, #"{"error": {"code": 1}}"#, "{"])
  func jsonOfAnotherShape_isUnknown(body: String) async throws {
    #expect(try await unknown(outcome(400, body: body))?.reason == .notTheVendorsError)
  }

  @Test(arguments: [429, 503])
  func rateAndCapacity_areNotChargedWhateverTheBody(status: Int) async throws {
    let refusal = try await refusal(outcome(status, body: "<html>busy", type: "text/html"))
    #expect(refusal?.kind == (status == 429 ? .rateLimited : .overloaded))
    #expect(refusal?.error == VendorError(message: ""))
  }

  @Test(arguments: [429, 503])
  func rateAndCapacity_areNotChargedEvenWhenTheBodyIsCut(status: Int) async throws {
    let steps = [TestServer.Step.send("HTTP/1.1 \(status) Busy\r\nContent-Length: 99\r\n\r\n{"), .close]
    let outcome = try await TestServer.with(.init(reply: { _ in steps })) { server in
      try await client(port: server.port).generate()
    }
    #expect(refusal(outcome)?.head.status == status)
  }

  @Test func cutError_isUnknown() async throws {
    let steps = [TestServer.Step.send("HTTP/1.1 400 Bad\r\nContent-Length: 99\r\n\r\n{\"error\": \"No"), .close]
    let sink = CollectingSink()
    let outcome = try await TestServer.with(.init(reply: { _ in steps })) { server in
      try await client(port: server.port).generate(into: sink)
    }
    guard case .connectionLost? = unknown(outcome)?.reason else {
      Issue.record("\(outcome)")
      return
    }
    #expect(sink.bytes == Array("{\"error\": \"No".utf8))
  }

  @Test(arguments: [501, 502, 504, 505, 520, 521, 522, 523, 524, 525, 526, 527, 529, 599])
  func otherServerErrors_areUnknownEvenWithTheVendorsJSON(status: Int) async throws {
    let unknown = try await unknown(outcome(status, body: #"{"error": "Upstream"}"#))
    #expect(unknown?.reason == .status)
    #expect(unknown?.head?.status == status)
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func redirect_isNotFollowedAndIsUnknown(status: Int) async throws {
    try await TestServer.with(.init(reply: { _ in [TestServer.response(200, body: Array("{}".utf8))] })) { target in
      let location = "http://127.0.0.1:\(target.port)/api/v1/image/generate"
      let outcome = try await outcome(status, [("Location", location)])
      #expect(unknown(outcome)?.reason == .redirect(location: location))
      #expect(target.connections == 0)
    }
  }

  @Test func issuesPerField_areRead() async throws {
    let body = #"""
      {"error": "Invalid request parameters",
       "details": {"_errors": [], "width": {"_errors": ["Too big", "Not divisible"]},
                   "style_references": {"_errors": [], "0": {"_errors": [], "image": {"_errors": ["Required"]}}}},
       "issues": [{"code": "custom", "path": ["images", 1], "message": "Unreadable"}, {"message": "Whole"}]}
      """#
    let refusal = try await refusal(outcome(400, body: body))
    #expect(
      refusal?.error
        == VendorError(
          message: "Invalid request parameters",
          issues: [
            .init(path: ["images", "1"], message: "Unreadable"), .init(path: [], message: "Whole"),
            .init(path: ["width"], message: "Too big"), .init(path: ["width"], message: "Not divisible"),
            .init(path: ["style_references", "0", "image"], message: "Required"),
          ]))
    #expect(
      refusal?.description
        == "the API refused with 400, \"Invalid request parameters\"; images.1: Unreadable; Whole; width: Too big; "
        + "width: Not divisible; style_references.0.image: Required. Nothing was charged; change the request")
  }

  /// By something before the API, since it is not asked for. What is kept is what was received.
  @Test func compressedError_isTheVendors() async throws {
    let body = try gzip(Array(#"{"error": "No"}"#.utf8))
    let answer = TestServer.response(400, [("Content-Encoding", "gzip")], body: body)
    try await TestServer.with(.init(reply: { _ in [answer] })) { server in
      let outcome = try await client(port: server.port).generate()
      #expect(refusal(outcome)?.error.message == "No")
    }
    let cut = TestServer.response(400, [("Content-Encoding", "gzip")], body: Array(body.dropLast()))
    try await TestServer.with(.init(reply: { _ in [cut] })) { server in
      let sink = CollectingSink()
      let outcome = try await client(port: server.port).generate(into: sink)
      #expect(refusal(outcome) == nil)
      #expect(sink.bytes == Array(body.dropLast()))
    }
  }

  @Test func openAIStyleError_isTheVendors() async throws {
    let body = #"{"error": {"message": "Bad size", "type": "invalid_request_error", "param": "size", "code": null}}"#
    #expect(
      try await refusal(outcome(400, body: body))?.error
        == VendorError(
          message: "Bad size", code: "invalid_request_error", issues: [.init(path: ["size"], message: "Bad size")]))
  }

  @Test func threeKindsOf402_areTold() async throws {
    let plain = #"{"error": "Insufficient balance", "code": "INSUFFICIENT_BALANCE"}"#
    #expect(try await refusal(outcome(402, body: plain))?.kind == .paymentRequired(.insufficientBalance))
    let discovery = #"{"x402Version": 2, "resource": {}, "accepts": [], "authOptions": {}}"#
    let refused = try await refusal(outcome(402, [("PAYMENT-REQUIRED", "e30=")], body: discovery))
    #expect(refused?.kind == .paymentRequired(.authenticationMissing))
    #expect(refused?.error.message == "Payment required")
    #expect(refused?.head["payment-required"] == "e30=")
    let wallet = #"""
      {"error": "Payment required", "code": "PAYMENT_REQUIRED", "reason": "insufficient_balance",
       "message": "Insufficient x402 balance", "currentBalanceUsd": 0.01, "minimumBalanceUsd": 0.10,
       "siwxChallenge": {}}
      """#
    let last = try await refusal(outcome(402, body: wallet))
    #expect(last?.kind == .paymentRequired(.walletCreditInsufficient(currentUSD: "0.01", minimumUSD: "0.10")))
    #expect(last?.error.message == "Payment required: Insufficient x402 balance")
  }

  @Test func rateHeaders_comeWithTheRefusal() async throws {
    let refusal = try await refusal(
      outcome(
        429,
        [
          ("x-ratelimit-limit-requests", "20"), ("x-ratelimit-remaining-requests", "0"),
          ("x-ratelimit-reset-requests", "1788000000"), ("Retry-After", "3"),
        ], body: #"{"error": "Rate limit exceeded"}"#))
    #expect(refusal?.head.rateLimit == .init(limit: 20, remaining: 0, reset: 1_788_000_000))
    #expect(refusal?.head.retryAfter == .seconds(3))
  }

  /// A vendor that echoes the key must not make us print it.
  @Test func key_isCutOutOfTheVendorsWords() async throws {
    let body =
      #"{"error": "Key \#(testKey) is wrong", "code": "\#(testKey)", "details": {"\#(testKey)": {"_errors": ["\#(testKey)"]}}}"#
    let outcome = try await outcome(401, [("X-Echo", "Bearer \(testKey)")], body: body)
    #expect(refusal(outcome)?.error.message == "Key [API key] is wrong")
    var dumped = "\(outcome) \(String(reflecting: outcome))"
    dump(outcome, to: &dumped)
    #expect(!dumped.contains(testKey))
  }
}
