import ArgumentParser
import Daemon
import Documents
import Ledger

/// Which jobs an operator's word is about, and how it is told.
struct JobsChoice: ParsableArguments {
  @OptionGroup var options: ConfigurationOptions
  @Option(help: "Every job in this state that the word applies to. May be given several times.")
  var state: [JobState] = []
  @Option(help: "Every job of this pipeline that the word applies to.")
  var pipeline: String?
  @Option(help: "Every job that waits or is held for this reason, such as budget or unknown-outcome.")
  var reason: String?
  @Flag(
    help: "With a selection: also jobs whose call may have been charged already and will be paid for a second time.")
  var yes = false
  @Flag(name: [.customShort("n"), .long], help: "Only say what would be done.")
  var dryRun = false
  @Flag(help: "One JSON document a line.")
  var json = false
  @Argument(
    help: ArgumentHelp(
      "Ids or unambiguous beginnings of them; ALL for every job that the word applies to.", valueName: "job"))
  var jobs: [String] = []

  func validate() throws {
    let isSelection = !state.isEmpty || pipeline != nil || reason != nil
    if jobs.isEmpty, !isSelection {
      throw ValidationError("name jobs, or select them with --state, --pipeline, --reason")
    }
    if !jobs.isEmpty, jobs != ["ALL"], isSelection {
      throw ValidationError("name jobs, or select them with --state, --pipeline, --reason, not both")
    }
  }

  /// Says a word, and what came of it, a line a job.
  func say(_ word: OperatorWord, paysAgain: Bool = false) async throws {
    let about = JSONObject(asked: [
      ("jobs", jobs.isEmpty ? nil : .array(jobs.map(JSONValue.string))),
      ("state", state.isEmpty ? nil : .array(state.map { .string($0.rawValue) })),
      ("pipeline", pipeline.map(JSONValue.string)), ("reason", reason.map(JSONValue.string)),
      ("confirmed", yes ? .bool(true) : nil), ("rehearsal", dryRun ? .bool(true) : nil),
      ("pays-again", paysAgain ? .bool(true) : nil),
    ])
    let end = try await JobsDesk(options).ask(word.rawValue, about: about) { [json, dryRun] outcome in
      if json { return Console.out(JSONValue.object(outcome).serialized()) }
      let kind = outcome.string("outcome") ?? ""
      let label = dryRun && kind == "done" ? "would be" : kind
      Console.out(
        label.padding(toLength: 11, withPad: " ", startingAt: 0)
          + " \(outcome.string("job") ?? ""): \(outcome.string("words") ?? "")")
    }
    if end["jobs"]?.integer == 0 { Console.note("no job is selected", .quiet) }
    if let count = end["unconfirmed"]?.integer, count > 0 {
      Console.note("\(count) may have been charged already and were left alone; say --yes to pay again", .warning)
    }
    guard (end["refused"]?.integer ?? 0) + (end["unconfirmed"]?.integer ?? 0) == 0 else {
      throw DarkroomCommand.Exit.someFailed
    }
  }
}

struct JobsHoldCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Holds queued jobs: no call goes out until they are released.")
  @OptionGroup var choice: JobsChoice
  func run() async throws { try await choice.say(.hold) }
}

struct JobsReleaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Releases held jobs: they are called, be it again.",
    discussion: """
      Where nobody knows whether the call before was charged, the new one may be the second that is paid for: look at \
      darkroom jobs show first. Who names such a job has looked; with a selection --yes says so.
      """)
  @OptionGroup var choice: JobsChoice
  func run() async throws { try await choice.say(.release) }
}

struct JobsRequeueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "requeue",
    abstract: "Lets failed jobs go on where they stood: only calls without an answer are made.",
    discussion: "What follows the calls is done as the pipeline says now.")
  @OptionGroup var choice: JobsChoice
  @Flag(
    name: [.customLong("all-calls"), .customLong("all")],
    help: "Every call again: what was answered and paid for is paid for again.")
  var allCalls = false
  func run() async throws { try await choice.say(.requeue, paysAgain: allCalls) }
}

struct JobsReprocessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reprocess",
    abstract: "Runs the pipeline again from the kept originals, at no cost.",
    discussion: """
      For failed and published jobs whose calls are all answered. The pipeline is the one of now; a published job's \
      directory is replaced in one step. Nothing is ever called.
      """)
  @OptionGroup var choice: JobsChoice
  func run() async throws { try await choice.say(.reprocess) }
}

struct JobsCancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Ends queued or held jobs: nothing more is sent, and their requests go to the failed folder.")
  @OptionGroup var choice: JobsChoice
  func run() async throws { try await choice.say(.cancel) }
}
