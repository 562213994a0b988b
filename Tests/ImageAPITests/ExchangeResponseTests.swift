import Synchronization
import Testing

@testable import ImageAPI

/// Responses that arrive whole, and how.
struct ExchangeResponseTests {
  private func outcome(_ behaviour: TestServer.Behaviour, sink: CollectingSink) async throws -> CallOutcome {
    try await TestServer.with(behaviour) { server in
      try await client(port: server.port).generate(into: sink)
    }
  }

  @Test(arguments: [
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
  ])
  func interimAnswersAndChunks_endInTheResponse(text: String) async throws {
    let sink = CollectingSink()
    guard case .response(let head) = try await outcome(.init(reply: { _ in [.send(text)] }), sink: sink) else {
      Issue.record("no response")
      return
    }
    #expect(head.status == 200)
    #expect(sink.bytes == Array("{}".utf8))
  }

  /// By HTTP's rules this body is whole when the connection ends (RFC 9112 §6.3); what it holds is judged later.
  @Test func bodyThatEndsWithTheConnection_isAResponse() async throws {
    let sink = CollectingSink()
    let outcome = try await outcome(.init(reply: { _ in [.send("HTTP/1.1 200 OK\r\n\r\n{}"), .close] }), sink: sink)
    guard case .response = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(sink.bytes == Array("{}".utf8))
  }

  @Test func compressedAnswer_isKeptAsReceived() async throws {
    let sink = CollectingSink()
    let step = TestServer.response(200, [("Content-Encoding", "gzip")], body: [0x1F, 0x8B, 8, 0])
    guard case .response(let head) = try await outcome(.init(reply: { _ in [step] }), sink: sink) else {
      Issue.record("no response")
      return
    }
    #expect(head.contentEncoding == "gzip")
    #expect(sink.bytes == [0x1F, 0x8B, 8, 0])
  }

  /// The server would keep its connections open and could take a second request on each.
  @Test(arguments: ["http", "https"])
  func everyCall_hasAConnectionOfItsOwn(scheme: String) async throws {
    let answer = TestServer.response(200, [("Connection", "keep-alive")], body: Array("{}".utf8))
    try await TestServer.with(.init(reply: { _ in [answer] }, tls: scheme == "https")) { server in
      let client = try client(port: server.port, scheme: scheme)
      for _ in 0..<3 {
        guard case .response = try await client.generate() else {
          Issue.record("no response")
          return
        }
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<5 { group.addTask { _ = try await client.generate() } }
        try await group.waitForAll()
      }
      #expect(server.requests.map(\.connection).sorted() == Array(0..<8))
      #expect(server.connections == 8)
    }
  }

  /// While the sink is busy, the sender is slowed down to what the kernel's buffers hold.
  @Test func slowSink_slowsTheSender() async throws {
    final class Gate: ResponseSink {
      let isOpen = Atomic<Bool>(false)
      let hasBegun = Atomic<Bool>(false)
      let count = Atomic<Int>(0)
      func write(_ bytes: [UInt8]) async throws {
        hasBegun.store(true, ordering: .relaxed)
        while !isOpen.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(5)) }
        count.add(bytes.count, ordering: .relaxed)
      }
    }
    let total = 96 << 20
    let answer = TestServer.response(200, body: [UInt8](repeating: 1, count: total))
    try await TestServer.with(.init(reply: { _ in [answer] })) { server in
      let gate = Gate()
      let client = try client(port: server.port)
      try await withThrowingTaskGroup(of: CallOutcome.self) { group in
        group.addTask { try await client.generate(into: gate) }
        while !gate.hasBegun.load(ordering: .relaxed) { await Task.yield() }
        var flushed = -1
        var unchanged = 0
        while unchanged < 20, server.bytesFlushed < total {
          unchanged = server.bytesFlushed == flushed ? unchanged + 1 : 0
          flushed = server.bytesFlushed
          try await Task.sleep(for: .milliseconds(10))
        }
        #expect(server.bytesFlushed < total / 2)
        gate.isOpen.store(true, ordering: .relaxed)
        guard case .response? = try await group.next() else {
          Issue.record("no response")
          return
        }
        #expect(gate.count.load(ordering: .relaxed) == total)
      }
    }
  }
}
