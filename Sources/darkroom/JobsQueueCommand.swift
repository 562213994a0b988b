import ArgumentParser
import Documents
import Ledger

struct JobsQueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "The queue's shape: how many jobs have reached which age, by pipeline and by what they wait for.",
    discussion: """
      As qshape draws a mail queue: T is the total, the column 5 counts jobs of up to five minutes, 10 those of up to \
      ten, and so on; the last column those older than 1280 minutes. Ages count from the request's arrival.
      """)

  @OptionGroup var options: ConfigurationOptions
  @Option(
    help: "Only jobs in this state: \(JobState.names). May be given several times. Default: all that have not ended.")
  var state: [JobState] = []
  @Flag(help: "One JSON document.")
  var json = false

  func run() async throws {
    let about = JSONObject(asked: [("state", state.isEmpty ? nil : .array(state.map { .string($0.rawValue) }))])
    let shape = try await JobsDesk(options).ask("queue", about: about)
    if json { return Console.out(JSONValue.object(shape).serialized()) }
    let minutes = Self.numbers(shape, "minutes")
    let columns = ["T"] + minutes + [(minutes.last ?? "") + "+"]
    var rows = [["PIPELINE", ""] + columns, Self.row(["TOTAL", ""], shape.object("total") ?? JSONObject())]
    rows += shape.objects("pipelines").map { Self.row([$0.string("pipeline") ?? "", ""], $0) }
    let reasons = shape.objects("reasons")
    if !reasons.isEmpty { rows += [[""], ["STATE", "REASON"] + columns] }
    rows += reasons.map { Self.row([$0.string("state") ?? "", $0.string("reason") ?? "-"], $0) }
    for line in Self.lines(rows) { Console.out(line) }
  }

  private static func row(_ names: [String], _ row: JSONObject) -> [String] {
    names + [row.number("total") ?? "0"] + numbers(row, "counts")
  }

  private static func numbers(_ object: JSONObject, _ key: String) -> [String] {
    guard case .array(let items)? = object[key] else { return [] }
    return items.compactMap { if case .number(let text) = $0 { text } else { nil } }
  }

  /// Names to the left, numbers to the right of their columns.
  private static func lines(_ rows: [[String]]) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, text) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - text.count)
        line += column < 2 ? text + padding + (column == 0 || widths[1] > 0 ? " " : "") : " " + padding + text
      }
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
