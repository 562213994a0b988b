import Daemon
import Documents
import Processing
import Raster

/// What `plan --explain` tells: how originals are worked on, for people and for programs.
enum WorkingsReport {
  static func lines(_ workings: Preflight.Workings) -> [String] {
    let plan = workings.explanation
    let count = workings.originals == 1 ? "" : "each of \(workings.originals): "
    var lines = [
      count + (workings.isExpected ? "as if it came as \(plan.format.rawValue) of " : "\(plan.format.rawValue) of ")
        + "\(plan.size), \(plan.coding)"
    ]
    let onlyWhole = plan.outputs.allSatisfy { $0.way != .encoded }
    lines.append(
      "decode once" + (plan.scale == 1 ? "" : ", at 1/\(plan.scale): \(plan.decoded)")
        + (onlyWhole ? ", to see that it is whole" : plan.orientation == .upright ? "" : ", turn: \(plan.orientation)"))
    for shared in plan.shared {
      lines.append("once for \(shared.outputs.count) outputs: " + shared.steps.joined(separator: ", "))
    }
    for output in plan.outputs { lines.append("\(output.file) \(output.size): \(work(output, plan))") }
    lines.append(plan.threads == 1 ? "one output at a time" : "up to \(plan.threads) outputs at a time")
    return lines + plan.warnings.map { "warning: \($0)" }
  }

  private static func work(_ output: Explanation.Output, _ plan: Explanation) -> String {
    let metadata = "metadata \(output.metadata.rawValue)"
    switch output.way {
    case .kept: return "encoded pixels kept to the byte, \(metadata)"
    case .turned: return "samples turned without loss (\(plan.orientation)), \(metadata)"
    case .encoded:
      let settings = output.settings.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      return (output.steps + ["encode as \(output.format.rawValue) (\(settings))", metadata]).joined(separator: ", ")
    }
  }

  static func json(_ workings: Preflight.Workings) -> JSONValue {
    let plan = workings.explanation
    return .object(
      JSONObject([
        (
          "original",
          .object(
            JSONObject([
              ("format", .string(plan.format.rawValue)), ("width", number(plan.size.width)),
              ("height", number(plan.size.height)), ("coding", .string(plan.coding)),
              ("orientation", number(plan.orientation.rawValue)), ("expected", .bool(workings.isExpected)),
              ("count", number(workings.originals)),
            ]))
        ),
        (
          "decoded",
          .object(
            JSONObject([
              ("scale", .string("1/\(plan.scale)")), ("width", number(plan.decoded.width)),
              ("height", number(plan.decoded.height)),
            ]))
        ),
        (
          "shared",
          .array(
            plan.shared.map { shared in
              .object(JSONObject([("steps", texts(shared.steps)), ("outputs", texts(shared.outputs))]))
            })
        ),
        ("outputs", .array(plan.outputs.map(json))), ("threads", number(plan.threads)),
        ("warnings", texts(plan.warnings)),
      ]))
  }

  private static func json(_ output: Explanation.Output) -> JSONValue {
    .object(
      JSONObject([
        ("file", .string(output.file)), ("format", .string(output.format.rawValue)),
        ("width", number(output.size.width)), ("height", number(output.size.height)),
        ("pixels", .string(output.way.rawValue)), ("steps", texts(output.steps)),
        (
          "settings",
          .object(JSONObject(output.settings.map { ($0.name, .string($0.value)) }))
        ),
        ("metadata", .string(output.metadata.rawValue)),
      ]))
  }

  private static func number(_ value: Int) -> JSONValue { .number("\(value)") }
  private static func texts(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }
}
