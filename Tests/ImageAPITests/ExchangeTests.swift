import NIOCore
import NIOPosix
import Testing

@testable import ImageAPI

/// Faults of the network: whether anything was sent is always known (scenarios 19, 29, 30).
struct ExchangeTests {
  private func outcome(
    _ behaviour: TestServer.Behaviour, timeout: Duration = .seconds(20), sink: CollectingSink = CollectingSink()
  ) async throws -> CallOutcome {
    try await TestServer.with(behaviour) { server in
      try await client(port: server.port, timeout: timeout).generate(into: sink)
    }
  }

  private func lost(_ outcome: CallOutcome) -> UnknownOutcome? {
    if case .unknown(let unknown) = outcome, case .connectionLost = unknown.reason { unknown } else { nil }
  }

  /// Bound and closed again: nobody listens.
  private func freePort() async throws -> Int {
    try await TestServer.with(.init()) { $0.port }
  }

  // MARK: Nothing sent

  /// At once: the library would otherwise try again until the connect time-out is over.
  @Test func refusedConnection_isNotSent() async throws {
    let port = try await freePort()
    let outcome = try await client(port: port, timeout: .seconds(10), connectTimeout: .seconds(60)).generate()
    #expect(outcome == .notSent(.connect("http://127.0.0.1:\(port)/api/v1: connection refused")))
  }

  @Test func unresolvableName_isNotSent() async throws {
    let outcome = try await client(port: 80, host: "darkroom-test.invalid").generate()
    guard case .notSent(.connect(let why)) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(why.contains("darkroom-test.invalid"))
  }

