import GRDB

/// The outbox: rows of `deliveries`, taken up when they are due.
///
/// Times of `due` are by a clock of the caller's, so that a wall clock which jumps delays nothing; all others are for
/// people.
extension JobLedger {
  // MARK: Taking up

  /// What is to be attempted now, the longest due first; those under way included.
  public func dueDeliveries(at due: Timestamp, limit: Int) throws(LedgerError) -> [Delivery] {
    try read("list deliveries that are due") { database in
      try database.rows(
        "SELECT \(Delivery.columns) FROM deliveries WHERE not_before <= ? ORDER BY not_before, job, number LIMIT ?",
        [due.microseconds, limit]
      ).map(Delivery.init)
    }
  }

  /// When the next delivery after `due` is due.
  public func nextDeliveryDue(after due: Timestamp) throws(LedgerError) -> Timestamp? {
    try read("find the next delivery") { database in
      try database.row("SELECT min(not_before) FROM deliveries WHERE not_before > ?", [due.microseconds])
        .flatMap { $0[0] as Int64? }.map(Timestamp.init(microseconds:))
    }
  }

  /// An attempt begins: it counts from now on, and after a crash the next one is due at `otherwise`.
  ///
  /// - Returns: what is sent.
  public func beginDelivery(
    _ delivery: Delivery, otherwise: Timestamp, at now: Timestamp
  ) throws(LedgerError) -> String? {
    try write("begin a delivery") { database in
      let row = try database.pendingDelivery(delivery)
      try database.run(
        "UPDATE deliveries SET attempts = attempts + 1, started = ?, not_before = ? WHERE job = ? AND number = ?",
        [now.microseconds, otherwise.microseconds, delivery.job.description, delivery.number])
      return row[1]
    }
  }

  /// An attempt has ended. A command that is over lets those go that waited for it, up to the next command.
  ///
  /// - Parameter due: when they are due.
  public func finishDelivery(
    _ delivery: Delivery, _ result: DeliveryResult, due: Timestamp, at now: Timestamp
  ) throws(LedgerError) {
    try write("finish a delivery") { database in
      _ = try database.pendingDelivery(delivery)
      switch result {
      case .delivered:
        try Self.end(delivery, .delivered, error: nil, due: due, at: now, database)
      case .givenUp(let error):
        try Self.end(delivery, .givenUp, error: error, due: due, at: now, database)
      case .deferred(let until, let delay, let error):
        try database.run(
          "UPDATE deliveries SET not_before = ?, waited = waited + ?, error = ? WHERE job = ? AND number = ?",
          [until.microseconds, delay.microseconds, error, delivery.job.description, delivery.number])
      case .interrupted(let due):
        try database.run(
          "UPDATE deliveries SET not_before = ? WHERE job = ? AND number = ?",
          [due.microseconds, delivery.job.description, delivery.number])
      }
    }
  }

  /// No delivery is due later than `latest`: what says so was written by a clock that has been set since.
  public func recoverDeliveries(latest: Timestamp) throws(LedgerError) {
    try write("recover deliveries") { database in
      try database.run(
        "UPDATE deliveries SET not_before = ?1 WHERE not_before > ?1", [latest.microseconds])
    }
  }

  // MARK: Asking

  /// A job's deliveries in their order.
  public func deliveries(of job: JobID) throws(LedgerError) -> [Delivery] {
    try read("list a job's deliveries") { database in
      try database.rows(
        "SELECT \(Delivery.columns) FROM deliveries WHERE job = ? ORDER BY number", [job.description]
      ).map(Delivery.init)
    }
  }

  /// How many deliveries are still to be made.
  public func pendingDeliveries() throws(LedgerError) -> Int {
    try read("count deliveries") { database in
      try database.row("SELECT count(*) FROM deliveries WHERE state = 'pending'", [])?[0] ?? 0
    }
  }

  // MARK: Steps of a transaction

  /// Writes what follows a publication. What stands behind a command of the job waits for it.
  static func add(
    _ deliveries: [NewDelivery], to job: JobID, due: Timestamp, at now: Timestamp, _ database: Database
  ) throws {
    if deliveries.isEmpty { return }
    let last: Int? = try database.row("SELECT max(number) FROM deliveries WHERE job = ?", [job.description])?[0]
    var comesAfterCommand =
      try database.row(
        "SELECT 1 FROM deliveries WHERE job = ? AND state = 'pending' AND kind = 'run'", [job.description]) != nil
    for (index, delivery) in deliveries.enumerated() {
      try database.run(
        """
        INSERT INTO deliveries (job, number, key, kind, target, body, state, not_before, created)
        VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?)
        """,
        [
          job.description, (last ?? 0) + index + 1, delivery.key, delivery.kind.rawValue, delivery.target,
          delivery.body, comesAfterCommand ? nil : due.microseconds, now.microseconds,
        ])
      if delivery.kind == .run { comesAfterCommand = true }
    }
  }

  private static func end(
    _ delivery: Delivery, _ state: Delivery.State, error: String?, due: Timestamp, at now: Timestamp,
    _ database: Database
  ) throws {
    let job = delivery.job.description
    try database.run(
      """
      UPDATE deliveries SET state = ?, finished = ?, error = ?, not_before = NULL, body = NULL
      WHERE job = ? AND number = ?
      """, [state.rawValue, now.microseconds, error, job, delivery.number])
    guard delivery.kind == .run else { return }
    let waiting = try database.rows(
      "SELECT number, kind FROM deliveries WHERE job = ? AND number > ? AND state = 'pending' ORDER BY number",
      [job, delivery.number])
    for row in waiting {
      try database.run(
        "UPDATE deliveries SET not_before = ? WHERE job = ? AND number = ?",
        [due.microseconds, job, row[0] as Int])
      if row[1] as String == Delivery.Kind.run.rawValue { break }
    }
  }
}

extension Database {
  /// The number and the body of a delivery, which must be pending.
  fileprivate func pendingDelivery(_ delivery: Delivery) throws -> Row {
    guard
      let row = try row(
        "SELECT number, body FROM deliveries WHERE job = ? AND number = ? AND state = 'pending'",
        [delivery.job.description, delivery.number])
    else { throw LedgerError.noSuchDelivery(delivery.job, number: delivery.number) }
    return row
  }
}

extension Duration {
  fileprivate var microseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }
}

extension Delivery {
  fileprivate static let columns = """
    job, number, key, kind, target, state, attempts, waited, not_before, created, started, finished, error
    """

  fileprivate init(_ row: Row) throws(LedgerError) {
    job = try row.value(0, "deliveries", "job")
    number = row[1]
    key = row[2]
    kind = try row.value(3, "deliveries", "kind")
    target = row[4]
    state = try row.value(5, "deliveries", "state")
    attempts = row[6]
    waited = .microseconds(row[7] as Int64)
    due = (row[8] as Int64?).map(Timestamp.init(microseconds:))
    created = Timestamp(microseconds: row[9])
    started = (row[10] as Int64?).map(Timestamp.init(microseconds:))
    finished = (row[11] as Int64?).map(Timestamp.init(microseconds:))
    error = row[12]
  }
}
