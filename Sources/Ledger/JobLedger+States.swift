import GRDB

extension JobLedger {
  // MARK: The daemon's transitions

  /// A queued or responded job waits: it is not handed out until then. Nil: until ``resume(_:)``.
  @discardableResult
  public func wait(
    _ job: JobID, _ reason: WaitReason, until: Timestamp?, error: String? = nil, at now: Timestamp
  ) throws(LedgerError) -> Job {
    try write("let a job wait") { database in
      let job = try database.job(job, in: [.queued, .responded], for: "waiting")
      // A job without its place keeps waiting for that.
      guard job.wait?.reason != .place, reason != .place else {
        throw LedgerError.illegalTransition(job.id, from: job.state, operation: "waiting for anything but its place")
      }
      try database.run(
        "UPDATE jobs SET reason = ?, not_before = ?, error = coalesce(?, error) WHERE id = ?",
        [reason.rawValue, until?.microseconds ?? Schema.never, error, job.id.description])
      return try database.job(job.id)
    }
  }

  /// Whatever waits for this reason waits no longer.
  ///
  /// - Parameter jobs: only these of them; nil for all.
  /// - Returns: how many jobs that were.
  @discardableResult
  public func resume(_ reason: WaitReason, only jobs: [JobID]? = nil) throws(LedgerError) -> Int {
    try write("resume jobs") { database in
      // A place is handed on by the job that had it.
      guard reason != .place else { return 0 }
      var arguments: StatementArguments = [reason.rawValue]
      if let jobs { arguments += [try json(jobs.map(\.description))] }
      try database.run(
        """
        UPDATE jobs SET reason = NULL, not_before = NULL WHERE state IN ('queued', 'responded') AND reason = ?\
        \(jobs == nil ? "" : " AND id IN (SELECT value FROM json_each(?))")
        """, arguments)
      return database.changesCount
    }
  }

  /// A job without calls has what it needs: queued → responded.
  @discardableResult
  public func respondWithoutCall(_ job: JobID, at now: Timestamp) throws(LedgerError) -> Job {
    try write("take a local image") { database in
      let job = try database.job(job, in: [.queued], for: "processing without a call")
      guard job.wait?.reason != .place else {
        throw LedgerError.illegalTransition(job.id, from: job.state, operation: "processing before it has its place")
      }
      try Self.enter(.responded, job.id, at: now, database)
      return try database.job(job.id)
    }
  }

  /// The next call is due, which carries out `step` on `item`, both from 1: responded → queued. It lies behind the call
  /// that the job is at: what was answered is not called for again.
  @discardableResult
  public func advance(
    _ job: JobID, step: Int, item: Int, model: String?, at now: Timestamp
  ) throws(LedgerError) -> Job {
    try write("go on to the next call") { database in
      let job = try database.job(job, in: [.responded], for: "the next call")
      guard item >= 1, (job.step, job.item) < (step, item) else {
        throw LedgerError.notAhead(job.id, step: step, item: item, isAtStep: job.step, isAtItem: job.item)
      }
      try Self.enter(.queued, job.id, at: now, database)
      try Self.go(job.id, toStep: step, item: item, model: model, database)
      return try database.job(job.id)
    }
  }

  private static func go(
    _ job: JobID, toStep step: Int, item: Int, model: String?, _ database: Database
  ) throws {
    try database.run(
      "UPDATE jobs SET step = ?, item = ?, model = ? WHERE id = ?", [step, item, model, job.description])
  }

  /// Records what was cut from the responses, instead of what was recorded before. A publication does so by itself.
  public func record(_ originals: [Original], of job: JobID) throws(LedgerError) {
    try write("record originals") { database in
      let job = try database.job(job, in: [.responded], for: "recording originals")
      try Self.replace(originals, of: job.id, database)
    }
  }

