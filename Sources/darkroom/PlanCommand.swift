import ArgumentParser
import Catalogue
import Daemon
import Documents
import Foundation
import Ledger
import Money
import Requests
import Workers

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows what requests would call, cost and make. Nothing is sent or written.",
    discussion: """
      Prices are those the daemon fetched last, else those this program was built with; they are estimates. In \
      brackets stands what is set aside before a call: the worst price, where that is more.

      A folder is planned as an inbox: its subfolders name the pipelines, and images are looked for in it. The images \
      that a single file names are looked for in the configured inbox if the file lies there, else beside the file.

      With --explain it also tells how the outputs are made: at which size the original is decoded, what is done once \
      for several, what is kept to the byte. Any image can be explained, as a request would run the pipeline on it \
      without a call.
      """)

  @OptionGroup var options: ConfigurationOptions
  @Option(
    help: ArgumentHelp("The pipeline of files that lie in no inbox, and of images to explain.", valueName: "pipeline"))
  var pipeline: String?
  @Flag(help: "Also how each output is made, step by step.")
  var explain = false
  @Flag(help: "One JSON document a line: each request, then the total.")
  var json = false
  @Argument(help: ArgumentHelp("Requests, images for a hot folder, or whole folders.", valueName: "file"))
  var files: [String]

  func run() async throws {
    let configuration = try options.load(needsKey: false)
    let pipelines = try Pipelines.catalog(folder: configuration.pipelineFolder)
    if let pipeline, pipelines[pipeline] == nil {
      throw CommandFailure("there is no pipeline \"\(pipeline)\"; there are \(pipelines.names.joined(separator: ", "))")
    }
    let daemon = configuration.daemon
    let workers = try WorkerPool(daemon.worker, limits: daemon.limits, kept: 1)
    let catalogue = CatalogueSource.cached(spool: daemon.spool, baseURL: daemon.api.baseURL) ?? .bundled
    var total = PlanTotal()
    for file in try files.flatMap({ try PlannedFile.all(at: $0, inbox: daemon.inbox, pipeline: pipeline) }) {
      let forecasts = try file.forecasts(
        pipelines, catalogue, daemon, workers, explains: explain, pipeline: pipeline)
      for forecast in forecasts {
        total.count(forecast)
        Console.out(json ? forecast.json.serialized() : forecast.text)
      }
    }
    total.day = daemon.budget.perDay
    Console.out(json ? total.json.serialized() : total.text)
    if !json { Console.note("prices: \(catalogue.ageInWords(now: Int(Date().timeIntervalSince1970)))", .quiet) }
    if total.refused > 0 { throw DarkroomCommand.Exit.someFailed }
  }
}

/// What all planned requests come to.
struct PlanTotal {
  var requests = 0
  var refused = 0
  var calls = 0
  var expected = USD.zero
  var worst = USD.zero
  /// What a day's calls may cost.
  var day: USD?

  mutating func count(_ forecast: Forecast) {
    requests += 1
    switch forecast.outcome {
    case .failure: refused += 1
    case .success(let plan):
      calls += plan.preflight.calls
      expected += plan.preflight.expected
      worst += plan.preflight.worst
    }
  }

  var text: String {
    let beyond =
      day.map {
        worst > $0 ? "; more than budget.per-day-usd (\($0) USD), so that some would wait for another day" : ""
      }
      ?? ""
    return "total: \(requests) request\(requests == 1 ? "" : "s")"
      + (refused > 0 ? ", \(refused) of them refused" : "")
      + ", \(calls) call\(calls == 1 ? "" : "s"), \(Forecast.price(expected, worst))\(beyond)"
  }

  var json: JSONValue {
    var object = JSONObject()
    object["total"] = .object(
      JSONObject([
        ("requests", .number("\(requests)")), ("refused", .number("\(refused)")), ("calls", .number("\(calls)")),
        ("usd", .number("\(expected)")), ("at-most-usd", .number("\(worst)")),
      ]))
    return .object(object)
  }
}
