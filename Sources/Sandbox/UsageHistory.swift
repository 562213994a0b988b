import FoundationEssentials
import Synchronization

/// What was charged so far, for `GET /billing/usage-history`. In memory: it begins anew with each start.
final class UsageHistory: Sendable {
  struct Entry: Equatable, Sendable {
    /// Milliseconds since 1970; never less than the entry's before.
    var time: Int
    /// The answer's id.
    let requestID: String
    let model: String
    let price: USD
    /// Pictures.
    let units: Int
    /// How long the work took.
    let milliseconds: Int
  }

  /// A page, and where the next one begins; `nil` after the last.
  struct Page: Equatable, Sendable {
    let entries: [Entry]
    let next: UsageQuery?
  }

  private struct State {
    var entries: [Entry] = []
    /// How many were dropped from the front: the first entry's number.
    var first = 0
  }

  /// Older entries are dropped, a good many at a time.
  private let capacity: Int
  /// In each cursor, so that one of another server is told apart.
  let secret = UUID().uuidString
  private let state = Mutex(State())

  init(capacity: Int = 100_000) {
    self.capacity = capacity
  }

  func record(_ entry: Entry) {
    state.withLock { state in
      var entry = entry
      entry.time = max(entry.time, state.entries.last?.time ?? 0)
      state.entries.append(entry)
      let excess = state.entries.count - capacity
      if excess > capacity / 8 {
        state.entries.removeFirst(excess)
        state.first += excess
      }
    }
  }

  /// `nil` for a page that begins with an entry that was dropped: its cursor has expired.
  func page(_ query: UsageQuery) -> Page? {
    state.withLock { state in
      let entries = state.entries
      guard query.next.map({ $0 >= state.first }) ?? true else { return nil }
      guard query.currency == "USD" else { return Page(entries: [], next: nil) }
      let start =
        query.next.map { min($0 - state.first, entries.count) }
        ?? Self.index(of: query.start, in: entries)
      let end = max(start, query.end.map { Self.index(of: $0, in: entries) } ?? entries.count)
      let stop = min(end, start + query.pageSize)
      var next: UsageQuery?
      if stop < end {
        next = query
        next?.next = state.first + stop
      }
      return Page(entries: Array(entries[start..<stop]), next: next)
    }
  }

  /// Where the first entry lies that is not before a time.
  private static func index(of time: Int, in entries: [Entry]) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].time < time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension UsageHistory.Entry {
  /// An item of the schema's `data`.
  var json: JSON {
    [
      "amount": (USD.zero - price).json,
      "currency": "USD",
      "inferenceDetails": [
        "completionTokens": .null, "inferenceExecutionTime": .number(Decimal(milliseconds)), "promptTokens": .null,
        "requestId": .string(requestID),
      ],
      "notes": "API Inference",
      "pricePerUnitUsd": USD(microdollars: price.microdollars / units).json,
      "sku": .string("\(model)-image-unit"),
      "timestamp": .string(Date(timeIntervalSince1970: Double(time) / 1000).iso8601Milliseconds),
      "units": .number(Decimal(units)),
    ]
  }
}

extension Date {
  /// As the vendor writes times: `2026-06-15T19:05:10.504Z`.
  var iso8601Milliseconds: String {
    // The style cuts digits off: half a millisecond more, and it rounds.
    addingTimeInterval(0.0005).formatted(ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