  private static func replace(_ originals: [Original], of job: JobID, _ database: Database) throws {
    try database.run("DELETE FROM originals WHERE job = ?", [job.description])
    for original in originals {
      try database.run(
        """
        INSERT INTO originals (job, number, ordinal, file, format, width, height, bytes, sha256)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          job.description, original.index, original.ordinal, original.file, original.format, original.width,
          original.height, original.bytes, original.sha256,
        ])
    }
  }

  /// The directory is in place, durably: responded → published. The place is given up to a job that waits for it.
  ///
  /// - Parameters:
  ///   - originals: what was cut from the responses.
  ///   - deliveries: what follows, in this order; see ``JobLedger/dueDeliveries(at:limit:)``.
  ///   - due: when the first of them may be attempted, by the clock that deliveries go by.
  @discardableResult
  public func publish(
    _ job: JobID, originals: [Original] = [], outputs: [OutputRecord], warnings: [String] = [],
    deliveries: [NewDelivery] = [], due: Timestamp? = nil, at now: Timestamp
  ) throws(LedgerError) -> Job {
    try write("record a publication") { database in
      let job = try database.job(job, in: [.responded], for: "publication")
      try Self.replace(originals, of: job.id, database)
      try Self.replaceOutputs(outputs, warnings, of: job.id, database)
      try database.run(
        "UPDATE jobs SET published = ?, error = NULL WHERE id = ?", [now.microseconds, job.id.description])
      try Self.enter(.published, job.id, at: now, database)
      try Places(database: database) { _ in true }.release(by: job, at: now)
      try Self.add(deliveries, to: job.id, due: due ?? now, at: now, database)
      return try database.job(job.id)
    }
  }

  private static func replaceOutputs(
    _ outputs: [OutputRecord], _ warnings: [String], of job: JobID, _ database: Database
  ) throws {
    try database.run("DELETE FROM outputs WHERE job = ?", [job.description])
    try database.run("DELETE FROM warnings WHERE job = ?", [job.description])
    for (index, output) in outputs.enumerated() {
      try database.run(
        """
        INSERT INTO outputs (job, number, file, variant, format, width, height, bytes, sha256, metadata)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          job.description, index + 1, output.file, output.variant, output.format, output.width, output.height,
          output.bytes, output.sha256, output.metadata,
        ])
    }
    for (index, warning) in warnings.enumerated() {
      try database.run(
        "INSERT INTO warnings (job, number, warning) VALUES (?, ?, ?)", [job.description, index + 1, warning])
    }
  }

  /// Ends a queued or responded job for good; its place is given up, its bytes are kept.
  @discardableResult
  public func fail(_ job: JobID, error: String, at now: Timestamp) throws(LedgerError) -> Job {
    try write("record a failure") { database in
      try Self.end(try database.job(job, in: [.queued, .responded], for: "failing"), error: error, at: now, database)
      return try database.job(job)
    }
  }

  // MARK: The operator's words

  /// queued → held, until ``release(_:at:)``.
  @discardableResult
  public func hold(_ job: JobID, at now: Timestamp) throws(LedgerError) -> Job {
    try write("hold a job") { database in
      let job = try database.job(job, in: [.queued], for: "hold")
      guard job.wait?.reason != .place else {
        throw LedgerError.illegalTransition(job.id, from: job.state, operation: "hold before it has its place")
      }
      try Self.enter(.held, job.id, hold: .operator, at: now, database)
      return try database.job(job.id)
    }
  }

  /// held → queued: call, be it again. After an unknown outcome the call has a new ordinal and key, and may be charged
  /// a second time: the operator has looked.
  @discardableResult
  public func release(_ job: JobID, at now: Timestamp) throws(LedgerError) -> Job {
    try write("release a job") { database in
      let job = try database.job(job, in: [.held], for: "release")
      try Self.enter(.queued, job.id, at: now, database)
      return try database.job(job.id)
    }
  }

  /// queued or held → failed.
  @discardableResult
  public func cancel(_ job: JobID, at now: Timestamp) throws(LedgerError) -> Job {
    try write("cancel a job") { database in
      let job = try database.job(job, in: [.queued, .held], for: "cancel")
      try Self.end(job, error: "cancelled by the operator", at: now, database)
      return try database.job(job.id)
    }
  }

  /// A failed job goes on. Its place is settled anew, under its own rule.
  ///
  /// With ``RequeuedCalls/missing`` it stands where it stood: failed → queued at the call that was not answered, or, if
  /// that was answered and the failure came after, failed → responded. With ``RequeuedCalls/all(model:)``: failed →
  /// queued at its first call.
  @discardableResult
  public func requeue(
    _ job: JobID, calls: RequeuedCalls, isOccupied: @escaping (String) -> Bool, at now: Timestamp
  ) throws(LedgerError) -> Job {
    try write("requeue a job") { database in
      let job = try database.job(job, in: [.failed], for: "requeue")
      guard job.emptied == nil else { throw LedgerError.nothingKept(job.id) }
      try Self.settleAgain(job, Places(database: database, isOccupied: isOccupied))
      switch calls {
      case .missing:
        let last = try Self.lastCall(of: job.id, database)
        let isAnswered = last.map { $0.state == .responded && ($0.step, $0.item) == (job.step, job.item) } ?? false
        try Self.enter(isAnswered ? .responded : .queued, job.id, at: now, database)
      case .all(let model):
        try Self.enter(.queued, job.id, at: now, database)
        try Self.go(job.id, toStep: 1, item: 1, model: model, database)
      }
      return try database.job(job.id)
    }
  }

  /// failed or published → responded: the pipeline again from what is kept, at no cost. A published job replaces its
  /// own directory, and therefore has `collision: replace` from now on.
  ///
  /// - Parameter turn: the job's last call, which it stands at from now on: whatever it stood at, no call follows. Nil
  ///   for a job without calls.
  @discardableResult
  public func reprocess(
    _ job: JobID, standingAt turn: (step: Int, item: Int, model: String?)? = nil,
    isOccupied: @escaping (String) -> Bool,
    at now: Timestamp
  ) throws(LedgerError) -> Job {
    try write("reprocess a job") { database in
      let job = try database.job(job, in: [.failed, .published], for: "reprocess")
      guard try Self.keepsSomething(job.id, database) else { throw LedgerError.nothingKept(job.id) }
      let places = Places(database: database, isOccupied: isOccupied)
      if job.state == .published { try Self.reserveOwn(job, places) } else { try Self.settleAgain(job, places) }
      try Self.enter(.responded, job.id, at: now, database)
      if let turn { try Self.go(job.id, toStep: turn.step, item: turn.item, model: turn.model, database) }
      return try database.job(job.id)
    }
  }

  private static func keepsSomething(_ job: JobID, _ database: Database) throws -> Bool {
    try database.row(
      """
      SELECT 1 FROM jobs WHERE id = ?1 AND emptied IS NULL AND (
        EXISTS (SELECT 1 FROM calls WHERE job = ?1 AND state = 'responded')
        OR EXISTS (SELECT 1 FROM originals WHERE job = ?1))
      """, [job.description]) != nil
  }

  /// A published job may go to its own directory again, unless another job was published there, or is on its way.
  private static func reserveOwn(_ job: Job, _ places: Places) throws {
    if let obstacle = try places.obstacleAt(job.place), obstacle.job != job.id {
      throw LedgerError.placeTaken(places.collision(job.place, obstacle))
    }
    try places.reserve(job.place, for: job.id)
    try places.database.run("UPDATE jobs SET collision = 'replace' WHERE id = ?", [job.id.description])
  }

  private static func settleAgain(_ job: Job, _ places: Places) throws {
    let asked = job.output.isEmpty ? job.name : "\(job.output)/\(job.name)"
    switch try places.settle(asked, job.collision) {
    case .settled(let place):
      try places.reserve(place, for: job.id)
      try places.database.run("UPDATE jobs SET place = ? WHERE id = ?", [place, job.id.description])
    case .after(let place, let other):
      throw LedgerError.placeTaken(Collision(place: place, obstacle: place, job: other))
    case .collision(let collision):
      throw LedgerError.placeTaken(collision)
    }
  }

  // MARK: Steps of a transaction

  /// Writes a job's new state; whatever it waited or was held for is over.
  static func enter(
    _ state: JobState, _ job: JobID, wait: Job.Wait? = nil, hold: HoldReason? = nil, error: String? = nil,
    at now: Timestamp, _ database: Database
  ) throws {
    try database.run(
      "UPDATE jobs SET state = ?, reason = ?, not_before = ?, since = ?, error = coalesce(?, error) WHERE id = ?",
      [
        state.rawValue, hold?.rawValue ?? wait?.reason.rawValue, wait.map { $0.until?.microseconds ?? Schema.never },
        now.microseconds, error, job.description,
      ])
  }

  /// Writes a job's end, and gives up its place.
  static func end(_ job: Job, error: String, at now: Timestamp, _ database: Database) throws {
    try enter(.failed, job.id, error: error, at: now, database)
    // A job that waits for its place has none to give up.
    if job.wait?.reason != .place { try Places(database: database) { _ in true }.release(by: job, at: now) }
  }
}