  /// A listener whose queue is full drops the SYN, so connecting hangs.
  @Test func connectionThatHangs_isNotSentAtTheConnectTimeout() async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let listener = try await ServerBootstrap(group: group).serverChannelOption(.backlog, value: 1)
      .serverChannelOption(.autoRead, value: false).bind(host: "127.0.0.1", port: 0).get()
    let port = listener.localAddress!.port!
    var fillers: [any Channel] = []
    var failures = 0
    while failures < 2 {
      let attempt = ClientBootstrap(group: group).connectTimeout(.milliseconds(200))
        .connect(host: "127.0.0.1", port: port)
      if let filler = try? await attempt.get() { fillers.append(filler) } else { failures += 1 }
    }
    let outcome = try await client(port: port, connectTimeout: .milliseconds(100)).generate()
    #expect(outcome == .notSent(.connect("http://127.0.0.1:\(port)/api/v1: connecting took too long")))
    let late = try await client(port: port, timeout: .milliseconds(100)).generate()
    #expect(late == .notSent(.timedOut(.milliseconds(100))))
    for channel in fillers + [listener] { try await channel.close() }
  }

  @Test func untrustedCertificate_isNotSent() async throws {
    try await TestServer.with(.init(tls: true)) { server in
      let client = try client(port: server.port, scheme: "https", trustsTestServer: false)
      let outcome = try await client.generate()
      guard case .notSent(.tls) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(server.requests.isEmpty)
    }
  }

  @Test func serverWithoutTLS_isNotSent() async throws {
    try await TestServer.with(.init(onFirstByte: [.send("HTTP/1.1 400 Bad\r\n\r\n"), .close])) { server in
      let outcome = try await client(port: server.port, scheme: "https").generate()
      guard case .notSent(.tls) = outcome else {
        Issue.record("\(outcome)")
        return
      }
    }
  }

  @Test func connectionClosedDuringTheHandshake_isNotSent() async throws {
    try await TestServer.with(.init(onFirstByte: [.close])) { server in
      let outcome = try await client(port: server.port, scheme: "https").generate()
      guard case .notSent = outcome else {
        Issue.record("\(outcome)")
        return
      }
    }
  }

  @Test func handshakeThatHangs_isNotSent() async throws {
    try await TestServer.with(.init()) { server in
      let client = try client(port: server.port, timeout: .milliseconds(200), scheme: "https")
      #expect(try await client.generate() == .notSent(.timedOut(.milliseconds(200))))
    }
  }

  // MARK: Unknown

  @Test func connectionClosedAfterTheFirstByte_isUnknown() async throws {
    #expect(lost(try await outcome(.init(onFirstByte: [.close])))?.head == nil)
  }

  @Test func connectionClosedWithoutAResponse_isUnknown() async throws {
    let unknown = lost(try await outcome(.init(reply: { _ in [.close] })))
    #expect(unknown?.reason == .connectionLost("the other side closed it"))
    #expect(unknown?.bytesReceived == 0)
  }

  @Test func resetWithoutAResponse_isUnknown() async throws {
    #expect(lost(try await outcome(.init(reply: { _ in [.reset] }))) != nil)
  }

  /// Accepted and closed at once: the client may or may not have written by then. Both answers are possible; "nothing
  /// was sent" is one only if it is true.
  @Test func connectionClosedOnAccept_isNeverTakenForSomethingElse() async throws {
    for _ in 0..<50 {
      try await TestServer.with(.init(onAccept: [.close])) { server in
        switch try await client(port: server.port).generate() {
        case .unknown: break
        case .notSent: #expect(server.bytesReceived == 0)
        case .response, .refused: Issue.record("no answer was given")
        }
      }
    }
  }

  @Test func serverThatNeverAnswers_isUnknownAtTheTimeout() async throws {
    let outcome = try await outcome(.init(), timeout: .seconds(4))
    #expect(
      outcome
        == .unknown(UnknownOutcome(reason: .timedOut(.seconds(4)), head: nil, bytesReceived: 0)))
  }

  @Test func serverThatNeverReads_isUnknownAtTheTimeout() async throws {
    try await TestServer.with(.init(isDeaf: true)) { server in
      let edit = try operation(
        .edit, #"{"prompt": "x"}"#, files: [FileField(path: ["image"], source: .inbox("a.png"))])
      let upload = Upload(
        path: ["image"], fileName: "a.png", mediaType: "image/png",
        content: [UInt8](repeating: 0x89, count: 24 << 20))
      let outcome = try await client(port: server.port, timeout: .seconds(4))
        .call(edit, uploads: [upload], idempotencyKey: "k", into: CollectingSink())
      #expect(
        outcome
          == .unknown(UnknownOutcome(reason: .timedOut(.seconds(4)), head: nil, bytesReceived: 0)))
    }
  }

  @Test(arguments: [TestServer.Step.close, .reset])
  func halfABody_isUnknownAndKept(end: TestServer.Step) async throws {
    let sink = CollectingSink()
    let half = [UInt8](repeating: 7, count: 5000)
    let unknown = lost(
      try await outcome(
        .init(reply: { _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n"), .send(half), end] }), sink: sink
      ))
    #expect(unknown?.head?.status == 200)
    // A reset may overtake what was sent before it.
    if case .close = end { #expect(sink.bytes == half) }
    #expect(unknown?.bytesReceived == sink.bytes.count)
  }

  @Test func chunksThatAreCut_areUnknown() async throws {
    let sink = CollectingSink()
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    let unknown = lost(
      try await outcome(.init(reply: { _ in [.send(head + "5\r\nhello\r\n"), .close] }), sink: sink))
    #expect(unknown?.bytesReceived == 5)
    #expect(sink.bytes == Array("hello".utf8))
    let insideAChunk = lost(
      try await outcome(.init(reply: { _ in [.send(head + "ff\r\nhello"), .close] })))
    #expect(insideAChunk?.head?.status == 200)
  }

  @Test func bodyThatHangs_isUnknownAtTheTimeout() async throws {
    let sink = CollectingSink()
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    let outcome = try await outcome(.init(reply: { _ in [.send(head)] }), timeout: .seconds(4), sink: sink)
    guard case .unknown(let unknown) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(unknown.reason == .timedOut(.seconds(4)))
    #expect(unknown.bytesReceived == sink.bytes.count)
  }

  @Test(arguments: [
    "HTTP/1.1 abc\r\n\r\n", "not http at all\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nabc",
  ])
  func answerThatIsNotHTTP_isUnknown(text: String) async throws {
    let outcome = try await outcome(.init(reply: { _ in [.send(text), .close] }))
    guard case .unknown = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test(arguments: ["Content-Length: 3000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nbb8\r\n"])
  func bodyBeyondTheLimit_isUnknown(framing: String) async throws {
    let sink = CollectingSink()
    let answer = "HTTP/1.1 200 OK\r\n\(framing)" + String(repeating: "x", count: 3000) + "\r\n0\r\n\r\n"
    let outcome = try await TestServer.with(.init(reply: { _ in [.send(answer)] })) { server in
      try await client(port: server.port, limit: 2999).generate(into: sink)
    }
    guard case .unknown(let unknown) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(unknown.reason == .tooLarge(limit: 2999))
    #expect(unknown.bytesReceived == sink.bytes.count)
    #expect(sink.bytes.count <= 2999)
  }

  @Test func sinkThatFails_isUnknownWithTheHead() async throws {
    struct FullDisk: Error, CustomStringConvertible { let description = "disk full" }
    struct FailingSink: ResponseSink {
      func write(_ bytes: [UInt8]) async throws { throw FullDisk() }
    }
    let outcome = try await TestServer.with(.init(reply: { _ in [TestServer.response(200, body: [1])] })) { server in
      try await client(port: server.port).generate(into: FailingSink())
    }
    guard case .unknown(let unknown) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(unknown.reason == .notKept("disk full"))
    #expect(unknown.head?.status == 200)
  }

  @Test func cancelledCall_saysWhatIsKnown() async throws {
    try await TestServer.with(.init()) { server in
      let client = try client(port: server.port)
      let outcome = try await withThrowingTaskGroup(of: CallOutcome.self) { group in
        group.addTask { try await client.generate() }
        while server.requests.isEmpty { await Task.yield() }
        group.cancelAll()
        return try await group.next()
      }
      #expect(outcome == .unknown(UnknownOutcome(reason: .cancelled, head: nil, bytesReceived: 0)))
    }
  }

  /// The task is cancelled by the first piece of the body.
  @Test func callCancelledInTheBody_saysWhatWasKept() async throws {
    struct CancellingSink: ResponseSink {
      func write(_ bytes: [UInt8]) async { withUnsafeCurrentTask { $0?.cancel() } }
    }
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    try await TestServer.with(.init(reply: { _ in [.send(head)] })) { server in
      guard case .unknown(let unknown) = try await client(port: server.port).generate(into: CancellingSink()) else {
        Issue.record("not unknown")
        return
      }
      #expect(unknown.reason == .cancelled)
      #expect(unknown.head?.status == 200)
      #expect(unknown.bytesReceived == 5)
    }
  }

  /// Often, since the library's cancellation would race with its sending.
  @Test func callInACancelledTask_isNotSent() async throws {
    try await TestServer.with(.init()) { server in
      let client = try client(port: server.port)
      for _ in 0..<100 {
        let outcome = try await withThrowingTaskGroup(of: CallOutcome.self) { group in
          group.cancelAll()
          group.addTask { try await client.generate() }
          return try await group.next()
        }
        #expect(outcome == .notSent(.cancelled))
      }
      #expect(server.bytesReceived == 0)
    }
  }

  @Test func lossOfATLSConnection_isUnknown() async throws {
    try await TestServer.with(.init(reply: { _ in [.reset] }, tls: true)) { server in
      let outcome = try await client(port: server.port, scheme: "https").generate()
      #expect(lost(outcome) != nil)
    }
  }
}
