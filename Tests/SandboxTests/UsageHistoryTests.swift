import Foundation
import Testing

@testable import Sandbox

@Suite struct UsageHistoryTests {
  private func entry(_ number: Int, time: Int) -> UsageHistory.Entry {
    UsageHistory.Entry(
      time: time, requestID: "call-\(number)", model: "chroma", price: USD(microdollars: 30_000), units: 3,
      milliseconds: 7)
  }

  private func history(_ count: Int, capacity: Int = 100_000) -> UsageHistory {
    let history = UsageHistory(capacity: capacity)
    for number in 0..<count { history.record(entry(number, time: 1_000_000 + number * 10)) }
    return history
  }

  private func query(_ history: UsageHistory, _ parameters: [(String, String)]) throws -> UsageQuery {
    try UsageQuery(parameters.map { (name: $0.0, value: $0.1) }, secret: history.secret)
  }

  @Test func pagesFollowOneAnotherWithoutGapsAndEndWithNil() throws {
    let history = history(25)
    var ids: [String] = []
    var sizes: [Int] = []
    var query: UsageQuery? = try query(history, [("pageSize", "10")])
    while let page = try query.map({ try #require(history.page($0)) }) {
      ids += page.entries.map(\.requestID)
      sizes.append(page.entries.count)
      query = page.next
      // What is charged in between does not move a page.
      if sizes.count == 1 { history.record(entry(25, time: 2_000_000)) }
    }
    #expect(sizes == [10, 10, 6])
    #expect(ids == (0...25).map { "call-\($0)" })
  }

  @Test func theWindowHasItsStartAndNotItsEnd() throws {
    let history = history(100)
    var window = UsageQuery()
    window.start = 1_000_100
    window.end = 1_000_150
    let page = try #require(history.page(window))
    #expect(page.entries.map(\.requestID) == ["call-10", "call-11", "call-12", "call-13", "call-14"])
    #expect(page.next == nil)
  }

  @Test func aCursorCarriesTheEndOfTheWindow() throws {
    let history = history(30)
    var window = UsageQuery()
    window.pageSize = 10
    window.end = 1_000_150
    let first = try #require(history.page(window))
    let cursor = try #require(first.next).cursor(secret: history.secret)
    let second = try #require(history.page(try query(history, [("cursor", cursor)])))
    #expect(second.entries.map(\.requestID) == (10...14).map { "call-\($0)" })
    #expect(second.next == nil)
  }

  @Test func otherCurrenciesWereNeverCharged() throws {
    let history = history(3)
    #expect(history.page(try query(history, [("currency", "DIEM")])) == UsageHistory.Page(entries: [], next: nil))
  }

  @Test func theClockNeverGoesBack() throws {
    let history = UsageHistory()
    history.record(entry(0, time: 500))
    history.record(entry(1, time: 400))
    #expect(history.page(UsageQuery())?.entries.map(\.time) == [500, 500])
  }

  @Test func theOldestAreDroppedAndTheirCursorsExpire() throws {
    let history = history(16, capacity: 16)
    var old = UsageQuery()
    old.next = 2
    #expect(history.page(old)?.entries.first?.requestID == "call-2")
    for number in 16..<20 { history.record(entry(number, time: 2_000_000)) }
    #expect(history.page(old) == nil)
    #expect(history.page(UsageQuery())?.entries.first?.requestID == "call-3")
    #expect(history.page(UsageQuery())?.entries.last?.requestID == "call-19")
  }

  @Test func anEntryIsANegativeAmountOfItsUnits() {
    #expect(
      entry(4, time: 1_781_549_110_504).json == [
        "amount": .number(-Decimal(3) / 100), "currency": "USD",
        "inferenceDetails": [
          "completionTokens": .null, "inferenceExecutionTime": 7, "promptTokens": .null, "requestId": "call-4",
        ],
        "notes": "API Inference", "pricePerUnitUsd": .number(Decimal(1) / 100), "sku": "chroma-image-unit",
        "timestamp": "2026-06-15T18:45:10.504Z", "units": 3,
      ])
  }
}
