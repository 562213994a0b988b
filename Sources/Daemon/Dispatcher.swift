import ImageAPI
import Ledger
import Processing
import Spool
import Synchronization

/// Takes jobs from the ledger's queue, makes their calls, and hands what has responded to the publisher.
///
/// The order of a call is its promise: the intent is committed, then bytes go out, then the response is durable, then
/// the ledger says that it is there. An error of the ledger, or of the spool for another reason than room, ends the
/// daemon: it would act on what it does not know.
actor Dispatcher {
  private let executor = BlockingExecutor(name: "dispatcher")
  /// The actor holds its executor for as long as it lives.
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  private let trees: Trees
  private let failed: FailedRequests
  private let ledger: JobLedger
  private let client: APIClient
  private let publisher: Publisher
  private let configuration: DaemonConfiguration
  private let observe: @Sendable (DaemonEvent) -> Void

  private let signal = Signal()
  /// Streams of responses end here, one piece of work a call.
  private let disk: BlockingWork
  private let workers: BlockingWork

  private var schedule: Schedule
  private var active: Set<JobID> = []
  private let isStopping = Atomic(false)
  private var endsWhenIdle = false
  private var failure: (any Error)?

  /// How long `--once` waits for jobs whose time comes: a minute's rate limit, a few retries.
  private static let patience = Duration.seconds(120)
  /// When the output tree or the spool is full, the job is tried again after this.
  private static let roomCheck = Duration.seconds(30)

  init(
    trees: Trees, failed: FailedRequests, ledger: JobLedger, configuration: DaemonConfiguration,
    observe: @escaping @Sendable (DaemonEvent) -> Void
  ) {
    self.trees = trees
    self.failed = failed
    self.ledger = ledger
    self.configuration = configuration
    self.observe = observe
    client = APIClient(configuration: configuration.api)
    publisher = Publisher(trees: trees, ledger: ledger, finisher: Finisher(limits: configuration.limits))
    disk = BlockingWork(name: "responses", threads: configuration.concurrency)
    workers = BlockingWork(name: "workers", threads: configuration.workers)
    schedule = Schedule(
      Schedule.Configuration(
        concurrency: configuration.concurrency, requestsPerMinute: configuration.requestsPerMinute,
        retry: configuration.retry))
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
        if endsWhenIdle, active.isEmpty, next.map({ $0 > Self.patience }) ?? true { break }
        await signal.wait(atMost: next ?? .seconds(3600))
      }
    }
    if let failure { throw failure }
  }

  private func stop(because error: any Error) {
    failure = failure ?? error
    stop()
  }

  // MARK: Taking up

  /// Starts whatever may start now.
  ///
  /// - Returns: when to look again although nobody calls; `nil` for never.
  private func takeUp(_ start: (Start) -> Void) throws -> Duration? {
    try ledger.wakeDue(now: .now())
    // What is active is at the head of the list as well; beyond it, some more.
    for job in try ledger.nextResponded(limit: active.count + 16) where active.insert(job.id).inserted {
      start(.publication(job))
    }
    while true {
      let now = ContinuousClock.now
      let due = try ledger.nextDue().map { max(Timestamp.now().duration(to: $0), .milliseconds(1)) }
      switch schedule.gate(now: now) {
      case .closed: return due
      case .busy(let until): return [until.map { $0 - now }, due].compactMap(\.self).min()
      case .open: break
      }
      let (paused, until) = schedule.pausedModels(now: now)
      guard let job = try ledger.nextQueued(excludingModels: paused, now: .now()).first else {
        return [until.map { $0 - now }, due].compactMap(\.self).min()
      }
      try begin(job, start)
    }
  }

  /// Takes a job off the queue: its call's intent is committed, or it needs no call.
  private func begin(_ job: Job, _ start: (Start) -> Void) throws {
    do {
      let work = try AcceptedWork(encoded: trees.spool.read(job: job.id.description, name: AcceptedWork.blob))
      if work.operations.isEmpty {
        start(.publication(try ledger.respondWithoutCall(job.id, at: .now())))
      } else {
        start(.call(try prepare(job, work), job, work))
      }
      active.insert(job.id)
    } catch let error as LedgerError {
      throw error
    } catch let error as SpoolError where error.isOutOfRoom {
      // Nothing was sent: an answer that cannot be kept is not asked for.
      try wait(job, for: error)
    } catch {
      let report = ErrorReport(
        stage: .call, error: "what the job was accepted to do cannot be read from the spool: \(error)",
        next: "Nothing was sent. Drop the request again.")
      try? keepRequest(of: job, report)
      try ledger.fail(job.id, error: report.description, at: .now())
      observe(.failed(job: job.id.description, request: job.source, report))
    }
  }

  private func wait(_ job: Job, for error: SpoolError) throws {
    let until = Timestamp.now() + Self.roomCheck
    try ledger.wait(job.id, .room, until: until, error: error.description, at: .now())
    observe(.waiting(job: job.id.description, reason: error.description, until: until))
  }

  /// What a job's task begins with.
  private enum Start: Sendable {
    case call(PreparedCall, Job, AcceptedWork)
    case publication(Job)
  }

  /// Everything that a call needs, and its intent committed.
  private struct PreparedCall: Sendable {
    let operation: Operation
    let uploads: [Upload]
    let response: ResponseBlob
    let responseName: String
    let call: Call
  }

  private func prepare(_ job: Job, _ work: AcceptedWork) throws -> PreparedCall {
    let id = job.id.description
    let accepted = work.operations[0]
    let uploads = try accepted.pictures.map { picture in
      Upload(
        path: picture.path, fileName: picture.blob, mediaType: picture.mediaType,
        bytes: try trees.spool.read(job: id, name: picture.blob))
    }
    let operation = try accepted.operation()
    let name = "call-\(JobID.next()).response"
    let response = try ResponseBlob(in: trees.spool, job: id, name: name, disk: disk)
    let call = try ledger.beginCall(
      job.id, endpoint: operation.endpoint.path, model: operation.model, reserving: nil, at: .now())
    schedule.began(now: .now)
    return PreparedCall(
      operation: operation, uploads: uploads, response: response, responseName: name, call: call)
  }

  // MARK: One job

  private func perform(_ start: Start) async {
    let id: JobID
    do {
      switch start {
      case .call(let prepared, let job, let work):
        id = job.id
        if let responded = try await call(prepared, job, work) { try await publish(responded, work) }
      case .publication(let job):
        id = job.id
        let work = try AcceptedWork(encoded: trees.spool.read(job: job.id.description, name: AcceptedWork.blob))
        try await publish(job, work)
      }
      active.remove(id)
    } catch {
      stop(because: error)
    }
    wake()
  }

  /// - Returns: the job, when its answer is kept.
  private func call(_ prepared: PreparedCall, _ job: Job, _ work: AcceptedWork) async throws -> Job? {
    let call = prepared.call
    observe(
      .calling(
        job: job.id.description, endpoint: call.endpoint, model: call.model, attempt: call.attempt))
    let outcome = await client.call(
      prepared.operation, uploads: prepared.uploads, idempotencyKey: call.key, into: prepared.response)
    let unknowns = try ledger.calls(of: job.id).count { $0.step == call.step && $0.state == .unknown } + 1
    var verdict = schedule.finished(
      outcome, model: call.model, attempt: call.attempt, unknowns: unknowns, retriesUnknown: work.retriesUnknown,
      now: .now, wallClock: Int(Timestamp.now().microseconds / 1_000_000), jitter: .random(in: 0...1))
    if verdict == .checkKey {
      verdict = schedule.keyChecked(await keyState(), attempt: call.attempt, jitter: .random(in: 0...1))
    }
    switch outcome {
    case .response(let head): return try await keep(head, prepared, job)
    case .refused(let refusal):
      prepared.response.discard()
      try settle(prepared, job, verdict, report: ErrorReport(refusal)) { then in
        .refused(
          status: refusal.head.status, headers: refusal.head.keptHeaders, error: refusal.description, then: then)
      }
    case .notSent(let failure):
      prepared.response.discard()
      let report = ErrorReport(stage: .call, error: failure.description, next: "Drop the request again.")
      try settle(prepared, job, verdict, report: report) { .notSent(error: failure.description, then: $0) }
    case .unknown(let unknown):
      // What came of the answer is kept for whoever looks; what cannot be kept does not change what is known.
      if unknown.bytesReceived > 0 { _ = try? await prepared.response.finish() } else { prepared.response.discard() }
      _ = try ledger.finishCall(
        call,
        .unknown(
          status: unknown.head?.status, headers: unknown.head?.keptHeaders ?? [:], error: unknown.description),
        at: .now())
      if case .retry(let delay, let reason) = verdict {
        let until = Timestamp.now() + delay
        try ledger.release(job.id, at: .now())
        try ledger.wait(job.id, reason, until: until, at: .now())
        observe(.waiting(job: job.id.description, reason: unknown.description, until: until))
      } else {
        observe(.held(job: job.id.description, reason: unknown.description))
      }
    }
    return nil
  }

  /// The response is there: first on the disk, then in the ledger.
  private func keep(_ head: ResponseHead, _ prepared: PreparedCall, _ job: Job) async throws -> Job? {
    let call = prepared.call
    do {
      let bytes = try await prepared.response.finish()
      let responded = try ledger.finishCall(
        call,
        .responded(
          CallResult.Response(
            status: head.status, responseID: head.requestID, headers: head.keptHeaders, body: prepared.responseName)),
        at: .now())
      observe(.responded(job: job.id.description, bytes: bytes))
      return responded
    } catch let error as SpoolError {
      let reason = "the answer came and was charged, but could not be kept: \(error)"
      _ = try ledger.finishCall(
        call, .unknown(status: head.status, headers: head.keptHeaders, error: reason, hold: .responseLost), at: .now())
      observe(.held(job: job.id.description, reason: reason))
      return nil
    }
  }

  /// A call that was not charged: the job waits for another attempt, or fails.
  private func settle(
    _ prepared: PreparedCall, _ job: Job, _ verdict: Schedule.Verdict, report: ErrorReport,
    _ result: (CallResult.AfterFailure) -> CallResult
  ) throws {
    let id = job.id.description
    switch verdict {
    case .retry(let delay, let reason):
      let until = Timestamp.now() + delay
      _ = try ledger.finishCall(prepared.call, result(.wait(reason, until: until)), at: .now())
      observe(.waiting(job: id, reason: report.error, until: until))
    case .waitForAccount(let reason):
      _ = try ledger.finishCall(prepared.call, result(.wait(reason, until: nil)), at: .now())
      observe(.waiting(job: id, reason: report.error, until: nil))
      observe(.accountClosed(reason: report.error))
    case .responded, .fail, .hold, .checkKey:
      // The ledger first: a crash before it would leave a call that nobody knows the outcome of.
      _ = try ledger.finishCall(prepared.call, result(.fail), at: .now())
      try keepRequest(of: job, report)
      observe(.failed(job: id, request: job.source, report))
    }
  }

  private func publish(_ job: Job, _ work: AcceptedWork) async throws {
    let id = job.id.description
    let publisher = self.publisher
    switch try await workers.run({ () throws(any Error) in try publisher.publish(job, work) }) {
    case .published(let place, let files, let warnings):
      observe(.published(job: id, place: place, files: files, warnings: warnings))
    case .noRoom(let error): try wait(job, for: error)
    case .failed(let report):
      // A crash in between tells the same failure again, and leaves one file.
      try keepRequest(of: job, report)
      try ledger.fail(job.id, error: report.description, at: .now())
      observe(.failed(job: id, request: job.source, report))
    }
  }

  private func keepRequest(of job: Job, _ report: ErrorReport) throws {
    let request = try trees.spool.read(job: job.id.description, name: Acceptance.requestBlob)
    try failed.keep(request, report, path: job.source, job: job.id)
  }

  // MARK: The account

  /// 401 says that the key is wrong or that the model is beyond its plan; whether a free request works tells which.
  private func keyState() async -> Schedule.KeyState {
    do throws(QueryError) {
      return try await client.rateLimits().accessPermitted ? .works : .refused
    } catch .refused {
      return .refused
    } catch {
      return .unknown
    }
  }

  /// Asks now and then whether the account is open again, until it is stopped.
  func watchAccount() async {
    while !isStopped, !Task.isCancelled {
      try? await Task.sleep(for: configuration.accountCheck)
      guard let reason = schedule.closed else { continue }
      let isOpen: Bool
      switch reason {
      case .account: isOpen = (try? await client.balance().canConsume) ?? false
      case .key, .rate, .budget, .capacity, .network, .retry, .room, .place: isOpen = await keyState() == .works
      }
      guard isOpen else { continue }
      schedule.accountOpened()
      do {
        // A 402 and a 403 in flight together leave jobs that wait for either.
        try ledger.resume(.account)
        try ledger.resume(.key)
        observe(.accountOpened)
      } catch {
        stop(because: error)
      }
      wake()
    }
  }
}
