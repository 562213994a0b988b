import ArgumentParser
import Foundation
import Ledger

/// What the ledger knows, for whoever may read the spool.
struct JobsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs",
    abstract: "Shows jobs, what they wait for, and what they cost.",
    discussion: "It opens the ledger in the spool, also while the daemon runs; the caller needs the rights to it.",
    subcommands: [JobsSummaryCommand.self, JobsListCommand.self, JobsShowCommand.self],
    defaultSubcommand: JobsSummaryCommand.self)

  /// - Throws: where the daemon has never run, and for a ledger that this program cannot use.
  static func ledger(_ options: ConfigurationOptions) throws -> JobLedger {
    let path = try options.loadWithoutKey().spool + "/ledger.sqlite"
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(
        "there is no ledger at \(path), or you may not see it: the daemon makes it when it first starts",
        code: DarkroomCommand.Exit.someFailed)
    }
    do {
      return try JobLedger(path: path, mustExist: true)
    } catch {
      throw CommandFailure("\(error)", code: DarkroomCommand.Exit.someFailed)
    }
  }
}

extension JobState {
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension JobState: ExpressibleByArgument {}
