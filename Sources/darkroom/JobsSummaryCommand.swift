import ArgumentParser
import Documents
import Foundation
import Ledger
import Money

struct JobsSummaryCommand: AsyncParsableCommand {
  enum Grouping: String, ExpressibleByArgument, CaseIterable {
    case day, pipeline, model
  }

  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "How many jobs stand where, and what was charged by day, pipeline and model.",
    discussion: """
      Charges are what the catalogue said when the call was made. Calls whose price is not certain (a model without a \
      price, a size or quality that the API chose, a rewritten prompt, a web search, another model than asked for) count \
      at what was set aside for them, under UNPRICED; calls whose outcome nobody knows too, under UNCERTAIN.
      """)

  @OptionGroup var options: ConfigurationOptions
  @Option(help: "Sums by day, pipeline or model alone; without it by all three.")
  var by: Grouping?
  @Option(help: ArgumentHelp("Charges from this day on (UTC).", valueName: "yyyy-mm-dd"))
  var since: String?
  @Flag(help: "One JSON document.")
  var json = false

  func validate() throws {
    if let since, Timestamp(day: since) == nil { throw ValidationError("--since is a day such as 2026-01-31") }
  }

  func run() async throws {
    let ledger = try JobsCommand.ledger(options)
    let counts = try ledger.counts()
    let sums = ChargeSum.sums(of: try ledger.charges(since: since.flatMap(Timestamp.init(day:))), by: by)
    let total = sums.reduce(into: ChargeSum(key: ["total"])) { $0.add($1) }
    if json {
      let document = JSONObject([
        ("jobs", .array(counts.map(\.json))), ("charges", .array(sums.map { $0.json(by: by) })),
        ("total", total.json(by: nil)),
      ])
      return Console.out(JSONValue.object(document).serialized())
    }
    for line in Columns.lines(counts.map(\.row)) { Console.out(line) }
    if counts.isEmpty { Console.out("no jobs") }
    guard !sums.isEmpty else { return }
    Console.out("")
    let names = by.map { [$0.rawValue.uppercased()] } ?? ["DAY", "PIPELINE", "MODEL"]
    let padding = [String](repeating: "", count: names.count - 1)
    let rows = sums.map(\.row) + [["total"] + padding + total.row.suffix(4)]
    for line in Columns.lines([names + ["CALLS", "USD", "UNPRICED", "UNCERTAIN"]] + rows) { Console.out(line) }
  }
}

/// Charges that belong together.
struct ChargeSum {
  /// Day, pipeline, model, or one of them.
  var key: [String]
  var calls = 0
  var charged = USD.zero
  var unpriced = USD.zero
  var uncertain = USD.zero

  init(key: [String]) {
    self.key = key
  }

  static func sums(of lines: [ChargeLine], by grouping: JobsSummaryCommand.Grouping?) -> [ChargeSum] {
    var sums: [ChargeSum] = []
    for line in lines {
      let key =
        switch grouping {
        case .day: [line.day.day]
        case .pipeline: [line.pipeline]
        case .model: [line.model]
        case nil: [line.day.day, line.pipeline, line.model]
        }
      let index = sums.firstIndex { $0.key == key } ?? sums.endIndex
      if index == sums.endIndex { sums.append(ChargeSum(key: key)) }
      sums[index].calls += line.calls
      sums[index].charged += line.charged
      sums[index].unpriced += line.unpriced
      sums[index].uncertain += line.uncertain
    }
    return sums.sorted { $0.key.lexicographicallyPrecedes($1.key) }
  }

  mutating func add(_ other: ChargeSum) {
    calls += other.calls
    charged += other.charged
    unpriced += other.unpriced
    uncertain += other.uncertain
  }

  var row: [String] { key + ["\(calls)"] + [charged, unpriced, uncertain].map(\.description) }

  func json(by grouping: JobsSummaryCommand.Grouping?) -> JSONValue {
    var object = JSONObject()
    let names = grouping.map { [$0.rawValue] } ?? ["day", "pipeline", "model"]
    if key.count == names.count { for (name, text) in zip(names, key) { object[name] = .string(text) } }
    object["calls"] = .number("\(calls)")
    object["usd"] = .number("\(charged)")
    object["unpriced-usd"] = .number("\(unpriced)")
    object["uncertain-usd"] = .number("\(uncertain)")
    return .object(object)
  }
}

extension JobCount {
  fileprivate var reason: String? { wait?.rawValue ?? hold?.rawValue }

  fileprivate var row: [String] { [state.rawValue, reason ?? "", "\(count)", "oldest \(oldest)"] }

  fileprivate var json: JSONValue {
    .object(
      JSONObject([
        ("state", .string(state.rawValue)), ("reason", reason.map(JSONValue.string) ?? .null),
        ("count", .number("\(count)")), ("oldest", .string(oldest.description)),
      ]))
  }
}

extension Timestamp {
  /// The day's beginning in UTC.
  fileprivate init?(day text: String) {
    guard let date = try? Date(text, strategy: .iso8601.year().month().day()) else { return nil }
    self.init(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000)
    // The parser takes February 31 for March 3.
    guard day == text else { return nil }
  }
}
