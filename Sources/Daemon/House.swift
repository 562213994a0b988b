import Foundation
import ImageAPI
import Ledger
import Requests
import Spool
import Workers

/// The rooms of one running daemon, opened in the order that makes a restart dull: the spool and its lock first, then the
/// ledger, then what a crash left behind is put right, then the doors open.
struct House: Sendable {
  let ledger: JobLedger
  let intake: Intake
  let dispatcher: Dispatcher
  private let outbox: Outbox
  private let isOnce: Bool
  private let catalogue: CatalogueKeeper
  private let spool: SpoolDirectory
  private let retention: Retention
  private let reception: Reception?
  private let pipelines: PipelineShelf
  private let inboxPath: String
  private let observer: @Sendable (DaemonEvent) -> Void
  /// Of the machine and the output tree, with the pipelines as they are at the start.
  let shortcomings: [Shortcoming]

  init(
    _ configuration: DaemonConfiguration, _ pipelines: PipelineShelf, isOnce: Bool,
    observer: @escaping @Sendable (DaemonEvent) -> Void
  ) throws {
    inboxPath = configuration.inbox
    retention = configuration.retention
    self.pipelines = pipelines
    let happenings = Happenings()
    let observer: @Sendable (DaemonEvent) -> Void = { event in
      happenings.add(event)
      observer(event)
    }
    self.observer = observer
    self.isOnce = isOnce
    // One more than make outputs: intake looks at what is dropped.
    let pool = try WorkerPool(configuration.worker, limits: configuration.limits, kept: configuration.workers + 1)
    try pool.prove()
    let spool = try SpoolDirectory(path: configuration.spool)
    self.spool = spool
    ledger = try JobLedger(path: configuration.spool + "/ledger.sqlite")
    let inbox = Inbox(path: configuration.inbox)
    try inbox.makeWhereMissing()
    let trees = Trees(
      inbox: inbox, spool: spool, output: try OutputTree(path: configuration.output))
    shortcomings =
      Shortcoming.ofWorkers
      + Shortcoming.of(
        trees.output.capabilities, at: configuration.output, pipelines.current)
    let failed = try FailedRequests(path: configuration.failed)
    try Self.recover(trees, ledger, failed, observer)
    var api = configuration.api
    // What fails counts against the key; whoever asks asks again by itself.
    api.queryPauses = []
    let client = APIClient(configuration: api)
    let keeper = CatalogueKeeper(
      spool: spool, client: client, lifetime: configuration.catalogueLifetime, observe: observer)
    catalogue = keeper
    let outbox = Outbox(
      ledger: ledger, outputPath: configuration.output, configuration: configuration.after, observe: observer)
    self.outbox = outbox
    let dispatcher = try Dispatcher(
      trees: trees, failed: failed, ledger: ledger, client: client, pool: pool, catalogue: { keeper.current },
      configuration: configuration,
      observe: { event in
        observer(event)
        if case .published = event { outbox.wake() }
      })
    self.dispatcher = dispatcher
    intake = Intake(
      trees: trees, failed: failed, ledger: ledger, pipelines: pipelines, pool: pool, catalogue: { keeper.current },
      configuration: configuration, isOnce: isOnce,
      observe: { event in
        observer(event)
        // Before the file is removed from the inbox: its job need not wait for that.
        if case .accepted = event { dispatcher.wake() }
      })
    let words = Operator(trees: trees, ledger: ledger, failed: failed, pipelines: { pipelines.current })
    reception = Reception(configuration, words, client, dispatcher, happenings, observe: observer)
  }

  /// Takes up nothing new. Calls under way are finished, for they are paid for; what follows publications is broken off,
  /// and attempted again after the next start.
  func stop() {
    dispatcher.stop()
    outbox.stop()
  }

  /// Puts right what an earlier end left: done twice, it changes nothing more.
  private static func recover(
    _ trees: Trees, _ ledger: JobLedger, _ failed: FailedRequests, _ observer: (DaemonEvent) -> Void
  ) throws {
    // What `darkroom process` is at work on in the same tree is not ours.
    try trees.output.cleanStaging(except: [LocalProcessor.stagingLabel])
    for job in try ledger.recover(at: .now()).held {
      observer(.held(job: job.description, reason: "the daemon ended during the call; it may have been charged"))
    }
    // A new start is a new chance: whoever mended the account or the key has started the daemon again.
    try ledger.resume(.account)
    try ledger.resume(.key)
    try tellRefusals(trees, ledger, failed, observer)
    // Those whose report is not kept: the call is made again, refused again, and told.
    try ledger.resume(.refusal)
    // So it is for a budget, which may have been raised.
    try ledger.resume(.budget)
    for name in try trees.spool.jobs() {
      guard let id = JobID(name) else { continue }
      do {
        if try ledger.job(id).emptied == nil {
          try trees.spool.discardPartials(job: name)
        } else {
          try trees.spool.removeJob(name)
        }
      } catch LedgerError.noSuchJob {
        // Written before the ledger knew of it, the request is still in the inbox. What was paid for is another matter:
        // it means that the ledger is not the one that this spool belongs to.
        if try trees.spool.blobs(job: name).contains(where: { $0.hasPrefix("call-") }) {
          observer(
            .obstacle(
              path: "\(trees.spool.path)/\(name)",
              reason:
                "the ledger does not know this job, whose answer was paid for; it is left alone. Was the ledger lost?"))
        } else {
          try trees.spool.removeJob(name)
        }
      }
    }
  }

