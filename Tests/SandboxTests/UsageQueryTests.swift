import Foundation
import Testing

@testable import Sandbox

@Suite struct UsageQueryTests {
  private func query(_ parameters: [(String, String)]) throws -> UsageQuery {
    try UsageQuery(parameters.map { (name: $0.0, value: $0.1) }, secret: "secret")
  }

  @Test func timesAreReadToTheMillisecond() throws {
    let query = try query([
      ("startTimestamp", "2026-06-15T19:05:10Z"), ("endTimestamp", "2026-06-15T19:05:10.504Z"), ("pageSize", "10"),
    ])
    #expect(query.start == 1_781_550_310_000)
    #expect(query.end == 1_781_550_310_504)
    #expect(query.pageSize == 10)
    #expect(try self.query([]).pageSize == 1000)
  }

  @Test(arguments: [
    ([("pageSize", "9")], "pageSize"), ([("pageSize", "1001")], "pageSize"), ([("pageSize", "ten")], "pageSize"),
    ([("currency", "EUR")], "currency"), ([("startTimestamp", "yesterday")], "startTimestamp"),
    ([("startTimestamp", "2026-06-15T19:05:10+02:00")], "startTimestamp"),
    ([("startTimestamp", "2026-06-15T19:05:10Z"), ("endTimestamp", "2026-06-15T19:05:10Z")], "endTimestamp"),
    ([("cursor", "made-up")], "cursor"), ([("cursor", "10-10-0-abc")], "cursor"), ([("cursor", "")], "cursor"),
    ([("cursor", "a"), ("pageSize", "10")], "cursor"),
  ])
  func mistakesNameTheirParameter(parameters: [(String, String)], name: String) {
    #expect {
      try query(parameters)
    } throws: { ($0 as? Refusal)?.status == 400 && ($0 as? Refusal)?.issues.first?.path == [name] }
  }

  @Test func unknownParametersAreRefused() {
    #expect(throws: Refusal.invalid([], "Unrecognized key(s) in object: 'page'")) { try query([("page", "2")]) }
  }

  /// The schema's pattern: `^[A-Za-z0-9_-]+$`, at most 512 characters.
  @Test func aCursorIsReadBackByItsOwnServerOnly() throws {
    var next = UsageQuery()
    next.next = 1234
    next.pageSize = 50
    next.end = 1_781_550_310_504
    let cursor = next.cursor(secret: "secret")
    #expect(cursor.wholeMatch(of: /[A-Za-z0-9_-]{1,512}/) != nil)
    #expect(try query([("cursor", cursor)]) == next)
    #expect(throws: Refusal.self) { try query([("cursor", next.cursor(secret: "another"))]) }
    #expect(throws: Refusal.self) { try query([("cursor", "9" + cursor)]) }
  }
}
