import ArgumentParser
import Documents
import Ledger
import Money

struct JobsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows one job: its state, its calls and charges, what it published.")

  @OptionGroup var options: ConfigurationOptions
  @Flag(help: "One JSON document.")
  var json = false
  @Argument(help: ArgumentHelp("The job's id.", valueName: "job"))
  var id: String

  func run() async throws {
    let ledger = try JobsCommand.ledger(options)
    guard let id = JobID(id) else {
      throw CommandFailure("\(id) is no job's id; darkroom jobs list shows them")
    }
    let job: Job
    do {
      job = try ledger.job(id)
    } catch {
      throw CommandFailure("\(error)", code: DarkroomCommand.Exit.someFailed)
    }
    let calls = try ledger.calls(of: id)
    let outputs = try ledger.outputs(of: id)
    let deliveries = try ledger.deliveries(of: id)
    if json {
      guard case .object(var document) = job.json else { return }
      document["calls"] = .array(calls.map(\.json))
      document["outputs"] = .array(outputs.map(\.json))
      document["warnings"] = .array(try ledger.warnings(of: id).map(JSONValue.string))
      document["deliveries"] = .array(deliveries.map(\.json))
      return Console.out(JSONValue.object(document).serialized())
    }
    var rows = [
      ["job", id.description], ["request", job.source], ["pipeline", job.pipeline], ["state", job.stateInWords],
      ["since", job.since.description], ["received", job.received.description], ["place", job.place],
    ]
    for (key, value) in job.labels.sorted(by: { $0.key < $1.key }) { rows.append(["label \(key)", value]) }
    if let error = job.error { rows.append(["last error", error]) }
    for call in calls { rows.append(["call \(call.ordinal).\(call.attempt)", call.words]) }
    for output in outputs {
      rows.append(["output", "\(output.file) \(output.width)x\(output.height), \(output.bytes) bytes"])
    }
    for warning in try ledger.warnings(of: id) { rows.append(["warning", warning]) }
    for delivery in deliveries { rows.append(["after \(delivery.number)", delivery.line]) }
    for line in Columns.lines(rows) { Console.out(line) }
  }
}

extension Call {
  fileprivate var words: String {
    let money =
      switch charge {
      case .none: "not charged"
      case .certain(let usd): usd.map { "\($0) USD" } ?? "charged, price not known"
      case .unknown(let most): "perhaps charged" + (most.map { ", at most \($0) USD" } ?? "")
      }
    return
      ([endpoint, model, started.description, state.rawValue, status.map { "status \($0)" }, money, error]
      .compactMap(\.self)).joined(separator: ", ")
  }

  fileprivate var json: JSONValue {
    let usd: JSONValue =
      switch charge {
      case .none: .number("0")
      case .certain(let usd): usd.map { .number("\($0)") } ?? .null
      case .unknown: .null
      }
    return .object(
      JSONObject([
        ("ordinal", .number("\(ordinal)")), ("attempt", .number("\(attempt)")), ("step", .number("\(step)")),
        ("item", .number("\(item)")), ("key", .string(key)), ("endpoint", .string(endpoint)),
        ("model", model.map(JSONValue.string) ?? .null), ("state", .string(state.rawValue)),
        ("status", status.map { .number("\($0)") } ?? .null), ("started", .string(started.description)),
        ("finished", finished.map { .string($0.description) } ?? .null), ("usd", usd),
        ("reserved-usd", reserved.map { .number("\($0)") } ?? .null), ("error", error.map(JSONValue.string) ?? .null),
      ]))
  }
}

extension OutputRecord {
  fileprivate var json: JSONValue {
    .object(
      JSONObject([
        ("file", .string(file)), ("variant", .number("\(variant)")), ("format", .string(format)),
        ("width", .number("\(width)")), ("height", .number("\(height)")), ("bytes", .number("\(bytes)")),
        ("sha256", .string(sha256)), ("metadata", .string(metadata)),
      ]))
  }
}
