import ArgumentParser
import Documents
import Ledger
import Synchronization

struct JobsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists jobs, the oldest first, with their ages and what they wait for.")

  @OptionGroup var options: ConfigurationOptions
  @Option(help: "Only jobs in this state: \(JobState.names). May be given several times.")
  var state: [JobState] = []
  @Option(help: "Only jobs of this pipeline.")
  var pipeline: String?
  @Option(help: "Only jobs that wait or are held for this reason, such as budget or unknown-outcome.")
  var reason: String?
  @Flag(help: "The newest first.")
  var newest = false
  @Option(help: "At most so many.")
  var limit = 1000
  @Flag(help: "One JSON document a line.")
  var json = false

  func validate() throws {
    guard limit >= 1 else { throw ValidationError("--limit is at least 1") }
  }

  func run() async throws {
    let about = JSONObject(asked: [
      ("state", state.isEmpty ? nil : .array(state.map { .string($0.rawValue) })),
      ("pipeline", pipeline.map(JSONValue.string)), ("reason", reason.map(JSONValue.string)),
      ("newest", newest ? .bool(true) : nil), ("limit", .number("\(limit)")),
    ])
    let rows = Rows()
    _ = try await JobsDesk(options).ask("list", about: about) { [json] job in
      if json { return Console.out(JSONValue.object(job).serialized()) }
      rows.add([
        job.string("job") ?? "", job.string("state") ?? "", job["age-seconds"]?.integer?.ageInWords ?? "",
        job["state-seconds"]?.integer?.ageInWords ?? "", job.string("pipeline") ?? "", job.string("place") ?? "",
        job.reasonInWords,
      ])
    }
    if json { return }
    let head = ["JOB", "STATE", "AGE", "IN STATE", "PIPELINE", "PLACE", "REASON"]
    for line in Columns.lines([head] + rows.all) { Console.out(line) }
  }
}

/// Rows as they come; their widths are known at the end.
final class Rows: Sendable {
  private let rows = Mutex<[[String]]>([])

  var all: [[String]] { rows.withLock { $0 } }

  func add(_ row: [String]) { rows.withLock { $0.append(row) } }
}