  /// Ends the jobs whose call was refused just before a crash: told again, the same failure leaves one file.
  private static func tellRefusals(
    _ trees: Trees, _ ledger: JobLedger, _ failed: FailedRequests, _ observer: (DaemonEvent) -> Void
  ) throws {
    for job in try ledger.jobs(in: [.queued], reason: WaitReason.refusal.rawValue, limit: .max) {
      let id = job.id.description
      guard let words = try? trees.spool.read(job: id, name: ErrorReport.blob),
        let report = try? JSONDecoder().decode(ErrorReport.self, from: Data(words)),
        let request = try? trees.request(of: job, ledger),
        (try? failed.keep(request, report, path: job.source, job: job.id)) != nil
      else { continue }
      try ledger.fail(job.id, error: report.description, at: .now())
      observer(.failed(job: id, request: job.source, report))
    }
  }

  /// Makes calls and publishes while `takeIn` takes in. Whatever ends, calls under way are finished, for they are paid
  /// for: nothing is cancelled before the dispatcher has come to its end.
  func work(takingIn takeIn: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: End.self) { group in
      group.addTask { .dispatcher(await Self.failure(of: dispatcher.run)) }
      group.addTask {
        await catalogue.waitForFirst()
        return .intake(await Self.failure(of: takeIn))
      }
      group.addTask { .outbox(await Self.failure(of: outbox.run)) }
      group.addTask {
        await dispatcher.watchAccount()
        return .account
      }
      group.addTask {
        await catalogue.keepFresh(asking: dispatcher)
        return .catalogue
      }
      group.addTask {
        await letGo()
        return .retention
      }
      group.addTask {
        await reception?.run()
        return .reception
      }
      group.addTask {
        await pipelines.keepCurrent(observer)
        return .pipelines
      }
      var failure: (any Error)?
      var isDispatcherOver = false
      var isOutboxOver = false
      for try await end in group {
        switch end {
        case .dispatcher(let error):
          failure = failure ?? error
          isDispatcherOver = true
          // What it has published last is still to be delivered, in a drain that nothing has stopped.
          if isOnce, !dispatcher.isStopped { await outbox.endWhenIdle() } else { outbox.stop() }
        case .outbox(let error):
          failure = failure ?? error
          // It ends after the dispatcher, or because it cannot go on, or because all is stopped.
          dispatcher.stop()
          isOutboxOver = true
        case .intake(let error):
          // After a cancellation it was told to stop.
          guard let error, !(error is CancellationError) else { continue }
          failure = failure ?? error
          dispatcher.stop()
        case .account, .catalogue, .retention, .reception, .pipelines: break
        }
        if isDispatcherOver, isOutboxOver { group.cancelAll() }
      }
      if let failure { throw failure }
    }
  }

  private enum End: Sendable {
    case dispatcher((any Error)?)
    case outbox((any Error)?)
    case intake((any Error)?)
    case account
    case catalogue
    case retention
    case reception
    case pipelines
  }

  /// Lets go of what has had its time, at once and then now and again. What cannot be removed is no reason to stop.
  private func letGo() async {
    let disk = BlockingWork(name: "retention", threads: 1)
    while !dispatcher.isStopped, !Task.isCancelled {
      let outcome = try? await disk.run { () throws(any Error) in
        try retention.sweep(spool, ledger, now: .now()) { dispatcher.isStopped }
      }
      if let outcome, outcome != Retention.Outcome() {
        observer(.letGo(jobs: outcome.jobs, bytes: outcome.bytes, records: outcome.records))
      }
      // What is kept has its time; nothing happens when that is over.
      try? await Task.sleep(for: Retention.interval)
    }
  }

  private static func failure(of body: () async throws -> Void) async -> (any Error)? {
    do {
      try await body()
      return nil
    } catch {
      return error
    }
  }

  /// Takes in whatever is dropped, until the task is cancelled.
  func keepTakingIn(_ configuration: DaemonConfiguration) async throws {
    let door = InboxDoor(
      inbox: Inbox(path: inboxPath), ledgerPath: ledger.path, intake: intake, rescan: configuration.rescan,
      poll: configuration.poll, voice: InboxVoice(observe: observer))
    try await door.keepOpen()
  }

  /// Takes in what lies there now, waiting until the last file has settled.
  func takeInOnce() async throws {
    try await intake.beginRound(isAfresh: false, isLocal: try Inbox(path: inboxPath).fileSystem() == .local)
    let end = ContinuousClock.now + Self.oncePatience
    var look = Intake.Look(isLooking: true)
    while look.isLooking || (look.waiting > 0 && .now < end), !dispatcher.isStopped {
      if !look.isLooking {
        // A drain has no watch: it looks when a file may have rested, and often enough to see a stop.
        try await Task.sleep(until: min(look.nextDue ?? end, .now + .milliseconds(100)), clock: .continuous)
      }
      look = try await intake.look(News.Told(), now: .now)
    }
  }

  /// How long `--once` waits for files that somebody keeps writing to.
  private static let oncePatience = Duration.seconds(60)
}
