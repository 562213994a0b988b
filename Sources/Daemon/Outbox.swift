import ImageAPI
import Ledger
import Synchronization

/// Carries out what follows publications, at least once: takes deliveries from the ledger when they are due, and
/// attempts them until they are delivered or given up.
///
/// An attempt is committed before it begins, and its outcome when it has ended. What a crash or a stop cuts short is
/// attempted again, under the same key. The job stays published whatever becomes of its deliveries.
actor Outbox {
  private let executor = BlockingExecutor(name: "outbox")
  /// The actor holds its executor for as long as it lives.
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  private let ledger: JobLedger
  private let courier: Courier
  private let configuration: AfterConfiguration
  private let delays: RetryPolicy
  private let observe: @Sendable (DaemonEvent) -> Void

  private let signal = Signal()
  private let isStopping = Atomic(false)
  private var endsWhenIdle = false
  private var active: Set<Attempt> = []
  private var failure: (any Error)?

  private struct Attempt: Hashable {
    var job: JobID
    var number: Int
  }

  /// How long `--once` waits for deliveries whose time comes.
  private static let patience = Duration.seconds(120)
  /// When the ledger has no room, it is tried again after this.
  private static let roomCheck = Duration.seconds(30)

  init(
    ledger: JobLedger, outputPath: String, configuration: AfterConfiguration,
    observe: @escaping @Sendable (DaemonEvent) -> Void
  ) {
    self.ledger = ledger
    self.configuration = configuration
    self.observe = observe
    courier = Courier(outputPath: outputPath, configuration: configuration)
    delays = RetryPolicy(firstDelay: configuration.firstDelay, longestDelay: configuration.longestDelay)
  }

  /// There may be something to do.
  nonisolated func wake() { signal.ring() }

  /// Nothing new; what is under way is broken off, and attempted again after the next start.
  nonisolated func stop() {
    isStopping.store(true, ordering: .releasing)
    wake()
  }

  nonisolated private var isStopped: Bool { isStopping.load(ordering: .acquiring) || Task.isCancelled }

  /// Ends when nothing is left that can be done within a short time.
  func endWhenIdle() {
    endsWhenIdle = true
    wake()
  }

  /// Works until it is stopped or, after ``endWhenIdle()``, idle.
  func run() async throws {
    try ledger.recoverDeliveries(latest: .steady() + max(AfterConfiguration.longestPause, configuration.longestDelay))
    await withTaskGroup { group in
      while !isStopped {
        let next: Duration?
        do {
          next = try takeUp { delivery, body, attempt in
            group.addTask { await self.attempt(delivery, body, attempt) }
          }
        } catch {
          next = whenMended(error)
        }
        if endsWhenIdle, active.isEmpty, next.map({ $0 > Self.patience }) ?? true { break }
        await signal.wait(atMost: next ?? .seconds(3600))
      }
      group.cancelAll()
    }
    if let failure { throw failure }
  }

  /// A full disk passes; what else the ledger cannot do ends the daemon.
  private func whenMended(_ error: any Error) -> Duration? {
    if let error = error as? LedgerError, error.isOutOfRoom {
      observe(.obstacle(path: ledger.path, reason: error.description))
      return Self.roomCheck
    }
    failure = failure ?? error
    stop()
    return nil
  }

  // MARK: Taking up

  /// Begins whatever is due, as far as there is room for it.
  ///
  /// - Returns: when to look again although nobody calls; `nil` for never.
  private func takeUp(_ start: (Delivery, String?, Int) -> Void) throws -> Duration? {
    let now = Timestamp.steady()
    // Those under way may be due again: an attempt may take longer than the delay that a crash would make of it.
    let due = try ledger.dueDeliveries(at: now, limit: active.count + configuration.concurrency)
    for delivery in due where active.count < configuration.concurrency {
      guard active.insert(Attempt(job: delivery.job, number: delivery.number)).inserted else { continue }
      do {
        let attempt = delivery.attempts + 1
        let otherwise = now + delays.delay(afterAttempt: attempt, jitter: 1)
        start(delivery, try ledger.beginDelivery(delivery, otherwise: otherwise, at: .now()), attempt)
      } catch {
        active.remove(Attempt(job: delivery.job, number: delivery.number))
        throw error
      }
    }
    // Without room, whoever is done wakes the others.
    if active.count >= configuration.concurrency { return nil }
    return try ledger.nextDeliveryDue(after: now).map { max(now.duration(to: $0), .milliseconds(1)) }
  }

  // MARK: One attempt

  private func attempt(_ delivery: Delivery, _ body: String?, _ attempt: Int) async {
    do {
      let job = try ledger.job(delivery.job)
      observe(.delivering(job: job.id.description, target: delivery.words, attempt: attempt))
      try settle(delivery, attempt: attempt, await courier.deliver(delivery, body, of: job, attempt: attempt))
    } catch {
      _ = whenMended(error)
    }
    active.remove(Attempt(job: delivery.job, number: delivery.number))
    wake()
  }

  private func settle(_ delivery: Delivery, attempt: Int, _ outcome: Courier.Outcome) throws {
    let now = Timestamp.steady()
    let job = delivery.job.description
    switch outcome {
    case .delivered:
      try ledger.finishDelivery(delivery, .delivered, due: now, at: .now())
      observe(.delivered(job: job, target: delivery.words))
    case .stopped:
      try ledger.finishDelivery(delivery, .interrupted(due: now), due: now, at: .now())
    case .refused(let error):
      try giveUp(delivery, error: error)
    case .failed(let error, let pause):
      let step = delays.delay(afterAttempt: attempt, jitter: .random(in: 0...1))
      let delay = max(step, min(pause ?? .zero, AfterConfiguration.longestPause))
      if delivery.waited + delay > configuration.giveUp {
        return try giveUp(delivery, error: "\(error); given up after \(attempt) attempts")
      }
      try ledger.finishDelivery(
        delivery, .deferred(until: now + delay, delay: delay, error: error), due: now, at: .now())
      observe(.deliveryDeferred(job: job, target: delivery.words, until: .now() + delay, reason: error))
    }
  }

  private func giveUp(_ delivery: Delivery, error: String) throws {
    try ledger.finishDelivery(delivery, .givenUp(error: error), due: .steady(), at: .now())
    observe(.deliveryGivenUp(job: delivery.job.description, target: delivery.words, reason: error))
  }
}
