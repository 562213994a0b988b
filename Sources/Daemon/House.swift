import Ledger
import Requests
import Spool

/// The rooms of one running daemon, opened in the order that makes a restart dull: the spool and its lock first, then the
/// ledger, then what a crash left behind is put right, then the doors open.
struct House: Sendable {
  let ledger: JobLedger
  let intake: Intake
  let dispatcher: Dispatcher
  private let inboxPath: String

  init(
    _ configuration: DaemonConfiguration, _ pipelines: PipelineCatalog, isOnce: Bool,
    observer: @escaping @Sendable (DaemonEvent) -> Void
  ) throws {
    inboxPath = configuration.inbox
    let spool = try SpoolDirectory(path: configuration.spool)
    ledger = try JobLedger(path: configuration.spool + "/ledger.sqlite")
    let trees = Trees(
      inbox: Inbox(path: configuration.inbox), spool: spool, output: try OutputTree(path: configuration.output))
    let failed = try FailedRequests(path: configuration.failed)
    try Self.recover(trees, ledger, observer)
    intake = Intake(
      trees: trees, failed: failed, ledger: ledger, pipelines: pipelines, configuration: configuration, isOnce: isOnce,
      observe: observer)
    dispatcher = Dispatcher(
      trees: trees, failed: failed, ledger: ledger, configuration: configuration, observe: observer)
  }

  /// Puts right what an earlier end left: done twice, it changes nothing more.
  private static func recover(
    _ trees: Trees, _ ledger: JobLedger, _ observer: (DaemonEvent) -> Void
  ) throws {
    try trees.output.cleanStaging()
    for job in try ledger.recover(at: .now()).held {
      observer(.held(job: job.description, reason: "the daemon ended during the call; it may have been charged"))
    }
    // A new start is a new chance: whoever mended the account or the key has started the daemon again.
    try ledger.resume(.account)
    try ledger.resume(.key)
    for name in try trees.spool.jobs() {
      guard let id = JobID(name) else { continue }
      do {
        _ = try ledger.job(id)
        try trees.spool.discardPartials(job: name)
      } catch LedgerError.noSuchJob {
        // Written before the ledger knew of it: the request is still in the inbox.
        try trees.spool.removeJob(name)
      }
    }
  }

  /// Takes in whatever is dropped, until the task is cancelled.
  func keepTakingIn(rescan: Duration) async throws {
    while !Task.isCancelled {
      // Watch first, scan second: nothing falls between the two.
      let watch = try FolderWatch(path: inboxPath)
      try await follow(watch, rescan: rescan)
    }
  }

  private func follow(_ watch: FolderWatch, rescan: Duration) async throws {
    let news = News()
    try await withThrowingTaskGroup { group in
      group.addTask {
        for await batch in watch.batches { news.add(batch) }
        news.end()
      }
      group.addTask {
        var nextScan = ContinuousClock.now
        while !Task.isCancelled {
          let told = news.take()
          if told.isOver { return }
          let look: Intake.Look
          if told.wantsScan || ContinuousClock.now >= nextScan {
            look = try await intake.scan(finished: told.finished, now: .now)
            nextScan = .now + rescan
          } else {
            look = try await intake.look(finished: told.finished, touched: told.touched, now: .now)
          }
          if look.accepted > 0 { dispatcher.wake() }
          let due = min(look.nextDue ?? nextScan, nextScan)
          await news.wait(atMost: max(due - .now, .milliseconds(1)))
        }
      }
      defer { watch.stop() }
      try await group.next()
      group.cancelAll()
    }
  }

  /// Takes in what lies there now, waiting until the last file has settled.
  func takeInOnce() async throws {
    var look = try await intake.scan(finished: [], now: .now)
    dispatcher.wake()
    while look.waiting > 0, !Task.isCancelled {
      try await Task.sleep(until: look.nextDue ?? .now + .milliseconds(100), clock: .continuous)
      look = try await intake.look(finished: [], touched: [], now: .now)
      dispatcher.wake()
    }
  }

  func stop() {
    dispatcher.stop()
  }
}
