import GRDB

extension JobLedger {
  /// The queue's head: of the jobs whose time has come, those of the highest priority; of these, the oldest of the
  /// pipeline whose turn it is. Jobs that waited until `now` wait no longer.
  ///
  /// - Parameters:
  ///   - pipeline: which was served last; the next one by name has its turn, so that a pipeline with thousands of jobs
  ///     keeps none of the others waiting for more than one of them.
  ///   - models: which are paused; jobs that would call them are passed over. The empty name stands for calls without
  ///     a model.
  public func nextQueued(
    afterPipeline pipeline: String? = nil, excludingModels models: Set<String> = [], now: Timestamp
  ) throws(LedgerError) -> Job? {
    try wakeDue(now: now)
    return try read("look at the queue") { database in
      let passed: StatementArguments = models.isEmpty ? [] : [try json(models.sorted())]
      let ready = """
        FROM jobs INDEXED BY jobs_ready WHERE state = 'queued' AND not_before IS NULL\
        \(models.isEmpty ? "" : " AND coalesce(model, '') NOT IN (SELECT value FROM json_each(?))")
        """
      let highest = try database.row("SELECT priority \(ready) ORDER BY priority DESC LIMIT 1", passed)
      guard let highest else { return nil }
      let priority: StatementArguments = [highest[0] as Int]
      let order = "ORDER BY pipeline, id LIMIT 1"
      let behind = try pipeline.flatMap { pipeline in
        try database.row(
          "SELECT \(Job.columns) \(ready) AND priority = ? AND pipeline > ? \(order)", passed + priority + [pipeline])
      }
      let next =
        try behind ?? database.row("SELECT \(Job.columns) \(ready) AND priority = ? \(order)", passed + priority)
      return try next.map { try Job($0) }
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
        SELECT \(Job.columns) FROM jobs INDEXED BY jobs_responded WHERE state = 'responded' AND not_before IS NULL
        ORDER BY priority DESC, id LIMIT ?
        """, [limit]
      ).map { try Job($0) }
    }
  }

  /// The job.
  public func job(_ id: JobID) throws(LedgerError) -> Job {
    try read("look at a job") { try $0.job(id) }
  }

  /// Jobs in these states, page by page, in the order of their acceptance or against it. It reads no more than a page,
  /// however many jobs there are; with a pipeline or a reason also the index of those that are passed over.
  ///
  /// - Parameters:
  ///   - pipeline: only its jobs; nil for those of all.
  ///   - reason: only jobs that wait or are held for it: the text of a ``WaitReason`` or ``HoldReason``; nil for all.
  ///   - after: the last job of the page before.
  public func jobs(
    in states: Set<JobState> = Set(JobState.allCases), pipeline: String? = nil, reason: String? = nil,
    order: JobOrder = .oldestFirst, after: JobID? = nil, limit: Int = 1000
  ) throws(LedgerError) -> [Job] {
    if states.isEmpty { return [] }
    let (comparison, direction) =
      switch order {
      case .oldestFirst: (">", "ASC")
      case .newestFirst: ("<", "DESC")
      }
    // A state at a time, for the index has the ids of one state in order, not those of several: SQLite merges them.
    let sql =
      states.map(\.rawValue).sorted().map { state in
        """
        SELECT \(Job.columns) FROM jobs INDEXED BY jobs_listed WHERE state = '\(state)'
        \(after == nil ? "" : "AND id \(comparison) :after") \(pipeline == nil ? "" : "AND pipeline = :pipeline")
        \(reason == nil ? "" : "AND reason = :reason")
        """
      }.joined(separator: "\nUNION ALL\n") + "\nORDER BY id \(direction) LIMIT :limit"
    return try read("list jobs") { database in
      var arguments: StatementArguments = ["limit": limit]
      if let after { arguments += ["after": after.description] }
      if let pipeline { arguments += ["pipeline": pipeline] }
      if let reason { arguments += ["reason": reason] }
      return try database.rows(sql, arguments).map { try Job($0) }
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

  /// The answers that count, at most one for each step and item, in that order. Of several the last does; and where an
  /// earlier call was answered anew, what was made of its old answer counts no more.
  public func answers(of job: JobID) throws(LedgerError) -> [Call] {
    var answers: [Call] = []
    for call in try calls(of: job) where call.state == .responded {
      while let last = answers.last, (last.step, last.item) >= (call.step, call.item) { answers.removeLast() }
      answers.append(call)
    }
    return answers
  }

  /// The calls of all jobs that began or ended since a time, in the order of their begin.
  public func recentCalls(since start: Timestamp) throws(LedgerError) -> [Call] {
    try read("list recent calls") { database in
      // The plus keeps SQLite from walking all calls by their start instead of looking up either time.
      try database.rows(
        """
        SELECT \(Call.columns) FROM calls WHERE (started >= ?1 OR finished >= ?1) AND reused IS NULL
        ORDER BY +started, job, ordinal, attempt
        """, [start.microseconds]
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
}
