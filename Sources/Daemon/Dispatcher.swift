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
  private var room = RoomGate()
  /// What jobs that wait for the day's budget may cost.
  private var needs: [JobID: USD] = [:]
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

  private func stop(because error: any Error) {
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
      let work = try AcceptedWork(encoded: trees.spool.read(job: job.id.description, name: AcceptedWork.blob))
      if work.operations.isEmpty {
        start(.response(try ledger.respondWithoutCall(job.id, at: .now())))
        active.insert(job.id)
        processing += 1
      } else if let prepared = try prepare(job, work) {
        start(.call(prepared, job, work))
        active.insert(job.id)
      }
    } catch let error as LedgerError {
      throw error
    } catch let error as SpoolError where error.isOutOfRoom {
      // Nothing was sent: an answer that cannot be kept is not asked for. The job keeps its turn.
      shortOfRoom(error.description)
    } catch {
      try fail(
        job,
        ErrorReport(
          stage: .call, error: "what the job was accepted to do cannot be read from the spool: \(error)",
          next: "Nothing was sent. Drop the request again."))
    }
  }

  // MARK: Room

  private func shortOfRoom(_ reason: String) {
    if room.close(now: .now) { observe(.outOfRoom(reason: reason)) }
  }

  /// What has been paid for, or published, gets into the ledger: while there is no room for it, it is tried again.
  ///
  /// - Throws: whatever does not pass, and everything when the daemon is told to stop meanwhile.
  private func insist<Value>(_ body: () async throws -> Value) async throws -> Value {
    while true {
      do {
        return try await body()
      } catch let error as LedgerError where error.mayPass && !isStopped {
        shortOfRoom(error.description)
      } catch let error as SpoolError where error.isOutOfRoom && !isStopped {
        shortOfRoom(error.description)
      }
      try? await Task.sleep(for: RoomGate.checkInterval)
    }
  }

  /// The job waits by itself: others may be smaller, or on another file system.
  private func wait(_ job: Job, for error: SpoolError) throws {
    let until = Timestamp.now() + RoomGate.checkInterval
    try ledger.wait(job.id, .room, until: until, error: error.description, at: .now())
    shortOfRoom(error.description)
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
    /// In bytes; given back when the job's task ends.
    let room: Int64
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
    let need = RoomGate.need(pixels: accepted.answerPixels, pictures: accepted.variants)
    if let shortage = try room.shortage(of: need, in: trees) { throw shortage }
    let name = "call-\(JobID.next()).response"
    let response = try ResponseBlob(in: trees.spool, job: id, name: name, disk: disk)
    switch try ledger.beginCall(
      job.id, endpoint: operation.endpoint.path, model: accepted.model, reserving: estimate.worst,
      within: configuration.budget, at: .now())
    {
    case .begun(let call):
      schedule.began(model: accepted.model, now: .now)
      room.take(need)
      if room.open() { observe(.roomAgain) }
      return PreparedCall(
        operation: operation, uploads: uploads, response: response, responseName: name, call: call, estimate: estimate,
        room: need)
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
      needs[job.id] = needed
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

  /// A call that cost less than was set aside may leave room for those that wait, the oldest first.
  private func resumeWithinBudget() throws {
    guard !needs.isEmpty, let limit = configuration.budget.perDay else { return }
    var left = limit - (try ledger.spent(onDayOf: .now()))
    var resumed: [JobID] = []
    for (job, need) in needs.sorted(by: { $0.key < $1.key }) where need <= left {
      left = left - need
      resumed.append(job)
    }
    if resumed.isEmpty { return }
    try ledger.resume(.budget, only: resumed)
    for job in resumed { needs[job] = nil }
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
          try await carryOn(job) {
            try AcceptedWork(encoded: trees.spool.read(job: job.id.description, name: AcceptedWork.blob))
          }
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

  /// - Returns: the job, when its answer is kept.
  private func call(_ prepared: PreparedCall, _ job: Job, _ work: AcceptedWork) async throws -> Job? {
    let call = prepared.call
    observe(
      .calling(
        job: job.id.description, endpoint: call.endpoint, model: call.model, attempt: call.attempt))
    let outcome = await client.call(
      prepared.operation, uploads: prepared.uploads, idempotencyKey: call.key, into: prepared.response)
    let earlier = try await insist { try ledger.calls(of: job.id) }.filter {
      $0.step == call.step && $0.item == call.item
    }
    var verdict = schedule.finished(
      outcome, model: call.model, attempt: call.attempt,
      serverErrors: earlier.count { $0.ordinal == call.ordinal && ($0.status == 500 || $0.status == 503) } + 1,
      unknowns: earlier.count { $0.state == .unknown } + 1,
      accountRefusals: earlier.count { $0.ordinal == call.ordinal && ($0.status == 402 || $0.status == 403) } + 1,
      retriesUnknown: work.retriesUnknown, now: .now,
      wallClock: Int(Timestamp.now().microseconds / 1_000_000), jitter: .random(in: 0...1))
    if verdict == .checkKey {
      let state = await keyState()
      verdict = schedule.keyChecked(state, attempt: call.attempt, now: .now, jitter: .random(in: 0...1))
    } else if case .checkBalance(let wait) = verdict {
      let state = await balanceState()
      verdict = schedule.balanceChecked(
        state, wait: wait, attempt: call.attempt, now: .now, jitter: .random(in: 0...1))
    }
    switch outcome {
    case .response(let head): return try await keep(head, prepared, job)
    case .refused(let refusal):
      prepared.response.discard()
      try await settle(prepared, job, verdict, report: ErrorReport(refusal)) { then in
        .refused(
          status: refusal.head.status, headers: refusal.head.keptHeaders, error: refusal.description, then: then)
      }
    case .notSent(let failure):
      prepared.response.discard()
      let report = ErrorReport(stage: .call, error: failure.description, next: "Drop the request again.")
      try await settle(prepared, job, verdict, report: report) { .notSent(error: failure.description, then: $0) }
    case .unknown(let unknown):
      // What came of the answer is kept for whoever looks; what cannot be kept does not change what is known. What the
      // disk did not take whole goes: the ledger needs room to say so.
      if unknown.isKept { _ = try? await prepared.response.finish() } else { prepared.response.discard() }
      _ = try await insist {
        try ledger.finishCall(
          call,
          .unknown(
            status: unknown.head?.status, headers: unknown.head?.keptHeaders ?? [:], error: unknown.description),
          at: .now())
      }
      if case .retry(let delay, let reason) = verdict {
        let until = Timestamp.now() + delay
        _ = try await insist { try ledger.release(job.id, at: .now()) }
        _ = try await insist { try ledger.wait(job.id, reason, until: until, at: .now()) }
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
      let responded = try await insist {
        try ledger.finishCall(
          call,
          .responded(
            CallResult.Response(
              status: head.status, responseID: head.requestID, headers: head.keptHeaders, body: prepared.responseName,
              charged: prepared.estimate.settled(isEnhanced: head.enhancedPrompt != nil, model: head.modelID))),
          at: .now())
      }
      observe(.responded(job: job.id.description, bytes: bytes))
      return responded
    } catch let error as SpoolError {
      let reason = "the answer came and was charged, but could not be kept: \(error)"
      _ = try await insist {
        try ledger.finishCall(
          call, .unknown(status: head.status, headers: head.keptHeaders, error: reason, hold: .responseLost),
          at: .now())
      }
      observe(.held(job: job.id.description, reason: reason))
      return nil
    }
  }

  /// A call that was not charged: the job waits for another attempt, or fails.
  private func settle(
    _ prepared: PreparedCall, _ job: Job, _ verdict: Schedule.Verdict, report: ErrorReport,
    _ result: (CallResult.AfterFailure) -> CallResult
  ) async throws {
    let id = job.id.description
    switch verdict {
    case .retry(let delay, let reason):
      let until = Timestamp.now() + delay
      _ = try await insist { try ledger.finishCall(prepared.call, result(.wait(reason, until: until)), at: .now()) }
      observe(.waiting(job: id, reason: report.error, until: until))
    case .waitForAccount(let reason, let isNew):
      _ = try await insist { try ledger.finishCall(prepared.call, result(.wait(reason, until: nil)), at: .now()) }
      observe(.waiting(job: id, reason: report.error, until: nil))
      if isNew { observe(.accountClosed(reason: report.error)) }
    case .responded, .fail, .hold, .checkKey, .checkBalance:
      // The call's end first: a crash before it would leave a call that nobody knows the outcome of. Then the report,
      // then the job's end. After a crash in between the next start makes the call again, which is refused at no cost.
      _ = try await insist { try ledger.finishCall(prepared.call, result(.wait(.refusal, until: nil)), at: .now()) }
      try await insist { try tell(job, report) }
    }
  }

  private func publish(_ job: Job, _ work: AcceptedWork) async throws {
    let id = job.id.description
    let publisher = self.publisher
    switch try await workers.run({ () throws(any Error) in try publisher.publish(job, work) }) {
    case .published(let place, let files, let warnings):
      observe(.published(job: id, place: place, files: files, warnings: warnings))
      if room.open() { observe(.roomAgain) }
    case .noRoom(let error): try wait(job, for: error)
    case .failed(let report): try fail(job, report)
    }
  }

  /// Without room for the report the job waits.
  private func fail(_ job: Job, _ report: ErrorReport) throws {
    do {
      try tell(job, report)
    } catch let error as SpoolError where error.isOutOfRoom {
      try wait(job, for: error)
    }
  }

  /// The report, then the job's end. A crash in between tells the same failure again, and leaves one file.
  private func tell(_ job: Job, _ report: ErrorReport) throws {
    try keepRequest(of: job, report)
    try ledger.fail(job.id, error: report.description, at: .now())
    observe(.failed(job: job.id.description, request: job.source, report))
  }

  private func keepRequest(of job: Job, _ report: ErrorReport) throws {
    let request: [UInt8]
    do {
      request = try trees.spool.read(job: job.id.description, name: Acceptance.requestBlob)
    } catch  where error.isMissing {
      return
    }
    try failed.keep(request, report, path: job.source, job: job.id)
  }

  // MARK: The account

  /// A free request goes out as soon as it cannot be a failure too many for the key.
  func ask<Value: Sendable>(
    _ query: @Sendable () async throws(QueryError) -> Value
  ) async throws(QueryError) -> Value {
    var isCounted = schedule.queryBegan(now: .now)
    // A cancelled task's query ends by itself, before anything goes out.
    while !isCounted, (try? await Task.sleep(for: Self.queryPause)) != nil {
      isCounted = schedule.queryBegan(now: .now)
    }
    do throws(QueryError) {
      let answer = try await query()
      if isCounted { schedule.queryEnded(isFailure: false, now: .now) }
      wake()
      return answer
    } catch {
      if isCounted { schedule.queryEnded(isFailure: true, now: .now) }
      wake()
      throw error
    }
  }

  /// After this a free request that found no room tries again.
  private static let queryPause = Duration.seconds(1)

  /// 401 says that the key is wrong or that the model is beyond its plan; whether a free request works tells which.
  private func keyState() async -> Schedule.AccountState {
    do throws(QueryError) {
      return try await client.isAccessPermitted() ? .works : .refused
    } catch {
      return error.concernsKey ? .refused : .unknown
    }
  }

  /// 402 says that the account is empty, or that this call costs more than is left.
  private func balanceState() async -> Schedule.AccountState {
    do throws(QueryError) {
      return try await client.canConsume() ? .works : .refused
    } catch {
      return .unknown
    }
  }

  /// Asks now and then whether the account is open again, until it is stopped.
  func watchAccount() async {
    while !isStopped, !Task.isCancelled {
      try? await Task.sleep(for: schedule.accountCheck(after: configuration.accountCheck))
      guard let reason = schedule.closed else { continue }
      let client = self.client
      let isOpen =
        switch reason {
        case .account: try? await ask { () throws(QueryError) in try await client.canConsume() }
        case .key, .rate, .budget, .capacity, .network, .retry, .room, .place, .refusal:
          try? await ask { () throws(QueryError) in try await client.isAccessPermitted() }
        }
      guard isOpen == true else { continue }
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

extension QueryError {
  /// The API refused the key, and not merely to answer now.
  fileprivate var concernsKey: Bool {
    guard case .refused(let refusal, _) = self else { return false }
    return refusal.kind == .unauthorized || refusal.kind == .forbidden
  }
}
