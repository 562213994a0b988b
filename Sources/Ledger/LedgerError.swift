/// Why the ledger did not record something.
public enum LedgerError: Error, Hashable, Sendable {
  /// The state does not allow it; nothing changed.
  case illegalTransition(JobID, from: JobState, operation: String)
  case noSuchJob(JobID)
  /// The call is not the one under way.
  case noSuchCall(JobID, ordinal: Int, attempt: Int)
  /// The delivery is not one that is still to be made.
  case noSuchDelivery(JobID, number: Int)
  /// A job only goes on to calls behind the one it is at.
  case notAhead(JobID, step: Int, item: Int, isAtStep: Int, isAtItem: Int)
  /// Another job has the place now.
  case placeTaken(Collision)
  /// Nothing was kept that the job could be processed from.
  case nothingKept(JobID)
  /// The file was written by a newer version; it was not touched.
  case newerSchema(path: String, found: Int, known: Int)
  /// The file is a database, but not a ledger; it was not touched.
  case notALedger(path: String)
  /// The file is damaged; it was not touched. `detail` is SQLite's word.
  case damaged(path: String, detail: String)
  /// SQLite does not keep to the setting that durability needs.
  case notDurable(path: String, setting: String, found: String)
  /// The file could not be made or given its mode.
  case fileSystem(path: String, call: String, errno: Int32)
  /// SQLite failed; `code` is its extended result code.
  case database(operation: String, path: String, code: Int, message: String)
  /// A row holds what this version never writes.
  case unreadable(table: String, column: String, value: String)
}

extension LedgerError {
  /// The disk is full; it may pass. (SQLITE_FULL)
  public var isOutOfRoom: Bool {
    if case .database(_, _, let code, _) = self { return code & 0xFF == 13 }
    return false
  }

  /// It may work another time: ``isOutOfRoom``, ``isBusy``.
  public var mayPass: Bool { isOutOfRoom || isBusy }

  /// Another process holds the ledger for longer than the time-out. (SQLITE_BUSY)
  public var isBusy: Bool {
    if case .database(_, _, let code, _) = self { return code & 0xFF == 5 }
    return false
  }
}

extension LedgerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .illegalTransition(let job, let state, let operation):
      "job \(job) is \(state.rawValue): \(operation) is not possible now; see `darkroom jobs show \(job)`"
    case .noSuchJob(let job): "there is no job \(job); `darkroom jobs list` shows which there are"
    case .noSuchCall(let job, let ordinal, let attempt):
      "call \(ordinal), attempt \(attempt), of job \(job) is not under way"
    case .noSuchDelivery(let job, let number): "delivery \(number) of job \(job) is not to be made"
    case .notAhead(let job, let step, let item, let currentStep, let currentItem):
      "job \(job) is at step \(currentStep), image \(currentItem), and cannot go on to step \(step), image \(item); "
        + "requeue it with all its calls to begin anew"
    case .placeTaken(let collision): "\(collision); move that away, or take another name"
    case .nothingKept(let job): "nothing is kept of job \(job) to go on from; drop its request again"
    case .newerSchema(let path, let found, let known):
      "\(path) was written by a newer version (schema \(found), this one knows \(known)); nothing was changed; "
        + "use the newer version"
    case .notALedger(let path): "\(path) is a database, but no ledger; nothing was changed; name another file"
    case .damaged(let path, let detail):
      "\(path) is damaged (\(detail)); nothing was changed; "
        + "keep a copy, then restore a backup or try `sqlite3 \(path) .recover`"
    case .notDurable(let path, let setting, let found):
      "\(path): SQLite does not keep to \(setting), it says \(found); put the ledger on a local file system"
    case .fileSystem(let path, let call, let errno):
      "\(path): \(call) failed (errno \(errno)); see that the folder exists and is the daemon's"
    case .database(let operation, let path, let code, let message):
      "\(path): SQLite failed to \(operation): \(message) (code \(code)); nothing of it was recorded"
    case .unreadable(let table, let column, let value):
      "the ledger's \(table).\(column) holds \"\(value)\", which no version known here writes; see who changed it"
    }
  }
}
