import GRDB

extension JobLedger {
  /// Makes a job of a request and reserves its place, or says what is in the way.
  ///
  /// - Parameter isOccupied: whether something lies at a place in the output tree now. It is asked within the
  ///   transaction, and must not use the ledger.
  public func accept(_ job: NewJob, isOccupied: @escaping (String) -> Bool) throws(LedgerError) -> Acceptance {
    let acceptances = try accept([job], isOccupied: isOccupied)
    return acceptances[0]
  }

  /// Makes jobs of all requests of one file, in one transaction: after a crash none of them is a job, or all are.
  /// Returns one answer each, in order; a collision of one does not touch the others.
  public func accept(_ jobs: [NewJob], isOccupied: @escaping (String) -> Bool) throws(LedgerError) -> [Acceptance] {
    try write("accept a request") { database in
      let places = Places(database: database, isOccupied: isOccupied)
      return try jobs.map { try Self.accept($0, places) }
    }
  }

  private static func accept(_ new: NewJob, _ places: Places) throws -> Acceptance {
    switch try places.settle(new.place, new.collision) {
    case .collision(let collision):
      return .collision(collision)
    case .settled(let place):
      try insert(new, place: place, wait: nil, places.database)
      try places.reserve(place, for: new.id)
    case .after(let place, _):
      try insert(new, place: place, wait: .place, places.database)
    }
    return .accepted(try places.database.job(new.id))
  }

  private static func insert(_ new: NewJob, place: String, wait: WaitReason?, _ database: Database) throws {
    try database.run(
      """
      INSERT INTO jobs (id, name, output, place, pipeline, priority, labels, source, source_identity, collision, model,
        step, item, fingerprint, state, reason, not_before, received, since)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        new.id.description, new.name, new.output, place, new.pipeline, new.priority, json(new.labels), new.source,
        new.sourceIdentity, new.collision.rawValue, new.model,
        new.answers.last?.step ?? 1, new.answers.last?.item ?? 1, new.fingerprint,
        (new.makesCalls && new.answers.isEmpty ? JobState.queued : .responded).rawValue, wait?.rawValue,
        wait.map { _ in Schema.never },
        new.received.microseconds, new.received.microseconds,
      ])
    try insertDocuments(of: new, database)
    try insert(new.answers, of: new.id, database)
  }

  /// The jobs that were made of this version of a request's file: after a crash between commit and unlink the file lies
  /// in the inbox still, and is to be removed, not accepted again.
  public func jobs(claimedFrom source: String, identity: String) throws(LedgerError) -> [JobID] {
    try read("look for a request") { database in
      try database.rows(
        "SELECT id FROM jobs WHERE source = ? AND source_identity = ? ORDER BY id", [source, identity]
      ).map { try $0.value(0, "jobs", "id") }
    }
  }
}
