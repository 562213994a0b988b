import Catalogue
import Daemon
import Documents
import Money
import Processing
import Raster
import Requests

/// What one request would call, cost and make; or why it would be refused.
struct Forecast {
  struct Plan {
    var request: Request
    var preflight: Preflight
    var outputs: [ExpectedOutput]
    /// How they are made, where that is asked for.
    var workings: Workings?

    /// - Parameter original: what a local picture says of itself; asked for only to tell how outputs are made.
    init(
      _ request: Request, _ pipeline: Pipeline?, _ catalogue: Catalogue, _ daemon: DaemonConfiguration,
      picture: (String) -> NamedPicture, original: Preflight.Reading?
    ) throws(ErrorReport) {
      let preflight = try Preflight(
        request, catalogue: catalogue, assumptions: daemon.assumptions, fitsInput: pipeline?.fitsInput == true,
        picture: picture)
      try preflight.check(daemon.budget)
      if let pipeline { try preflight.check(pipeline, limits: daemon.limits) }
      self.request = request
      self.preflight = preflight
      outputs = pipeline.map { preflight.outputs(of: request, by: $0, picture: picture) } ?? []
      guard let pipeline, let original else { return }
      do throws(ProcessingError) {
        let known = try preflight.workings(of: request, by: pipeline, limits: daemon.limits, original: original)
        workings = known.map(Workings.known) ?? .unknown
      } catch {
        workings = .impossible(error)
      }
    }

    enum Workings {
      case known(Preflight.Workings)
      /// Until the originals are there.
      case unknown
      /// No output would be made.
      case impossible(ProcessingError)

      var lines: [String] {
        switch self {
        case .known(let workings): WorkingsReport.lines(workings)
        case .unknown: ["how its outputs are made is known when the picture is there"]
        case .impossible(let error): ["no output: \(error)"]
        }
      }

      var json: JSONValue {
        switch self {
        case .known(let workings): WorkingsReport.json(workings)
        case .unknown: .null
        case .impossible(let error): .object(JSONObject([("error", .string(error.description))]))
        }
      }
    }
  }

  /// As the inbox would call it.
  var file: String
  var outcome: Result<Plan, ErrorReport>

  static func price(_ expected: USD, _ worst: USD) -> String {
    worst > expected ? "\(expected) USD (at most \(worst))" : "\(expected) USD"
  }

  var text: String {
    switch outcome {
    case .failure(let report): return "\(file)\n  refused: \(report)"
    case .success(let plan):
      let place = plan.request.output.isEmpty ? plan.request.name : "\(plan.request.output)/\(plan.request.name)"
      var lines = ["\(file) -> \(place)/ (pipeline \(plan.request.pipeline))"]
      if plan.preflight.steps.isEmpty { lines.append("  no call") }
      for step in plan.preflight.steps {
        let model = step.model.map { " \($0)" } ?? ""
        let unknown = step.estimate.isKnown ? "" : ", price not known: counted as budget.unknown-model-usd"
        let count = step.calls == 1 ? "1 call" : "\(step.calls) calls"
        lines.append(
          "  \(step.endpoint.rawValue)\(model): \(count), \(Self.price(step.expected, step.worst))\(unknown)")
      }
      for output in plan.outputs {
        lines.append("  \(output.file)\(output.extent)")
      }
      lines += plan.preflight.warnings.map { "  warning: \($0)" }
      if let workings = plan.workings { lines += ["  explained:"] + workings.lines.map { "    \($0)" } }
      return lines.joined(separator: "\n")
    }
  }

  var json: JSONValue {
    var object = JSONObject([("request", .string(file))])
    switch outcome {
    case .failure(let report):
      object["refused"] = .object(
        JSONObject(
          [
            ("error", .string(report.error)), ("field", report.field.map(JSONValue.string) ?? .null),
            ("line", report.place.map { .number("\($0.line)") } ?? .null), ("next", .string(report.next)),
          ]))
    case .success(let plan):
      object["pipeline"] = .string(plan.request.pipeline)
      object["name"] = .string(plan.request.name)
      object["output"] = .string(plan.request.output)
      object["calls"] = .array(
        plan.preflight.steps.map { step in
          .object(
            JSONObject([
              ("operation", .string(step.endpoint.rawValue)), ("model", step.model.map(JSONValue.string) ?? .null),
              ("count", .number("\(step.calls)")), ("usd", .number("\(step.expected)")),
              ("at-most-usd", .number("\(step.worst)")), ("price-known", .bool(step.estimate.isKnown)),
            ]))
        })
      object["usd"] = .number("\(plan.preflight.expected)")
      object["at-most-usd"] = .number("\(plan.preflight.worst)")
      object["outputs"] = .array(
        plan.outputs.map { output in
          .object(
            JSONObject([
              ("file", .string(output.file)), ("format", .string(output.format.rawValue)),
              ("width", output.size.map { .number("\($0.width)") } ?? .null),
              ("height", output.size.map { .number("\($0.height)") } ?? .null),
            ]))
        })
      object["warnings"] = .array(plan.preflight.warnings.map(JSONValue.string))
      if let workings = plan.workings { object["plan"] = workings.json }
    }
    return .object(object)
  }
}

extension ExpectedOutput {
  /// Its size, or what there is to tell it by.
  fileprivate var extent: String {
    if let size { return " \(size.width)x\(size.height)" }
    switch (resize?.width, resize?.height) {
    case (let width?, let height?): return ", resized to \(width)x\(height)"
    case (let width?, nil): return ", resized to a width of \(width)"
    case (nil, let height?): return ", resized to a height of \(height)"
    case (nil, nil): return ""
    }
  }
}
