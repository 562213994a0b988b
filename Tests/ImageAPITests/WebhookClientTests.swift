import Foundation
import NIOSSL
import Testing

@testable import ImageAPI

@Suite(.timeLimit(.minutes(3))) struct WebhookClientTests {
  private func message(_ server: TestServer, _ headers: [(String, String)] = [], scheme: String = "http")
    -> WebhookClient.Message
  {
    WebhookClient.Message(
      url: "\(scheme)://127.0.0.1:\(server.port)/hook?a=b", headers: headers.map { .init(name: $0.0, value: $0.1) },
      body: Array("{}".utf8))
  }

  @Test func aMessageIsAPostOfJSONWithoutAnyKey() async throws {
    try await TestServer.with(.init(reply: { _ in [TestServer.response(204)] })) { server in
      let outcome = await WebhookClient(timeout: .seconds(10)).post(message(server, [("webhook-id", "1")]))
      guard case .answered(let head, []) = outcome else { return #expect(Bool(false), "\(outcome)") }
      #expect(head.status == 204)
      let request = try #require(server.requests.first)
      #expect(request.method == "POST" && request.path == "/hook?a=b" && request.body == Array("{}".utf8))
      #expect(
        request.headers.map { $0.name.lowercased() }.sorted() == [
          "accept-encoding", "content-length", "content-type", "host", "user-agent", "webhook-id",
        ])
      #expect(request["content-type"] == "application/json")
    }
  }

  @Test func aRedirectIsAnAnswerLikeAnother() async throws {
    let reply: @Sendable (TestServer.Request) -> [TestServer.Step] = { _ in
      [TestServer.response(307, [("Location", "/elsewhere")])]
    }
    try await TestServer.with(.init(reply: reply)) { server in
      let outcome = await WebhookClient(timeout: .seconds(10)).post(message(server))
      guard case .answered(let head, _) = outcome else { return #expect(Bool(false), "\(outcome)") }
      #expect(head.status == 307)
      #expect(server.requests.map(\.path) == ["/hook?a=b"])
    }
  }

  @Test func onlyTheBeginningOfAnAnswerIsRead() async throws {
    let reply: @Sendable (TestServer.Request) -> [TestServer.Step] = { _ in
      // It never ends: whoever wants the rest waits until the time is over.
      [.send("HTTP/1.1 500 No\r\n\r\n" + String(repeating: "x", count: 65_536))]
    }
    try await TestServer.with(.init(reply: reply)) { server in
      let before = ContinuousClock.now
      let outcome = await WebhookClient(timeout: .seconds(90)).post(message(server))
      guard case .answered(let head, let body) = outcome else { return #expect(Bool(false), "\(outcome)") }
      #expect(head.status == 500)
      #expect(body == [UInt8](repeating: UInt8(ascii: "x"), count: WebhookClient.bodyLimit))
      #expect(ContinuousClock.now - before < .seconds(60))
    }
  }

  @Test(arguments: [false, true]) func silenceEndsWithTheTime(isDeaf: Bool) async throws {
    try await TestServer.with(.init(isDeaf: isDeaf)) { server in
      let outcome = await WebhookClient(timeout: .milliseconds(300)).post(message(server))
      #expect(outcome == .failed("no answer within 0.3 seconds"))
    }
  }

  @Test func aBodyThatNeverEndsStillHasItsStatus() async throws {
    let reply: @Sendable (TestServer.Request) -> [TestServer.Step] = { _ in
      [.send("HTTP/1.1 503 Later\r\nContent-Length: 100\r\nRetry-After: 7\r\n\r\nnot now"), .close]
    }
    try await TestServer.with(.init(reply: reply)) { server in
      let outcome = await WebhookClient(timeout: .seconds(10)).post(message(server))
      guard case .answered(let head, let body) = outcome else { return #expect(Bool(false), "\(outcome)") }
      #expect(head.status == 503)
      #expect(head.retryAfter == .seconds(7))
      #expect(String(decoding: body, as: UTF8.self) == "not now")
    }
  }

  @Test(arguments: ["a\r\nX-Forged: 1", "a\nb", "a\u{0}", "\u{85}", "ü"])
  func aHeaderThatWouldAddALineIsNotSent(value: String) async throws {
    try await TestServer.with(.init(reply: { _ in [TestServer.response(204)] })) { server in
      for header in [("webhook-id", value), (value, "1")] {
        let outcome = await WebhookClient(timeout: .seconds(10)).post(message(server, [header]))
        #expect(outcome == .failed("a header's name or value cannot be sent"))
      }
      #expect(server.connections == 0)
    }
  }

  @Test func aCertificateThatNobodyTrustsIsNotSpokenTo() async throws {
    try await TestServer.with(.init(reply: { _ in [TestServer.response(204)] }, tls: true)) { server in
      var client = WebhookClient(timeout: .seconds(10))
      guard case .failed(let words) = await client.post(message(server, scheme: "https")) else {
        return #expect(Bool(false), "sent")
      }
      #expect(words.hasPrefix("TLS: "))
      #expect(server.requests.isEmpty)
      client.tls.trustRoots = .certificates([
        try NIOSSLCertificate(bytes: Array(TestServer.certificate.utf8), format: .pem)
      ])
      guard case .answered(let head, _) = await client.post(message(server, scheme: "https")) else {
        return #expect(Bool(false), "not sent")
      }
      #expect(head.status == 204)
    }
  }

  @Test func aCancelledMessageIsCancelled() async throws {
    try await TestServer.with(.init()) { server in
      let outcome = await withTaskGroup(of: WebhookClient.Outcome?.self) { group in
        group.addTask { await WebhookClient(timeout: .seconds(50)).post(message(server)) }
        while server.requests.isEmpty { await Task.yield() }
        group.cancelAll()
        return await group.next() ?? nil
      }
      #expect(outcome == .cancelled)
    }
  }
}
