import GRDB
import Money

extension JobLedger {
  /// Commits the intent to call: queued → calling. When this has returned, a byte may go out; if the process ends
  /// before ``finishCall(_:_:at:)``, ``recover(at:)`` holds the job.
  ///
  /// It carries out the step that the job is at, on the item that it is at. A call that was not charged is tried again
  /// under its ordinal and key, one attempt higher; any other call of the job has the next ordinal, and a key of its own.
  ///
  /// The budget is asked and the money set aside in the same transaction, so that however many begin calls at once, on
  /// however many connections, their worst prices together stay within it.
  ///
  /// - Parameters:
  ///   - reserving: the worst price, not negative. It counts until the outcome is known: then the charge does, or
  ///     nothing. Nil counts as zero.
  ///   - now: tells the day that the call counts for, whenever it ends.
  public func beginCall(
    _ job: JobID, endpoint: String, model: String?, reserving: USD?, within budget: Budget = Budget(),
    at now: Timestamp
  ) throws(LedgerError) -> CallStart {
    try write("begin a call") { database in
      let job = try database.job(job, in: [.queued], for: "a call")
      // The place is another job's still: see WaitReason.place.
      guard job.wait?.reason != .place else {
        throw LedgerError.illegalTransition(job.id, from: job.state, operation: "a call before it has its place")
      }
      if let limit = try Self.limit(of: budget, passedBy: reserving ?? .zero, for: job.id, at: now, database) {
        return .beyond(limit)
      }
      let (ordinal, attempt) = try Self.nextCall(of: job, database)
      try database.run(
        """
        INSERT INTO calls
          (job, ordinal, attempt, step, item, endpoint, model, state, headers, started, reserved, counted)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'intended', '{}', ?, ?, ?)
        """,
        [
          job.id.description, ordinal, attempt, job.step, job.item, endpoint, model, now.microseconds,
          reserving?.microdollars, reserving?.microdollars ?? 0,
        ])
      try Self.enter(.calling, job.id, at: now, database)
      return .begun(try Self.call(job.id, ordinal, attempt, database))
    }
  }

  private static func nextCall(of job: Job, _ database: Database) throws -> (ordinal: Int, attempt: Int) {
    guard let last = try lastCall(of: job.id, database) else { return (1, 1) }
    switch last.state {
    // Another step or item has another body, which must not go out under the same key.
    case .refused, .notSent:
      return (last.step, last.item) == (job.step, job.item)
        ? (last.ordinal, last.attempt + 1) : (last.ordinal + 1, 1)
    case .intended, .responded, .unknown: return (last.ordinal + 1, 1)
    }
  }

  /// The call that began last.
  static func lastCall(of job: JobID, _ database: Database) throws -> Call? {
    try database.row(
      "SELECT \(Call.columns) FROM calls WHERE job = ? ORDER BY ordinal DESC, attempt DESC LIMIT 1",
      [job.description]
    ).map { try Call($0) }
  }

  /// Commits how a call ended, and what becomes of its job, in one transaction.
  ///
  /// - Returns: the job as it is now.
  public func finishCall(_ call: Call, _ result: CallResult, at now: Timestamp) throws(LedgerError) -> Job {
    try write("finish a call") { database in
      let job = try database.job(call.job, in: [.calling], for: "the end of a call")
      guard try Self.call(call.job, call.ordinal, call.attempt, database).state == .intended else {
        throw LedgerError.noSuchCall(call.job, ordinal: call.ordinal, attempt: call.attempt)
      }
      switch result {
      case .responded(let response):
        try Self.finish(
          call, .responded, status: response.status, headers: response.headers, error: nil, at: now, database)
        try database.run(
          """
          UPDATE calls SET response_id = ?1, body = ?2, charged = ?3, counted = coalesce(?3, counted)
          WHERE job = ?4 AND ordinal = ?5 AND attempt = ?6
          """,
          [
            response.responseID, response.body, response.charged?.microdollars, call.job.description, call.ordinal,
            call.attempt,
          ])
        try Self.enter(.responded, job.id, at: now, database)
      case .refused(let status, let headers, let error, let then):
        try Self.finish(call, .refused, status: status, headers: headers, error: error, at: now, database)
        try Self.carryOn(job, then, error: error, at: now, database)
      case .notSent(let error, let then):
        try Self.finish(call, .notSent, status: nil, headers: [:], error: error, at: now, database)
        try Self.carryOn(job, then, error: error, at: now, database)
      case .unknown(let status, let headers, let error, let hold):
        try Self.finish(call, .unknown, status: status, headers: headers, error: error, at: now, database)
        try Self.enter(.held, job.id, hold: hold, error: error, at: now, database)
      }
      return try database.job(job.id)
    }
  }

  private static func finish(
    _ call: Call, _ state: Call.State, status: Int?, headers: [String: String], error: String?, at now: Timestamp,
    _ database: Database
  ) throws {
    let isFree = state == .refused || state == .notSent
    try database.run(
      """
      UPDATE calls SET state = ?, status = ?, headers = ?, error = ?, finished = ?,
        counted = CASE WHEN ? THEN 0 ELSE counted END
      WHERE job = ? AND ordinal = ? AND attempt = ?
      """,
      [
        state.rawValue, status, json(headers), error, now.microseconds, isFree, call.job.description, call.ordinal,
        call.attempt,
      ])
  }

  private static func carryOn(
    _ job: Job, _ then: CallResult.AfterFailure, error: String, at now: Timestamp, _ database: Database
  ) throws {
    switch then {
    case .wait(let reason, let until):
      try enter(.queued, job.id, wait: Job.Wait(reason: reason, until: until), error: error, at: now, database)
    case .fail:
      try end(job, error: error, at: now, database)
    }
  }

  static func call(_ job: JobID, _ ordinal: Int, _ attempt: Int, _ database: Database) throws -> Call {
    guard
      let row = try database.row(
        "SELECT \(Call.columns) FROM calls WHERE job = ? AND ordinal = ? AND attempt = ?",
        [job.description, ordinal, attempt])
    else { throw LedgerError.noSuchCall(job, ordinal: ordinal, attempt: attempt) }
    return try Call(row)
  }

  /// Makes the start dull: what was calling may have been charged, and is held; what has responded is to be processed
  /// again. Running it twice changes nothing more.
  public func recover(at now: Timestamp) throws(LedgerError) -> Recovery {
    try write("recover") { database in
      let calling = try database.rows("SELECT id FROM jobs WHERE state = 'calling' ORDER BY id", [])
      let held: [JobID] = try calling.map { try $0.value(0, "jobs", "id") }
      let error = "the daemon ended during the call; whether it was charged is not known"
      for job in held {
        try database.run(
          "UPDATE calls SET state = 'unknown', error = ?, finished = ? WHERE job = ? AND state = 'intended'",
          [error, now.microseconds, job.description])
        try Self.enter(.held, job, hold: .unknownOutcome, error: error, at: now, database)
      }
      let responded = try database.rows(
        "SELECT id FROM jobs WHERE state = 'responded' ORDER BY priority DESC, id", [])
      return Recovery(held: held, responded: try responded.map { try $0.value(0, "jobs", "id") })
    }
  }
}
