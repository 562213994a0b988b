import GRDB

extension JobLedger {
  /// Jobs that ended and whose blobs are kept, those that ended first before the others.
  ///
  /// - Parameters:
  ///   - end: they ended before it.
  ///   - after: the last one of the page before; nil for the first page.
  public func kept(
    endedBefore end: Timestamp, after last: Job? = nil, limit: Int = 100
  ) throws(LedgerError) -> [Job] {
    try read("look for what is kept") { database in
      let start: (since: Int64, id: String) = last.map { ($0.since.microseconds, $0.id.description) } ?? (.min, "")
      return try database.rows(
        """
        SELECT \(Job.columns) FROM jobs INDEXED BY jobs_kept
        WHERE state IN ('published', 'failed') AND emptied IS NULL AND since < ? AND (since, id) > (?, ?)
        ORDER BY since, id LIMIT ?
        """, [end.microseconds, start.since, start.id, limit]
      ).map { try Job($0) }
    }
  }

  /// Says, before they are removed, that the blobs of ended jobs are kept no longer, and forgets their requests: nothing
  /// goes on from them.
  ///
  /// - Returns: those whose blobs may be removed; a job that was taken up again meanwhile is not among them.
  public func giveUpBlobs(of jobs: [JobID], at now: Timestamp) throws(LedgerError) -> [JobID] {
    try write("give up blobs") { database in
      try jobs.filter { job in
        try database.run(
          """
          UPDATE jobs SET emptied = ? WHERE id = ? AND state IN ('published', 'failed') AND emptied IS NULL
          """, [now.microseconds, job.description])
        guard database.changesCount > 0 else { return false }
        try database.run("DELETE FROM documents WHERE job = ?", [job.description])
        return true
      }
    }
  }

  /// Forgets jobs that ended before a time and whose blobs are gone, with their calls. What they cost stays in the sums
  /// that budgets are asked of, and is missing from those of ``charges(since:until:)``.
  ///
  /// - Returns: how many were forgotten; as many as `limit` when there may be more.
  public func forget(endedBefore end: Timestamp, limit: Int = 100) throws(LedgerError) -> Int {
    try write("forget jobs") { database in
      try database.run(
        """
        DELETE FROM jobs WHERE id IN (
          SELECT id FROM jobs INDEXED BY jobs_emptied WHERE emptied IS NOT NULL AND since < ? ORDER BY since LIMIT ?)
        """, [end.microseconds, limit])
      return database.changesCount
    }
  }
}
