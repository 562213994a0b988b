import Synchronization
import Testing

@testable import ImageAPI

struct APIClientQueriesTests {
  private func answering<R>(_ body: String, _ query: (APIClient) async throws -> R) async throws -> R {
    let step = TestServer.response(200, body: Array(body.utf8))
    return try await TestServer.with(.init(reply: { _ in [step] })) { server in
      let result = try await query(client(port: server.port))
      #expect(server.requests.allSatisfy { $0.method == "GET" && $0["authorization"] == "Bearer \(testKey)" })
      #expect(server.requests.allSatisfy { $0["idempotency-key"] == nil })
      return result
    }
  }

  /// The schema's example.
  @Test func balance_isRead() async throws {
    let body = #"""
      {"canConsume": true, "consumptionCurrency": "DIEM", "balances": {"diem": 90.5, "usd": 25}, "diemEpochAllocation": 100}
      """#
    #expect(try await answering(body) { try await $0.canConsume() })
  }

  @Test func balanceWithNulls_isRead() async throws {
    let body =
      #"{"canConsume": false, "consumptionCurrency": null, "balances": {"diem": null, "usd": null}, "diemEpochAllocation": 0}"#
    #expect(try await !answering(body) { try await $0.canConsume() })
  }

  @Test func rateLimits_areRead() async throws {
    let body = #"""
      {"data": {"accessPermitted": true, "apiTier": {"id": "paid", "isCharged": true},
       "balances": {"USD": 50.23, "DIEM": 100.023}, "keyExpiration": null, "nextEpochBegins": "2025-05-07T00:00:00.000Z",
       "rateLimits": [{"apiModelId": "venice-sd35", "rateLimits": [{"amount": 20, "type": "RPM"}]}]}}
      """#
    #expect(try await answering(body) { try await $0.isAccessPermitted() })
  }

  @Test(arguments: [
    #"{"object": "list", "data": ["3D Model", "Anime"]}"#, #"["3D Model", "Anime"]"#,
    #"{"styles": [{"name": "3D Model"}, {"name": "Anime"}]}"#, #"{"styles": ["3D Model", "Anime"]}"#,
  ])
  func styles_areReadInEachShape(body: String) async throws {
    #expect(try await answering(body) { try await $0.styles() } == ["3D Model", "Anime"])
  }

  @Test func models_areTheVendorsObjects() async throws {
    let body = #"{"object": "list", "type": "image", "data": [{"id": "venice-sd35", "model_spec": {"x": 1}}]}"#
    let step = TestServer.response(200, body: Array(body.utf8))
    try await TestServer.with(.init(reply: { _ in [step] })) { server in
      let models = try await client(port: server.port).models(type: "image")
      let expected = try json(#"{"id": "venice-sd35", "model_spec": {"x": 1}}"#)
      #expect(models == [expected])
      #expect(server.requests.map(\.path) == ["/api/v1/models?type=image"])
    }
  }

  @Test func unreadableAnswers_areTyped() async throws {
    for body in ["<html>", "{}", "7"] {
      await #expect(throws: QueryError.self) { try await answering(body) { try await $0.canConsume() } }
    }
    await #expect(throws: QueryError.unreadable(why: "it has neither 'data' nor 'styles'", path: "/image/styles")) {
      try await answering("{}") { try await $0.styles() }
    }
  }

  @Test(arguments: [500, 503, 502, 0])
  func passingFaults_areTriedAgain(status: Int) async throws {
    let fault: TestServer.Step =
      status == 0 ? .close : TestServer.response(status, body: Array(#"{"error": "x"}"#.utf8))
    let good = TestServer.response(200, body: Array("[]".utf8))
    let count = Mutex(0)
    let reply: @Sendable (TestServer.Request) -> [TestServer.Step] = { _ in
      count.withLock {
        $0 += 1
        return $0 < 3 ? [fault] : [good]
      }
    }
    try await TestServer.with(.init(reply: reply)) { server in
      let styles = try await client(port: server.port).styles()
      #expect(styles == [])
      #expect(server.requests.map(\.connection) == [0, 1, 2])
    }
  }

  @Test(arguments: [401, 402, 403, 404, 429])
  func refusals_areNotTriedAgain(status: Int) async throws {
    let step = TestServer.response(status, body: Array(#"{"error": "No"}"#.utf8))
    try await TestServer.with(.init(reply: { _ in [step] })) { server in
      await #expect { try await client(port: server.port).isAccessPermitted() } throws: { error in
        guard case QueryError.refused(let refusal, path: "/api_keys/rate_limits") = error else { return false }
        return refusal.head.status == status
      }
      #expect(server.requests.count == 1)
    }
  }

  @Test func withoutPausesThereIsOneAttempt() async throws {
    let step = TestServer.response(500, body: Array(#"{"error": "No"}"#.utf8))
    try await TestServer.with(.init(reply: { _ in [step] })) { server in
      var configuration = try client(port: server.port).configuration
      configuration.queryPauses = []
      await #expect(throws: QueryError.self) { try await APIClient(configuration: configuration).styles() }
      #expect(server.requests.count == 1)
    }
  }

  @Test func withoutAKeyNoneIsSent() async throws {
    let step = TestServer.response(200, body: Array("[]".utf8))
    try await TestServer.with(.init(reply: { _ in [step] })) { server in
      let configuration = try APIConfiguration(baseURL: "http://127.0.0.1:\(server.port)/api/v1", key: nil)
      let styles = try await APIClient(configuration: configuration).styles()
      #expect(styles == [])
      #expect(server.requests.map { $0["authorization"] } == [nil])
    }
  }

  @Test func attempts_end() async throws {
    let step = TestServer.response(500, body: Array(#"{"error": "No"}"#.utf8))
    try await TestServer.with(.init(reply: { _ in [step] })) { server in
      await #expect(throws: QueryError.self) { try await client(port: server.port).styles() }
      #expect(server.requests.count == 3)
    }
  }

  @Test func redirectOfAQuery_isNotFollowed() async throws {
    try await TestServer.with(.init(reply: { _ in [TestServer.response(200, body: Array("[]".utf8))] })) { target in
      let step = TestServer.response(301, [("Location", "http://127.0.0.1:\(target.port)/")])
      try await TestServer.with(.init(reply: { _ in [step] })) { server in
        await #expect(throws: QueryError.self) { try await client(port: server.port).styles() }
        #expect(server.requests.count == 1)
        #expect(target.connections == 0)
      }
    }
  }

  @Test func gzippedAnswers_areRead() async throws {
    let body = try gzip(Array(#"{"data": ["Anime"]}"#.utf8))
    let step = TestServer.response(200, [("Content-Encoding", "gzip")], body: body)
    try await TestServer.with(.init(reply: { _ in [step] })) { server in
      let styles = try await client(port: server.port).styles()
      #expect(styles == ["Anime"])
      #expect(server.requests.map { $0["accept-encoding"] } == ["gzip"])
    }
    let cut = TestServer.response(200, [("Content-Encoding", "gzip")], body: Array(body.dropLast()))
    try await TestServer.with(.init(reply: { _ in [cut] })) { server in
      let client = try client(port: server.port)
      await #expect(throws: QueryError.unreadable(why: "its compression cannot be undone", path: "/image/styles")) {
        try await client.styles()
      }
    }
  }

  @Test func cancelledQueries_end() async throws {
    try await TestServer.with(.init()) { server in
      let client = try client(port: server.port, timeout: .seconds(60))
      let start = ContinuousClock.now
      await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { _ = try await client.models() }
        group.addTask { _ = try await client.styles() }
        while server.requests.count < 2 { await Task.yield() }
        group.cancelAll()
        while let result = await group.nextResult() { #expect(throws: QueryError.self) { try result.get() } }
      }
      #expect(ContinuousClock.now - start < .seconds(20))
      #expect(server.requests.count == 2)
    }
  }

  /// The pause before the next attempt ends at once, too, and there is no next attempt.
  @Test func queryCancelledInAPause_ends() async throws {
    let step = TestServer.response(500, body: Array(#"{"error": "No"}"#.utf8))
    try await TestServer.with(.init(reply: { _ in [step] })) { server in
      var configuration = try client(port: server.port).configuration
      configuration.queryPauses = [.seconds(600)]
      let client = APIClient(configuration: configuration)
      await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { _ = try await client.styles() }
        while server.requests.isEmpty { await Task.yield() }
        group.cancelAll()
        let result = await group.nextResult()
        #expect(throws: QueryError.self) { try result?.get() }
      }
      #expect(server.requests.count == 1)
    }
  }
}
