import GRDB
import Money

extension JobLedger {
  /// What all calls that began on a day in UTC count for: charges, and the worst price of those whose outcome or price
  /// is not known.
  public func spent(onDayOf time: Timestamp) throws(LedgerError) -> USD {
    try read("add up charges") { try Self.spent(onDayOf: time, $0) }
  }

  /// What all calls of a job count for.
  public func spent(on job: JobID) throws(LedgerError) -> USD {
    try read("add up charges") { try Self.spent(on: job, $0) }
  }

  private static func spent(onDayOf time: Timestamp, _ database: Database) throws -> USD {
    let row = try database.row("SELECT counted FROM days WHERE day = ?", [time.startOfDay.microseconds])
    return USD(microdollars: row?[0] ?? 0)
  }

  private static func spent(on job: JobID, _ database: Database) throws -> USD {
    let row = try database.row("SELECT coalesce(sum(counted), 0) FROM calls WHERE job = ?", [job.description])
    return USD(microdollars: row?[0] ?? 0)
  }

  /// The limit that a call would pass; nil when it may go out. The answer holds as long as the write transaction in
  /// which it is given.
  static func limit(
    of budget: Budget, passedBy needed: USD, for job: JobID, at now: Timestamp, _ database: Database
  ) throws -> BudgetLimit? {
    // The job's first: waiting for tomorrow does not help against it.
    if let limit = budget.perJob {
      let spent = try spent(on: job, database)
      if limit - spent < needed { return .job(limit: limit, spent: spent, needed: needed) }
    }
    if let limit = budget.perDay {
      let spent = try spent(onDayOf: now, database)
      if limit - spent < needed {
        return .day(limit: limit, spent: spent, needed: needed, until: now.startOfNextDay)
      }
    }
    return nil
  }

  /// What was charged, or may have been, for calls that began in a time: by day, pipeline and model, in that order.
  ///
  /// - Parameters:
  ///   - start: nil for the very beginning.
  ///   - end: not included; nil for no end.
  public func charges(since start: Timestamp? = nil, until end: Timestamp? = nil) throws(LedgerError) -> [ChargeLine] {
    try read("add up charges") { database in
      // SQLite's % has the sign of the dividend; the day before 1970 begins before it all the same.
      try database.rows(
        """
        SELECT started - (started % ?1 + ?1) % ?1 AS day, jobs.pipeline, coalesce(calls.model, calls.endpoint) AS spender,
          sum(calls.state = 'responded'),
          sum(iif(calls.state = 'responded', coalesce(charged, 0), 0)),
          sum(calls.state = 'responded' AND charged IS NULL),
          sum(iif(calls.state = 'responded' AND charged IS NULL, counted, 0)),
          sum(calls.state != 'responded'),
          sum(iif(calls.state != 'responded', counted, 0))
        FROM calls JOIN jobs ON jobs.id = calls.job
        WHERE started >= ?2 AND started < ?3 AND calls.state IN ('intended', 'responded', 'unknown')
        GROUP BY day, pipeline, spender ORDER BY day, pipeline, spender
        """, [Timestamp.microsecondsOfADay, start?.microseconds ?? .min, end?.microseconds ?? .max]
      ).map { row in
        ChargeLine(
          day: Timestamp(microseconds: row[0]), pipeline: row[1], model: row[2], calls: row[3],
          charged: USD(microdollars: row[4]), unpricedCalls: row[5], unpriced: USD(microdollars: row[6]),
          uncertainCalls: row[7], uncertain: USD(microdollars: row[8]))
      }
    }
  }
}
