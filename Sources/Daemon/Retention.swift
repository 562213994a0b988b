import Ledger
import Spool

/// How long what nobody waits for is kept: requests, answers and originals of ended jobs, and the records of them.
///
/// What was published, what is held and what lies in the inbox is never removed. The ledger is told before a blob goes,
/// so that nothing is ever taken up again whose bytes are half gone; a crash in between leaves a folder that the next
/// start removes.
public struct Retention: Sendable, Hashable {
  /// Of the blobs of an ended job; `nil` keeps them for good.
  public var originals: Duration?
  /// Of the record of an ended job; `nil` keeps it for good.
  public var records: Duration?
  /// What the blobs of ended jobs may take together, in bytes; beyond it those that ended first go before their time.
  /// `nil` is no limit.
  public var bytes: Int64?

  public init(originals: Duration? = nil, records: Duration? = nil, bytes: Int64? = nil) {
    self.originals = originals
    self.records = records
    self.bytes = bytes
  }

  /// What was let go.
  struct Outcome: Hashable, Sendable {
    var jobs = 0
    var bytes: Int64 = 0
    var records = 0
  }

  /// How often it is looked at.
  static let interval = Duration.seconds(600)
  private static let page = 100

  /// Lets go of what has had its time. Blocks.
  ///
  /// - Parameter isStopped: asked between pages.
  func sweep(
    _ spool: SpoolDirectory, _ ledger: JobLedger, now: Timestamp, isStopped: () -> Bool
  ) throws -> Outcome {
    var outcome = Outcome()
    if let originals {
      try walk(ledger, endedBefore: now - originals, isStopped) { jobs in
        try remove(jobs, from: spool, ledger, now: now, &outcome)
      }
    }
    if let bytes {
      var excess = try total(spool, ledger, now: now, isStopped) - bytes
      try walk(ledger, endedBefore: now, isStopped) { jobs in
        var doomed: [Job] = []
        for job in jobs where excess > 0 {
          excess -= try spool.bytes(ofJob: job.id.description)
          doomed.append(job)
        }
        if !doomed.isEmpty { try remove(doomed, from: spool, ledger, now: now, &outcome) }
        return excess > 0
      }
    }
    if let records {
      while !isStopped() {
        let forgotten = try ledger.forget(endedBefore: now - records, limit: Self.page)
        outcome.records += forgotten
        if forgotten < Self.page { break }
      }
    }
    return outcome
  }

  /// Page by page, as long as `body` says.
  private func walk(
    _ ledger: JobLedger, endedBefore end: Timestamp, _ isStopped: () -> Bool, _ body: ([Job]) throws -> Bool
  ) throws {
    var last: Job?
    while !isStopped() {
      let jobs = try ledger.kept(endedBefore: end, after: last, limit: Self.page)
      guard let final = jobs.last, try body(jobs), jobs.count == Self.page else { return }
      last = final
    }
  }

  private func total(
    _ spool: SpoolDirectory, _ ledger: JobLedger, now: Timestamp, _ isStopped: () -> Bool
  ) throws -> Int64 {
    var total: Int64 = 0
    try walk(ledger, endedBefore: now, isStopped) { jobs in
      for job in jobs { total += try spool.bytes(ofJob: job.id.description) }
      return true
    }
    return total
  }

  @discardableResult
  private func remove(
    _ jobs: [Job], from spool: SpoolDirectory, _ ledger: JobLedger, now: Timestamp, _ outcome: inout Outcome
  ) throws -> Bool {
    for job in try ledger.giveUpBlobs(of: jobs.map(\.id), at: now).map(\.description) {
      outcome.bytes += try spool.bytes(ofJob: job)
      try spool.removeJob(job)
      outcome.jobs += 1
    }
    return true
  }
}
