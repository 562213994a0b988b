import Catalogue
import ImageAPI
import Ledger
import Money
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
  private let interim: Interim
  private let catalogue: @Sendable () -> Catalogue
  private let configuration: DaemonConfiguration
  private let observe: @Sendable (DaemonEvent) -> Void

  private let signal = Signal()
  /// Streams of responses end here, one piece of work a call.
  private let disk: BlockingWork
  private let workers: BlockingWork

  private var schedule: Schedule
  /// The least that a job which waits for the day's budget may cost; `nil` when none waits.
  private var leastNeed: USD?
  private var active: Set<JobID> = []
  private let isStopping = Atomic(false)
  private var endsWhenIdle = false
  private var failure: (any Error)?

  /// How long `--once` waits for jobs whose time comes: a minute's rate limit, a few retries.
  private static let patience = Duration.seconds(120)
  /// When the output tree or the spool is full, the job is tried again after this.
  private static let roomCheck = Duration.seconds(30)

  /// - Parameter catalogue: the one in use now.
  init(
    trees: Trees, failed: FailedRequests, ledger: JobLedger, client: APIClient,
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
    publisher = Publisher(trees: trees, ledger: ledger, finisher: Finisher(limits: configuration.limits))
    interim = Interim(spool: trees.spool, ledger: ledger, limits: configuration.limits)
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
      start(.response(job))
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
        start(.response(try ledger.respondWithoutCall(job.id, at: .now())))
        active.insert(job.id)
      } else if let prepared = try prepare(job, work) {
        start(.call(prepared, job, work))
        active.insert(job.id)
      }
    } catch let error as LedgerError {
      throw error
    } catch let error as SpoolError where error.isOutOfRoom {
      // Nothing was sent: an answer that cannot be kept is not asked for.
      try wait(job, for: error)
    } catch {
      try fail(
        job,
        ErrorReport(
          stage: .call, error: "what the job was accepted to do cannot be read from the spool: \(error)",
          next: "Nothing was sent. Drop the request again."))
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
    /// An answer is kept, or none is needed.
    case response(Job)
  }

  /// Everything that a call needs, and its intent committed.
  private struct PreparedCall: Sendable {
    let operation: Operation
    let uploads: [Upload]
    let response: ResponseBlob
    let responseName: String
    let call: Call
    let estimate: Estimate
  }

  /// - Returns: `nil` when the budget does not allow the call; the job waits, or has failed.
  private func prepare(_ job: Job, _ work: AcceptedWork) throws -> PreparedCall? {
    let id = job.id.description
    let accepted = work.operation(ofStep: job.step)
    var uploads = try accepted.pictures.map { try upload($0.blob, $0.mediaType, at: $0.path, job) }
    var pixels = accepted.pictures.first?.pixels
    if let path = accepted.previous,
      let input = try interim.input(of: AcceptedWork.Turn(step: job.step, item: job.item), job, work)
    {
      uploads.append(try upload(input.blob, input.format.mediaType, at: path, job))
      pixels = input.pixels
    }
    let operation = try accepted.operation()
    let estimate = catalogue().estimate(operation, inputPixels: pixels, assumptions: configuration.assumptions)
    let name = "call-\(JobID.next()).response"
    let response = try ResponseBlob(in: trees.spool, job: id, name: name, disk: disk)
    switch try ledger.beginCall(
      job.id, endpoint: operation.endpoint.path, model: accepted.model, reserving: estimate.worst,
      within: configuration.budget, at: .now())
    {
    case .begun(let call):
      schedule.began(model: accepted.model, now: .now)
      return PreparedCall(
        operation: operation, uploads: uploads, response: response, responseName: name, call: call, estimate: estimate)
    case .beyond(let limit):
      response.discard()
      try turnAway(job, limit)
      return nil
    }
  }

  private func upload(_ blob: String, _ mediaType: String, at path: [String], _ job: Job) throws(SpoolError) -> Upload {
    let reader = try trees.spool.reader(job: job.id.description, name: blob)
    return Upload(path: path, fileName: blob, mediaType: mediaType, content: StoredUpload(reader: reader, disk: disk))
  }

  // MARK: The budget

  /// The day's budget comes back; a job's own does not.
  private func turnAway(_ job: Job, _ limit: BudgetLimit) throws {
    switch limit {
    case .day(_, _, let needed, let until):
      leastNeed = min(leastNeed ?? needed, needed)
      try ledger.wait(job.id, .budget, until: until, error: limit.description, at: .now())
      observe(.waiting(job: job.id.description, reason: limit.description, until: until))
    case .job:
      try fail(
        job,
        ErrorReport(
          stage: .call, error: limit.description,
          next: "Nothing more was sent. Have budget.per-job-usd raised, then drop the request again.",
          kept: try trees.spool.kept(job.id)))
    }
  }

  /// A call that cost less than was set aside may leave room for those that wait.
  private func resumeWithinBudget() throws {
    guard let need = leastNeed, let limit = configuration.budget.perDay else { return }
    guard try ledger.spent(onDayOf: .now()) + need <= limit else { return }
    leastNeed = nil
    try ledger.resume(.budget)
  }

  // MARK: One job

  private func perform(_ start: Start) async {
    let id: JobID
    do {
      switch start {
      case .call(let prepared, let job, let work):
        id = job.id
        let responded = try await call(prepared, job, work)
        try resumeWithinBudget()
        if let responded { try await carryOn(responded, work) }
      case .response(let job):
        id = job.id
        let work = try AcceptedWork(encoded: trees.spool.read(job: job.id.description, name: AcceptedWork.blob))
        try await carryOn(job, work)
      }
      active.remove(id)
    } catch {
      stop(because: error)
    }
    wake()
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

  /// - Returns: the job, when its answer is kept.
  private func call(_ prepared: PreparedCall, _ job: Job, _ work: AcceptedWork) async throws -> Job? {
    let call = prepared.call
    observe(
      .calling(
        job: job.id.description, endpoint: call.endpoint, model: call.model, attempt: call.attempt))
    let outcome = await client.call(
      prepared.operation, uploads: prepared.uploads, idempotencyKey: call.key, into: prepared.response)
    let earlier = try ledger.calls(of: job.id).filter { $0.step == call.step && $0.item == call.item }
    var verdict = schedule.finished(
      outcome, model: call.model, attempt: call.attempt,
      serverErrors: earlier.count { $0.ordinal == call.ordinal && ($0.status == 500 || $0.status == 503) } + 1,
      unknowns: earlier.count { $0.state == .unknown } + 1, retriesUnknown: work.retriesUnknown, now: .now,
      wallClock: Int(Timestamp.now().microseconds / 1_000_000), jitter: .random(in: 0...1))
    if verdict == .checkKey {
      let state = await keyState()
      verdict = schedule.keyChecked(state, attempt: call.attempt, now: .now, jitter: .random(in: 0...1))
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
            status: head.status, responseID: head.requestID, headers: head.keptHeaders, body: prepared.responseName,
            charged: prepared.estimate.settled(isEnhanced: head.enhancedPrompt != nil))),
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
    case .waitForAccount(let reason, let isNew):
      _ = try ledger.finishCall(prepared.call, result(.wait(reason, until: nil)), at: .now())
      observe(.waiting(job: id, reason: report.error, until: nil))
      if isNew { observe(.accountClosed(reason: report.error)) }
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
    case .failed(let report): try fail(job, report)
    }
  }

  /// A crash in between tells the same failure again, and leaves one file.
  private func fail(_ job: Job, _ report: ErrorReport) throws {
    try keepRequest(of: job, report)
    try ledger.fail(job.id, error: report.description, at: .now())
    observe(.failed(job: job.id.description, request: job.source, report))
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
      try? await Task.sleep(for: schedule.accountCheck(after: configuration.accountCheck))
      guard let reason = schedule.closed else { continue }
      let isOpen: Bool
      switch reason {
      case .account: isOpen = (try? await client.balance().canConsume) ?? false
      case .key, .rate, .budget, .capacity, .network, .retry, .room, .place: isOpen = await keyState() == .works
      }
      guard isOpen else {
        if reason == .key { schedule.accountCheckFailed(now: .now) }
        continue
      }
      guard schedule.accountOpened(now: .now) else { continue }
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
