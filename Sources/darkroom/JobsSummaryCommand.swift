import ArgumentParser
import Daemon
import Documents
import Ledger

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
    if let since, Timestamp(day: since) == nil {
      throw ValidationError("--since is a day such as 2026-01-31")
    }
  }

  func run() async throws {
    let about = JSONObject(asked: [
      ("by", by.map { .string($0.rawValue) }), ("since", since.map(JSONValue.string)),
    ])
    let summary = try await JobsDesk(options).ask("summary", about: about)
    if json { return Console.out(JSONValue.object(summary).serialized()) }
    let jobs = summary.objects("jobs").map { count in
      [
        count.string("state") ?? "", count.string("reason") ?? "", count.number("count") ?? "",
        "oldest \(count.string("oldest") ?? "")",
      ]
    }
    for line in Columns.lines(jobs) { Console.out(line) }
    if jobs.isEmpty { Console.out("no jobs") }
    let sums = summary.objects("charges")
    guard !sums.isEmpty else { return }
    Console.out("")
    let names = by.map { [$0.rawValue] } ?? ["day", "pipeline", "model"]
    let padding = [String](repeating: "", count: names.count - 1)
    let rows = sums.map { sum in names.map { sum.string($0) ?? "" } + sum.amounts }
    let total = ["total"] + padding + (summary.object("total")?.amounts ?? [])
    let head = names.map { $0.uppercased() } + ["CALLS", "USD", "UNPRICED", "UNCERTAIN"]
    for line in Columns.lines([head] + rows + [total]) { Console.out(line) }
  }
}

extension JSONObject {
  fileprivate var amounts: [String] { ["calls", "usd", "unpriced-usd", "uncertain-usd"].map { number($0) ?? "" } }
}
