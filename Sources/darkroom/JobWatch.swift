import Foundation
import Ledger
import Spool

/// Follows dropped requests through the ledger until their jobs have ended, for callers with the rights to read it.
struct JobWatch {
  struct Dropped {
    /// The file in the inbox.
    var file: String
    /// The path the request goes by: the file's own, or a line's.
    var request: String
    /// How the ledger knows it.
    var identity: String
  }

  let inbox: Inbox
  let ledgerPath: String

  init(inbox: Inbox, spool: String) {
    self.inbox = inbox
    ledgerPath = "\(spool)/ledger.sqlite"
  }

  /// - Returns: how many did not end as published.
  func follow(_ dropped: [Dropped]) async throws -> Int {
    var open = dropped
    var failures = 0
    var ledger: JobLedger?
    while !open.isEmpty {
      // The daemon makes the ledger when it first starts.
      if ledger == nil, FileManager.default.fileExists(atPath: ledgerPath) { ledger = try JobLedger(path: ledgerPath) }
      var left: [Dropped] = []
      for drop in open {
        switch try ledger.map({ try end(of: drop, $0) }) ?? .none {
        case nil: left.append(drop)
        case .published(let place): Console.note("published  \(drop.request): \(place)/", .done)
        case .bad(let why):
          failures += 1
          Console.note("\(why) (\(drop.request))", .failed)
        }
      }
      open = left
      if open.isEmpty { break }
      Console.progress("waiting for \(open.count) of \(dropped.count)")
      try await Task.sleep(for: .milliseconds(200))
    }
    Console.progress(nil)
    return failures
  }

  private enum End {
    case published(String)
    case bad(String)
  }

  private func end(of drop: Dropped, _ ledger: JobLedger) throws -> End? {
    // Asked in this order: the daemon commits the job before it removes the file.
    let isWaiting = try inbox.identity(of: drop.file) != nil
    guard let id = try ledger.jobs(claimedFrom: drop.request, identity: drop.identity).last else {
      return isWaiting ? nil : .bad("refused    see its error file in the failed folder")
    }
    let job = try ledger.job(id)
    switch job.state {
    case .queued, .calling, .responded: return nil
    case .published: return .published(job.place)
    case .failed: return .bad("failed     \(job.error ?? "see its error file in the failed folder")")
    case .held: return .bad("held       \(job.error ?? "someone has to look")")
    }
  }
}
