import ArgumentParser
import Documents
import Ledger

struct JobsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists jobs, the oldest first.")

  @OptionGroup var options: ConfigurationOptions
  @Option(help: "Only jobs in this state: \(JobState.names). May be given several times.")
  var state: [JobState] = []
  @Option(help: "Only jobs of this pipeline.")
  var pipeline: String?
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
    let ledger = try JobsCommand.ledger(options)
    let jobs = try ledger.jobs(
      in: state.isEmpty ? Set(JobState.allCases) : Set(state), pipeline: pipeline,
      order: newest ? .newestFirst : .oldestFirst, limit: limit)
    if json {
      for job in jobs { Console.out(job.json.serialized()) }
      return
    }
    let rows = jobs.map { [$0.id.description, $0.stateInWords, $0.pipeline, $0.place, $0.received.description] }
    for line in Columns.lines([["JOB", "STATE", "PIPELINE", "PLACE", "RECEIVED"]] + rows) { Console.out(line) }
  }
}

extension Job {
  /// The state, and why and how long the job waits in it.
  var stateInWords: String {
    if let hold { return "\(state.rawValue) (\(hold.rawValue))" }
    guard let wait else { return state.rawValue }
    return "\(state.rawValue) (\(wait.reason.rawValue)\(wait.until.map { " until \($0)" } ?? ""))"
  }

  var json: JSONValue {
    .object(
      JSONObject([
        ("job", .string(id.description)), ("name", .string(name)), ("state", .string(state.rawValue)),
        ("reason", (hold?.rawValue ?? wait?.reason.rawValue).map(JSONValue.string) ?? .null),
        ("until", wait?.until.map { .string($0.description) } ?? .null), ("pipeline", .string(pipeline)),
        ("place", .string(place)), ("priority", .number("\(priority)")),
        ("labels", .object(JSONObject(labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))),
        ("request", .string(source)), ("received", .string(received.description)),
        ("since", .string(since.description)), ("published", published.map { .string($0.description) } ?? .null),
        ("error", error.map(JSONValue.string) ?? .null),
      ]))
  }
}
