import ArgumentParser
import Documents

struct JobsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one job: its state, why it waits, its calls and charges, what it published and what follows.",
    discussion: """
      Of a job that is held because nobody knows whether its call was charged, it asks the API's usage history, which \
      is free, and says what is found there. It changes nothing.
      """)

  @OptionGroup var options: ConfigurationOptions
  @Flag(help: "One JSON document.")
  var json = false
  @Argument(help: ArgumentHelp("The job's id, or an unambiguous beginning of it.", valueName: "job"))
  var id: String

  func run() async throws {
    let job = try await JobsDesk(options).ask("show", about: JSONObject([("job", .string(id))]))
    if json { return Console.out(JSONValue.object(job).serialized()) }
    let state = [job.string("state"), job.reasonInWords.isEmpty ? nil : "(\(job.reasonInWords))"]
    var rows = [
      ["job", job.string("job") ?? ""], ["request", job.string("request") ?? ""],
      ["pipeline", job.string("pipeline") ?? ""],
      ["state", state.compactMap(\.self).joined(separator: " ")],
      ["since", "\(job.string("since") ?? "") (\(job["state-seconds"]?.integer?.ageInWords ?? ""))"],
      ["received", "\(job.string("received") ?? "") (\(job["age-seconds"]?.integer?.ageInWords ?? ""))"],
      ["place", job.string("place") ?? ""],
    ]
    for label in job.object("labels")?.members ?? [] {
      if case .string(let value) = label.value { rows.append(["label \(label.key)", value]) }
    }
    if let hindrance = job.string("hindrance") { rows.append(["why", hindrance]) }
    if let error = job.string("error") { rows.append(["last error", error]) }
    for call in job.objects("calls") {
      rows.append(["call \(call["ordinal"]?.integer ?? 0).\(call["attempt"]?.integer ?? 0)", call.callInWords])
    }
    for output in job.objects("outputs") {
      let size = "\(output["width"]?.integer ?? 0)x\(output["height"]?.integer ?? 0)"
      rows.append(["output", "\(output.string("file") ?? "") \(size), \(output["bytes"]?.integer ?? 0) bytes"])
    }
    for warning in job.strings("warnings") ?? [] { rows.append(["warning", warning]) }
    if let words = job.object("reconciliation")?.string("words") {
      rows.append(["charged?", words])
    }
    for delivery in job.objects("deliveries") {
      rows.append(["after \(delivery.number("number") ?? "")", delivery.deliveryInWords])
    }
    for line in Columns.lines(rows) { Console.out(line) }
  }
}

extension JSONObject {
  fileprivate var callInWords: String {
    let money: String? =
      switch string("charge") {
      case "charged": number("usd").map { "\($0) USD" } ?? "charged, price not known"
      case "perhaps charged": "perhaps charged" + (number("reserved-usd").map { ", at most \($0) USD" } ?? "")
      default: string("charge")
      }
    return
      ([
        string("endpoint"), string("model"), string("started"), string("state"),
        self["status"]?.integer.map { "status \($0)" }, money, string("error"),
      ]
      .compactMap(\.self)).joined(separator: ", ")
  }

  fileprivate var deliveryInWords: String {
    let isPending = string("state") == "pending"
    var parts = [string("target") ?? ""]
    if isPending {
      parts.append(string("due") == nil ? "waits for the command before it" : "pending")
    } else {
      let state = (string("state") ?? "").replacing("-", with: " ")
      parts.append(state + (string("finished").map { " \($0)" } ?? ""))
    }
    let attempts = self["attempts"]?.integer ?? 0
    if attempts > 0 { parts.append("\(attempts) attempt\(attempts == 1 ? "" : "s")") }
    if isPending, let started = string("started") { parts.append("last \(started)") }
    if isPending, attempts > 0, let due = string("due") { parts.append("next \(due)") }
    if let error = string("error") { parts.append(error) }
    return parts.joined(separator: ", ")
  }
}
