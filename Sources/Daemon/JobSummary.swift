import Control
import Documents
import Foundation
import Ledger
import Money

/// How many jobs stand where, and what was charged by day, pipeline and model.
enum JobSummary {
  enum Grouping: String {
    case day, pipeline, model
  }

  static func document(of ledger: JobLedger, _ about: Particulars) throws -> JSONObject {
    let by = try about.text("by")
    let grouping = by.flatMap(Grouping.init)
    if by != nil, grouping == nil { throw ControlRefusal(.invalid, "sums are by day, pipeline or model") }
    let day = try about.text("since")
    let since = day.flatMap(Timestamp.init(day:))
    if day != nil, since == nil { throw ControlRefusal(.invalid, "since is a day such as 2026-01-31") }
    let sums = ChargeSum.sums(of: try ledger.charges(since: since), by: grouping)
    let total = sums.reduce(into: ChargeSum(key: [])) { $0.add($1) }
    return JSONObject([
      ("jobs", .array(try ledger.counts().map { .object($0.document) })),
      ("charges", .array(sums.map { .object($0.document(by: grouping)) })),
      ("total", .object(total.document(by: nil))),
    ])
  }
}

/// Charges that belong together.
private struct ChargeSum {
  /// Day, pipeline, model, or one of them; none for the total.
  var key: [String]
  var calls = 0
  var charged = USD.zero
  var unpriced = USD.zero
  var uncertain = USD.zero

  init(key: [String]) {
    self.key = key
  }

  static func sums(of lines: [ChargeLine], by grouping: JobSummary.Grouping?) -> [ChargeSum] {
    var sums: [[String]: ChargeSum] = [:]
    for line in lines {
      let key =
        switch grouping {
        case .day: [line.day.day]
        case .pipeline: [line.pipeline]
        case .model: [line.model]
        case nil: [line.day.day, line.pipeline, line.model]
        }
      var sum = ChargeSum(key: key)
      sum.calls = line.calls
      sum.charged = line.charged
      sum.unpriced = line.unpriced
      sum.uncertain = line.uncertain
      sums[key, default: ChargeSum(key: key)].add(sum)
    }
    return sums.values.sorted { $0.key.lexicographicallyPrecedes($1.key) }
  }

  mutating func add(_ other: ChargeSum) {
    calls += other.calls
    charged += other.charged
    unpriced += other.unpriced
    uncertain += other.uncertain
  }

  func document(by grouping: JobSummary.Grouping?) -> JSONObject {
    var object = JSONObject()
    let names = grouping.map { [$0.rawValue] } ?? ["day", "pipeline", "model"]
    for (name, text) in zip(names, key) { object[name] = .string(text) }
    object["calls"] = .number("\(calls)")
    object["usd"] = .number("\(charged)")
    object["unpriced-usd"] = .number("\(unpriced)")
    object["uncertain-usd"] = .number("\(uncertain)")
    return object
  }
}

extension Timestamp {
  /// The beginning of a day such as `2026-01-31`, in UTC.
  public init?(day text: String) {
    guard let date = try? Date(text, strategy: .iso8601.year().month().day()) else { return nil }
    self.init(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000)
    // The parser takes February 31 for March 3.
    guard day == text else { return nil }
  }
}
