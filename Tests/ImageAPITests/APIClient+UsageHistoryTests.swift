import Foundation
import Synchronization
import Testing

@testable import ImageAPI

@Suite(.timeLimit(.minutes(1))) struct APIClientUsageHistoryTests {
  /// The schema's own example, Tests/Venice/openapi.json.
  private func example() throws -> [UInt8] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Venice/openapi.json")
    let document = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    func at(_ object: Any?, _ keys: String...) -> Any? {
      keys.reduce(object) { ($0 as? [String: Any])?[$1] }
    }
    let content = at(document, "paths", "/billing/usage-history", "get", "responses", "200", "content")
    var page = try #require(at(content, "application/json", "schema", "example") as? [String: Any])
    page["nextCursor"] = NSNull()
    return Array(try JSONSerialization.data(withJSONObject: page))
  }

  private func answering(_ bodies: [[UInt8]], _ query: (APIClient) async throws -> Void) async throws -> [String] {
    let left = Mutex(bodies[...])
    return try await TestServer.with(
      .init(reply: { _ in [TestServer.response(200, body: left.withLock { $0.popFirst() ?? [] })] })
    ) { server in
      try await query(client(port: server.port))
      return server.requests.map(\.path)
    }
  }

  @Test func theSchemasExample_isRead() async throws {
    let paths = try await answering([try example()]) { client in
      let history = try await client.usageHistory(from: 1_781_450_000_000, until: 1_781_550_000_504)
      #expect(
        history
          == UsageHistory(
            entries: [
              .init(
                time: 1_781_466_765_087, amount: "-0.1", currency: "DIEM", sku: "grok-imagine-image-image-unit",
                notes: "API Inference", requestID: nil),
              .init(
                time: 1_781_550_310_504, amount: "-0.06356", currency: "DIEM", sku: "zai-org-glm-5-1-llm-output-mtoken",
                notes: "API Inference", requestID: "chatcmpl-4007fd29f42b7d3c4107f4345e8d174a"),
            ], isWhole: true))
    }
    #expect(
      paths == [
        "/api/v1/billing/usage-history?startTimestamp=2026-06-14T15:13:20.000Z&endTimestamp=2026-06-15T19:00:00.504Z"
      ])
  }

  private func page(_ number: Int, next: String) -> [UInt8] {
    Array(
      #"""
      {"data": [{"amount": -0.01, "currency": "USD", "inferenceDetails": null, "notes": "", "pricePerUnitUsd": 0.01,
        "sku": "venice-sd35-image-unit", "timestamp": "2026-06-14T15:13:2\#(number)Z", "units": 1}], "nextCursor": \#(next)}
      """#.utf8)
  }

  @Test func pages_areWalkedByTheirCursorAlone() async throws {
    let paths = try await answering([page(1, next: #""a-_9""#), page(2, next: "null")]) { client in
      let history = try await client.usageHistory(from: 0, until: 1)
      #expect(history.entries.map(\.time) == [1_781_450_001_000, 1_781_450_002_000])
      #expect(history.isWhole)
    }
    #expect(paths.last == "/api/v1/billing/usage-history?cursor=a-_9")
    #expect(paths.count == 2)
  }

  @Test func aWalkThatDoesNotEnd_isCutAndSaysSo() async throws {
    let paths = try await answering([page(1, next: #""a""#), page(2, next: #""b""#), page(3, next: #""c""#)]) {
      client in
      let history = try await client.usageHistory(from: 0, until: 1, pages: 2)
      #expect(history.entries.count == 2)
      #expect(!history.isWhole)
    }
    #expect(paths.count == 2)
  }

  @Test(arguments: [
    "{}", "[]", #"{"data": [7], "nextCursor": null}"#, #"{"data": [{"amount": -1}], "nextCursor": null}"#,
    #"{"data": [{"amount": -1, "currency": "USD", "sku": "x", "timestamp": "yesterday"}], "nextCursor": null}"#,
    #"{"data": [], "nextCursor": "a&pageSize=10"}"#, #"{"data": [], "nextCursor": ""}"#,
  ])
  func whatIsNoHistory_isTyped(body: String) async throws {
    let paths = try await answering([Array(body.utf8)]) { client in
      await #expect {
        _ = try await client.usageHistory(from: 0, until: 1)
      } throws: {
        guard case QueryError.unreadable = $0 else { return false }
        return true
      }
    }
    // Nor is anything sent that is no cursor.
    #expect(paths.count == 1)
  }
}
