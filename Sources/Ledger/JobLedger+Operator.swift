import GRDB

/// How many jobs of a pipeline stand somewhere for the same reason, by the age that they have reached.
public struct JobAges: Hashable, Sendable {
  public let pipeline: String
  public let state: JobState
  public let wait: WaitReason?
  public let hold: HoldReason?
  /// One number for each limit, and a last one for what is older than all.
  public let counts: [Int]
  /// When the oldest of them was received.
  public let oldest: Timestamp
}

extension JobLedger {
  /// The shape of the queue: ages since the request was received.
  ///
  /// - Parameter limits: ascending; a job counts for the first that is not less than its age.
  public func ages(
    in states: Set<JobState>, limits: [Duration], at now: Timestamp
  ) throws(LedgerError) -> [JobAges] {
    let limits = limits.map { $0.components.seconds * 1_000_000 + $0.components.attoseconds / 1_000_000_000_000 }
    let younger = limits.map { "count(*) FILTER (WHERE ?1 - received <= \($0))" }.joined(separator: ", ")
    return try read("look at the queue's ages") { database in
      let rows = try database.rows(
        """
        SELECT pipeline, state, reason, count(*), min(received)\(limits.isEmpty ? "" : ", \(younger)")
        FROM jobs WHERE state IN (SELECT value FROM json_each(?2))
        GROUP BY pipeline, state, reason ORDER BY pipeline, state, reason
        """, [now.microseconds, try json(states.map(\.rawValue).sorted())])
      return try rows.map { row in
        let state: JobState = try row.value(1, "jobs", "state")
        let hasReason = row[2] as String? != nil
        let cumulative = limits.indices.map { row[5 + $0] as Int } + [row[3]]
        return JobAges(
          pipeline: row[0], state: state, wait: hasReason && state != .held ? try row.value(2, "jobs", "reason") : nil,
          hold: hasReason && state == .held ? try row.value(2, "jobs", "reason") : nil,
          counts: cumulative.indices.map { cumulative[$0] - ($0 > 0 ? cumulative[$0 - 1] : 0) },
          oldest: Timestamp(microseconds: row[4]))
      }
    }
  }

  /// The jobs whose ids begin so, the oldest first.
  ///
  /// - Parameter prefix: of an id as it is written: lower-case hexadecimal and hyphens.
  public func jobs(withPrefix prefix: String, limit: Int) throws(LedgerError) -> [JobID] {
    try read("look for a job") { database in
      // Behind every character that an id may have.
      try database.rows(
        "SELECT id FROM jobs WHERE id >= ?1 AND id < ?1 || 'g' ORDER BY id LIMIT ?2", [prefix, limit]
      ).map { try $0.value(0, "jobs", "id") }
    }
  }

  /// The job that is on its way to a place.
  public func reservation(of place: String) throws(LedgerError) -> JobID? {
    try read("look for who has a place") { database in
      try database.row("SELECT job FROM places WHERE place = ?", [place])?.value(0, "places", "job")
    }
  }

  /// The calls of all jobs that began in a time, its end not included, in the order of their begin.
  public func calls(from start: Timestamp, until end: Timestamp) throws(LedgerError) -> [Call] {
    try read("list the calls of a time") { database in
      try database.rows(
        """
        SELECT \(Call.columns) FROM calls WHERE started >= ? AND started < ? ORDER BY started, job, ordinal, attempt
        """, [start.microseconds, end.microseconds]
      ).map { try Call($0) }
    }
  }
}
