import Catalogue
import ImageAPI
import Ledger
import Money
import Processing
import Spool
import Synchronization
import Workers

/// Takes jobs from the ledger's queue, makes their calls, and hands what has responded to the publisher.
///
/// The order of a call is its promise: the intent is committed, then bytes go out, then the response is durable, then
/// the ledger says that it is there. An error of the ledger, or of the spool for another reason than room, ends the
/// daemon: it would act on what it does not know.
actor Dispatcher: Asking {
  private let executor = BlockingExecutor(name: "dispatcher")
  /// The actor holds its executor for as long as it lives.
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  let trees: Trees
  let failed: FailedRequests
  let ledger: JobLedger
  let client: APIClient
  let publisher: Publisher
  let interim: Interim
  let catalogue: @Sendable () -> Catalogue
  let configuration: DaemonConfiguration
  let observe: @Sendable (DaemonEvent) -> Void

  private let signal = Signal()
  /// Streams of responses end here, one piece of work a call.
  let disk: BlockingWork
  let workers: BlockingWork

  var schedule: Schedule
  var room = RoomGate()
  /// What jobs that wait for the day's budget may cost.
  var needs: [JobID: USD] = [:]
  private var active: Set<JobID> = []
  /// How many of them need no call.
  private var processing = 0
  /// Whose job was called for last.
  private var servedLast: String?
  private let isStopping = Atomic(false)
  private var endsWhenIdle = false
  private var failure: (any Error)?

  /// How long `--once` waits for jobs whose time comes: a minute's rate limit, a few retries.
  private static let patience = Duration.seconds(120)
  /// How long `--once` waits for room on a full disk.
  private static let roomPatience = Duration.seconds(10)

  /// - Parameters:
  ///   - pool: opens pictures.
  ///   - catalogue: the one in use now.
  init(
    trees: Trees, failed: FailedRequests, ledger: JobLedger, client: APIClient, pool: WorkerPool,
    catalogue: @escaping @Sendable () -> Catalogue, configuration: DaemonConfiguration,
    observe: @escaping @Sendable (DaemonEvent) -> Void
  ) throws(LedgerError) {
    self.trees = trees
    self.failed = failed
    self.ledger = ledger
    self.client = client
    self.catalogue = catalogue
    self.configuration = configuration
    self.observe = observe
    publisher = Publisher(trees: trees, ledger: ledger, finisher: Finisher(workers: pool))
    interim = Interim(spool: trees.spool, ledger: ledger, workers: pool)
    disk = BlockingWork(name: "responses", threads: configuration.concurrency)
    workers = BlockingWork(name: "workers", threads: configuration.workers)
    let now = Timestamp.now()
    let recent = try ledger.recentCalls(since: now + .seconds(-60))
    schedule = Schedule(
      Schedule.Configuration(
        concurrency: configuration.concurrency, requestsPerMinute: configuration.requestsPerMinute,
        retry: configuration.retry), recent: recent.map { RecentCall($0, now: now) }, now: .now)
  }

  /// There may be something to do.
  nonisolated func wake() { signal.ring() }

  /// No new work; what is under way is finished.
  nonisolated func stop() {
    isStopping.store(true, ordering: .releasing)
    wake()
  }

  nonisolated var isStopped: Bool { isStopping.load(ordering: .acquiring) }

  /// Ends when nothing is left that can be done within a short time.
  func endWhenIdle() {
    endsWhenIdle = true
    wake()
  }

  /// Works until it is stopped or, after ``endWhenIdle()``, idle.
  func run() async throws {
    await withDiscardingTaskGroup { group in
      while !isStopped {
        let next: Duration?
        do {
          next = try takeUp { start in group.addTask { await self.perform(start) } }
        } catch {
          stop(because: error)
          break
        }
        let isStuck = room.isShort(for: Self.roomPatience, now: .now)
        if endsWhenIdle, active.isEmpty, isStuck || next.map({ $0 > Self.patience }) ?? true { break }
        await signal.wait(atMost: next ?? .seconds(3600))
      }
    }
    if let failure { throw failure }
  }

  func stop(because error: any Error) {
    failure = failure ?? error
    stop()
  }

  // MARK: Taking up

  /// Starts whatever may start now.
  ///
  /// - Returns: when to look again although nobody calls; `nil` for never.
  private func takeUp(_ start: (Start) -> Void) throws -> Duration? {
    do {
      try ledger.wakeDue(now: .now())
      try takeUpResponded(start)
      return try takeUpQueued(start)
    } catch let error as LedgerError where error.mayPass {
      // Nothing was sent: the intent was not committed.
      shortOfRoom(error.description)
      return RoomGate.checkInterval
    }
  }

  /// No more than keep the workers busy: the others are safe, and cost no memory, where they are.
  private func takeUpResponded(_ start: (Start) -> Void) throws {
    // What is active is at the head of the list as well.
    for job in try ledger.nextResponded(limit: active.count + 2 * configuration.workers)
    where processing < 2 * configuration.workers {
      guard active.insert(job.id).inserted else { continue }
      processing += 1
      start(.response(job))
    }
  }

  private func takeUpQueued(_ start: (Start) -> Void) throws -> Duration? {
    while true {
      let now = ContinuousClock.now
      let due = try ledger.nextDue().map { max(Timestamp.now().duration(to: $0), .milliseconds(1)) }
      if let until = room.closedUntil(now: now) { return [until - now, due].compactMap(\.self).min() }
      switch schedule.gate(now: now) {
      case .closed: return due
      case .busy(let until): return [try time(to: until), due].compactMap(\.self).min()
      case .open: break
      }
      let (paused, until) = schedule.pausedModels(now: now)
      guard let job = try ledger.nextQueued(afterPipeline: servedLast, excludingModels: paused, now: .now()) else {
        return [try time(to: until), due].compactMap(\.self).min()
      }
      servedLast = job.pipeline
      try begin(job, start)
    }
  }

  /// How long until calls may begin again; `nil` when no job in the queue waits for that.
  private func time(to end: Schedule.Instant?) throws(LedgerError) -> Duration? {
    guard let end, try ledger.nextQueued(now: .now()) != nil else { return nil }
    return end - .now
  }

  /// Takes a job off the queue: its call's intent is committed, or it needs no call.
  private func begin(_ job: Job, _ start: (Start) -> Void) throws {
    do {
      let work = try ledger.acceptedWork(of: job.id)
      if work.operations.isEmpty {
        start(.response(try ledger.respondWithoutCall(job.id, at: .now())))
        active.insert(job.id)
        processing += 1
      } else if let prepared = try prepare(job, work) {
        start(.call(prepared, job, work))
        active.insert(job.id)
      }
    } catch let error as LedgerError where error != .nothingKept(job.id) {
      throw error
    } catch let error as SpoolError where error.isOutOfRoom {
      // Nothing was sent: an answer that cannot be kept is not asked for. The job keeps its turn.
      shortOfRoom(error.description)
    } catch {
      try fail(
        job,
        ErrorReport(
          stage: .call, error: "what the job was accepted to do cannot be read: \(error)",
          next: "Nothing was sent. Drop the request again."))
    }
  }

  // MARK: Room

  func shortOfRoom(_ reason: String) {
    if room.close(now: .now) { observe(.outOfRoom(reason: reason)) }
  }

  /// What has been paid for, or published, gets into the ledger: while there is no room for it, it is tried again.
  ///
  /// - Throws: whatever does not pass, and everything when the daemon is told to stop meanwhile.
  func insist<Value>(_ body: () async throws -> Value) async throws -> Value {
    while true {
      do {
        return try await body()
      } catch let error as LedgerError where error.mayPass && !isStopped {
        shortOfRoom(error.description)
      } catch let error as SpoolError where error.isOutOfRoom && !isStopped {
        shortOfRoom(error.description)
      }
      // A disk tells nobody that it has room again.
      try? await Task.sleep(for: RoomGate.checkInterval)
    }
  }

  /// The job waits by itself: others may be smaller, or on another file system.
  func wait(_ job: Job, for error: SpoolError) throws {
    let until = Timestamp.now() + RoomGate.checkInterval
    try ledger.wait(job.id, .room, until: until, error: error.description, at: .now())
    shortOfRoom(error.description)
  }

  /// What a job's task begins with.
  enum Start: Sendable {
    case call(PreparedCall, Job, AcceptedWork)
    /// An answer is kept, or none is needed.
    case response(Job)
  }

  // MARK: One job

  private func perform(_ start: Start) async {
    let id: JobID
    do {
      switch start {
      case .call(let prepared, let job, let work):
        id = job.id
        defer { room.giveBack(prepared.room) }
        let responded = try await call(prepared, job, work)
        try await insist { try resumeWithinBudget() }
        if let responded { try await insist { try await carryOn(responded) { work } } }
      case .response(let job):
        id = job.id
        defer { processing -= 1 }
        try await insist {
          try await carryOn(job) { try ledger.acceptedWork(of: job.id) }
        }
      }
      active.remove(id)
    } catch {
      stop(because: error)
    }
    wake()
  }

  /// Takes up a job that has responded. What is gone from the spool is its own loss, and stops nobody else.
  private func carryOn(_ job: Job, _ work: () throws -> AcceptedWork) async throws {
    do {
      try await carryOn(job, try work())
    } catch let error as SpoolError where error.isMissing {
      try fail(
        job,
        ErrorReport(
          stage: .publication, error: "what was kept of the job is gone from the spool: \(error.whatFailed)",
          next: "See who removed it. Drop the request again; its calls are paid for again."))
    } catch let error as LedgerError where error == .nothingKept(job.id) {
      try fail(job, ErrorReport(stage: .publication, error: error.description, next: "Drop the request again."))
    }
  }

  /// After an answer: the next call's turn, or publication after the last.
  private func carryOn(_ job: Job, _ work: AcceptedWork) async throws {
    let turn = AcceptedWork.Turn(step: job.step, item: job.item)
    guard !work.operations.isEmpty, let next = work.turn(after: turn) else { return try await publish(job, work) }
    let interim = self.interim
    switch try await workers.run({ () throws(any Error) in try interim.check(job, work) }) {
    case .sound:
      try ledger.advance(
        job.id, step: next.step, item: next.item, model: work.operation(ofStep: next.step).model, at: .now())
    case .noRoom(let error): try wait(job, for: error)
    case .failed(let report): try fail(job, report)
    }
  }
}
