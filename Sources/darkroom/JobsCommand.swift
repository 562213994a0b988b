import ArgumentParser
import Documents
import Ledger

/// What stands where, and the operator's words.
struct JobsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs",
    abstract: "Shows jobs, what they wait for and what they cost; holds, releases and repeats them.",
    discussion: """
      It asks the daemon over its control socket, which is for the daemon's group. Where no daemon answers it opens the \
      ledger in the spool itself; the caller then needs the rights to it.

      A job is named by its id or an unambiguous beginning of it.
      """,
    subcommands: [
      JobsSummaryCommand.self, JobsListCommand.self, JobsShowCommand.self, JobsQueueCommand.self,
      JobsHoldCommand.self, JobsReleaseCommand.self, JobsRequeueCommand.self, JobsReprocessCommand.self,
      JobsCancelCommand.self,
    ],
    defaultSubcommand: JobsSummaryCommand.self)
}

extension JobState {
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension JobState: ExpressibleByArgument {}

extension JSONObject {
  /// Members that are asked for only when they say something.
  init(asked members: [(String, JSONValue?)]) {
    self.init()
    for (key, value) in members { self[key] = value }
  }

  /// Why a job waits or is held, and how long.
  var reasonInWords: String {
    [string("reason"), string("until").map { "until \($0)" }].compactMap(\.self).joined(separator: " ")
  }
}

extension Int {
  /// A time in seconds, for people: `40 s`, `12 min`, `5 h`, `3 d`.
  var ageInWords: String {
    switch self {
    case ..<120: "\(self) s"
    case ..<7200: "\(self / 60) min"
    case ..<172_800: "\(self / 3600) h"
    default: "\(self / 86_400) d"
    }
  }
}
