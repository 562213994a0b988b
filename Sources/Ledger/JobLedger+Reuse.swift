import GRDB

extension JobLedger {
  /// The job that was published last of those that asked the same and whose answers are kept, with its answers in the
  /// order of ``answers(of:)``.
  ///
  /// - Parameter fingerprint: see ``NewJob/fingerprint``.
  public func answers(toSame fingerprint: String) throws(LedgerError) -> [Call] {
    let found: JobID? = try read("look for the same request") { database in
      try database.row(
        """
        SELECT id FROM jobs WHERE fingerprint = ? AND state = 'published' AND emptied IS NULL
        ORDER BY published DESC LIMIT 1
        """, [fingerprint]
      )?.value(0, "jobs", "id")
    }
    return try found.map { (job) throws(LedgerError) in try answers(of: job) } ?? []
  }

  /// Answers that another job paid for: they count for nothing here.
  static func insert(_ answers: [Call], of job: JobID, _ database: Database) throws {
    for answer in answers {
      try database.run(
        """
        INSERT INTO calls (job, ordinal, attempt, step, item, endpoint, model, state, status, response_id, headers, body,
          started, finished, reserved, charged, counted, reused)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'responded', ?, ?, ?, ?, ?, ?, NULL, NULL, 0, ?)
        """,
        [
          job.description, answer.ordinal, answer.attempt, answer.step, answer.item, answer.endpoint, answer.model,
          answer.status, answer.responseID, json(answer.headers), answer.body, answer.started.microseconds,
          answer.finished?.microseconds, (answer.reused ?? answer.job).description,
        ])
    }
  }
}
