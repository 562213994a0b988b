import Catalogue
import Foundation
import ImageAPI
import Ledger
import Money
import Spool

/// One call: what it needs, what it may cost, and what became of it.
extension Dispatcher {
  /// Everything that a call needs, and its intent committed.
  struct PreparedCall: Sendable {
    let operation: ImageAPI.Operation
    let uploads: [Upload]
    let response: ResponseBlob
    let responseName: String
    let call: Call
    let estimate: Estimate
    /// In bytes; given back when the job's task ends.
    let room: Int64
  }

  /// - Returns: `nil` when the budget does not allow the call; the job waits, or has failed.
  func prepare(_ job: Job, _ work: AcceptedWork) throws -> PreparedCall? {
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
  func resumeWithinBudget() throws {
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

  // MARK: The call

  /// - Returns: the job, when its answer is kept.
  func call(_ prepared: PreparedCall, _ job: Job, _ work: AcceptedWork) async throws -> Job? {
    let call = prepared.call
    observe(
      .calling(
        job: job.id.description, endpoint: call.endpoint, model: call.model, attempt: call.attempt))
    let outcome = await client.call(
      prepared.operation, uploads: prepared.uploads, idempotencyKey: call.key, into: prepared.response)
    let earlier = try await insist { try earlierCalls(of: job, like: call, for: outcome) }
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

  /// What a verdict on a failure goes by; a response needs none of it.
  private func earlierCalls(of job: Job, like call: Call, for outcome: CallOutcome) throws -> [Call] {
    if case .response = outcome { return [] }
    return try ledger.calls(of: job.id).filter { $0.step == call.step && $0.item == call.item }
  }

  /// The response is there: first on the disk, then in the ledger.
  private func keep(_ head: ResponseHead, _ prepared: PreparedCall, _ job: Job) async throws -> Job? {
    let call = prepared.call
    do {
      let bytes = try await prepared.response.finish()
      let response = CallResult.Response(
        status: head.status, responseID: head.requestID, headers: head.keptHeaders, body: prepared.responseName,
        charged: prepared.estimate.settled(isEnhanced: head.enhancedPrompt != nil, model: head.modelID))
      let ledger = self.ledger
      // Beside others of its kind, with which it shares a commit.
      let responded = try await insist {
        try await disk.run { () throws(any Error) in try ledger.finishCall(call, .responded(response), at: .now()) }
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
      // then the job's end. What a crash in between leaves untold the next start tells, from what is kept here; where it
      // could not be kept, the call is made again, which is refused at no cost.
      let words = Array(try JSONEncoder().encode(report))
      try? trees.spool.write(words.span, job: id, name: ErrorReport.blob)
      _ = try await insist { try ledger.finishCall(prepared.call, result(.wait(.refusal, until: nil)), at: .now()) }
      try await insist { try tell(job, report) }
    }
  }
}
