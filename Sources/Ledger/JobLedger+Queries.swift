import GRDB

extension JobLedger {
  /// The queue's head: jobs whose time has come, by priority, then age. Jobs that waited until `now` wait no longer.
  ///
  /// - Parameter models: which are paused; jobs that would call them are passed over.
  public func nextQueued(
    limit: Int = 1, excludingModels models: Set<String> = [], now: Timestamp
  ) throws(LedgerError) -> [Job] {
    try wakeDue(now: now)
    return try read("look at the queue") { database in
      let passed = models.isEmpty ? "" : " AND (model IS NULL OR model NOT IN (SELECT value FROM json_each(?)))"
      let sql = """
        SELECT \(Job.columns) FROM jobs INDEXED BY jobs_ready WHERE state = 'queued' AND not_before IS NULL\(passed)
        ORDER BY priority DESC, id LIMIT ?
        """
      var arguments: StatementArguments = []
      if !models.isEmpty { arguments += [try json(models.sorted())] }
      arguments += [limit]
      return try database.rows(sql, arguments).map { try Job($0) }
    }
  }

  /// Jobs that waited until `now`, queued or responded, wait no longer.
  public func wakeDue(now: Timestamp) throws(LedgerError) {
    let isDue = try read("look for due jobs") { database in
      try database.row("SELECT 1 FROM jobs WHERE not_before <= ? LIMIT 1", [now.microseconds]) != nil
    }
    guard isDue else { return }
    try write("wake due jobs") { database in
      try database.run("UPDATE jobs SET reason = NULL, not_before = NULL WHERE not_before <= ?", [now.microseconds])
    }
  }

  /// When the next waiting job's time comes; nil when none waits for a time.
  public func nextDue() throws(LedgerError) -> Timestamp? {
    try read("look for the next due job") { database in
      let row = try database.row("SELECT min(not_before) FROM jobs WHERE not_before < ?", [Schema.never])
      let due: Int64? = row?[0]
      return due.map(Timestamp.init(microseconds:))
    }
  }

  /// Responded jobs that wait for nothing, by priority, then age.
  public func nextResponded(limit: Int = 1) throws(LedgerError) -> [Job] {
    try read("look for responded jobs") { database in
      try database.rows(
        """
        SELECT \(Job.columns) FROM jobs WHERE state = 'responded' AND not_before IS NULL
        ORDER BY priority DESC, id LIMIT ?
        """, [limit]
      ).map { try Job($0) }
    }
  }

  /// The job.
  public func job(_ id: JobID) throws(LedgerError) -> Job {
    try read("look at a job") { try $0.job(id) }
  }

  /// Jobs in these states, oldest first, page by page.
  ///
  /// - Parameter after: the last job of the page before.
  public func jobs(
    in states: Set<JobState> = Set(JobState.allCases), after: JobID? = nil, limit: Int = 1000
  ) throws(LedgerError) -> [Job] {
    try read("list jobs") { database in
      try database.rows(
        """
        SELECT \(Job.columns) FROM jobs WHERE id > ? AND state IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?
        """, [after?.description ?? "", json(states.map(\.rawValue).sorted()), limit]
      ).map { try Job($0) }
    }
  }

  /// How many jobs stand where, and how old the oldest is; in the states' order, then by reason.
  public func counts() throws(LedgerError) -> [JobCount] {
    try read("count jobs") { database in
      let rows = try database.rows(
        "SELECT state, reason, count(*), min(received) FROM jobs GROUP BY state, reason ORDER BY state, reason", [])
      let counts = try rows.map { row in
        let state: JobState = try row.value(0, "jobs", "state")
        let hasReason = row[1] as String? != nil
        return JobCount(
          state: state, wait: hasReason && state != .held ? try row.value(1, "jobs", "reason") : nil,
          hold: hasReason && state == .held ? try row.value(1, "jobs", "reason") : nil, count: row[2],
          oldest: Timestamp(microseconds: row[3]))
      }
      return JobState.allCases.flatMap { state in counts.filter { $0.state == state } }
    }
  }

  /// The job's calls, all attempts, in order.
  public func calls(of job: JobID) throws(LedgerError) -> [Call] {
    try read("list calls") { database in
      try database.rows(
        "SELECT \(Call.columns) FROM calls WHERE job = ? ORDER BY ordinal, attempt", [job.description]
      ).map { try Call($0) }
    }
  }

  /// The job's originals, in order.
  public func originals(of job: JobID) throws(LedgerError) -> [Original] {
    try read("list originals") { database in
      try database.rows(
        """
        SELECT number, ordinal, file, format, width, height, bytes, sha256 FROM originals WHERE job = ? ORDER BY number
        """, [job.description]
      ).map { row in
        Original(
          index: row[0], ordinal: row[1], file: row[2], format: row[3], width: row[4], height: row[5], bytes: row[6],
          sha256: row[7])
      }
    }
  }

  /// What was published of the job, in order.
  public func outputs(of job: JobID) throws(LedgerError) -> [OutputRecord] {
    try read("list outputs") { database in
      try database.rows(
        """
        SELECT file, variant, format, width, height, bytes, sha256, metadata FROM outputs WHERE job = ? ORDER BY number
        """, [job.description]
      ).map { row in
        OutputRecord(
          file: row[0], variant: row[1], format: row[2], width: row[3], height: row[4], bytes: row[5], sha256: row[6],
          metadata: row[7])
      }
    }
  }

  /// What was remarked when the job was published, in order.
  public func warnings(of job: JobID) throws(LedgerError) -> [String] {
    try read("list warnings") { database in
      try database.rows("SELECT warning FROM warnings WHERE job = ? ORDER BY number", [job.description]).map { $0[0] }
    }
  }

  /// What all calls since a time count for: charges, and the worst price of those whose outcome is not known.
  public func spent(since start: Timestamp) throws(LedgerError) -> USD {
    try read("add up charges") { database in
      let row = try database.row("SELECT coalesce(sum(counted), 0) FROM calls WHERE started >= ?", [start.microseconds])
      return USD(microdollars: row?[0] ?? 0)
    }
  }

  /// What all calls of a job count for.
  public func spent(on job: JobID) throws(LedgerError) -> USD {
    try read("add up charges") { database in
      let row = try database.row("SELECT coalesce(sum(counted), 0) FROM calls WHERE job = ?", [job.description])
      return USD(microdollars: row?[0] ?? 0)
    }
  }
}
