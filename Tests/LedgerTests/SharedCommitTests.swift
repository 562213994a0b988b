import Foundation
import Synchronization
import Testing

@testable import Ledger

@Suite struct SharedCommitTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  // Among those that share a commit are some that are refused: each hears of its own change.
  @Test func manyAtOnceShareCommitsAndEachHasItsOwnOutcome() throws {
    let ledger = try scratch.ledger()
    let commits = Atomic(0)
    try ledger.write("listen") { database in
      database.trace { event in
        if event.description.hasPrefix("COMMIT") { commits.add(1, ordering: .relaxed) }
      }
    }
    let threads = 8
    let rounds = 20
    let jobs = try (0..<threads).map { _ in try (0..<rounds).map { _ in try ledger.accepted(.named("\(JobID.next())")) }
    }
    let before = commits.load(ordering: .relaxed)
    let unexpected = Mutex<[String]>([])
    atOnce(threads) { thread in
      for (round, job) in jobs[thread].enumerated() {
        do {
          if round.isMultiple(of: 4) {
            // Only what is held can be released.
            #expect(throws: LedgerError.illegalTransition(job.id, from: .queued, operation: "release")) {
              try ledger.release(job.id, at: .at(1))
            }
          } else {
            let held = try ledger.hold(job.id, at: .at(Int64(round)))
            if held.id != job.id || held.state != .held || held.since != .at(Int64(round)) {
              unexpected.withLock { $0.append("\(held)") }
            }
          }
        } catch {
          unexpected.withLock { $0.append("\(error)") }
        }
      }
    }
    let shared = commits.load(ordering: .relaxed) - before
    #expect(unexpected.withLock { $0 } == [])
    for (round, job) in jobs.flatMap({ $0.enumerated() }) {
      #expect(try ledger.job(job.id).state == (round.isMultiple(of: 4) ? .queued : .held))
    }
    let changes = threads * rounds * 3 / 4
    #expect(shared < changes, "\(shared) commits of \(changes) changes")
    #expect(try scratch.sqlite3("PRAGMA integrity_check") == "ok")
  }

  /// Runs `body` on so many threads at once, whatever the number of cores; returns when all have ended.
  private func atOnce(_ threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for number in 0..<threads {
      group.enter()
      Thread.detachNewThread {
        body(number)
        group.leave()
      }
    }
    group.wait()
  }
}
