import GRDB
import Glibc

/// Ledger: the truth about jobs, calls and money. Every change of state is one transaction that is durable when the
/// method returns, and that refuses what the state does not allow; a crash at any instruction leaves a state that the
/// next start carries on from. It knows nothing of files and networks: paths and answers are text that it keeps.
///
/// SQLite in WAL mode with `synchronous=FULL`: each commit is synced. All methods block, for one fsync when they write;
/// call them from a thread that may. Everything that fails is a ``LedgerError``, and then nothing was recorded.

/// The database of jobs, calls and charges.
public final class JobLedger: Sendable {
  /// As given.
  public let path: String

  private let queue: DatabaseQueue
  private let commit = SharedCommit()

  /// How long to wait for another process that writes.
  private static let busySeconds = 10.0

  /// Opens a ledger, making it where there is none, for this user alone (0600).
  ///
  /// A file that is damaged, of a newer version, or no ledger is left as it is.
  ///
  /// - Parameter mustExist: throws where there is none, instead of making one.
  public init(path: String, mustExist: Bool = false) throws(LedgerError) {
    self.path = path
    let isNew = mustExist ? false : try Self.makeFile(path)
    if !isNew { try Self.examine(path) }
    queue = try Self.describing("open it", path) {
      var configuration = Configuration()
      configuration.label = "ledger"
      configuration.busyMode = .timeout(Self.busySeconds)
      configuration.prepareDatabase { try Self.prepare($0, path: path) }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let version = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
      if version != Schema.version { try queue.write { try Self.migrate($0, path: path) } }
      return queue
    }
  }

  // MARK: Opening

  /// SQLite would make the file with the umask's mode; its -wal and -shm files take their mode from it.
  ///
  /// - Returns: whether it was made now.
  private static func makeFile(_ path: String) throws(LedgerError) -> Bool {
    let mode: mode_t = 0o600
    // C borrows the path for each call. A file that exists is not opened: closing a descriptor of it would drop the
    // locks that SQLite holds on it in this process (fcntl(2)).
    let file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    if file >= 0 {
      Glibc.close(file)
      return true
    }
    guard errno == EEXIST else { throw .fileSystem(path: path, call: "open", errno: errno) }
    guard unsafe chmod(path, mode) == 0 else { throw .fileSystem(path: path, call: "chmod", errno: errno) }
    return false
  }

  /// Looks at a file before anything is written to it: the connection is read-only, so that not even closing it, which
  /// would fold the -wal file into the database, changes a byte.
  private static func examine(_ path: String) throws(LedgerError) {
    try describing("examine it", path) {
      do {
        try examine(path, isReadOnly: true)
      } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
        // A crash while the file was being made, and had no -wal file yet: what was begun is undone by whoever can write.
        try examine(path, isReadOnly: false)
      }
    }
  }

  private static func examine(_ path: String, isReadOnly: Bool) throws {
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    configuration.busyMode = .timeout(Self.busySeconds)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.read { database in
      let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
      let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
      // An empty file was made just before a crash.
      if version == 0, application == 0, tables == 0 { return }
      guard application == Schema.applicationID else { throw LedgerError.notALedger(path: path) }
      guard version <= Schema.version else {
        throw LedgerError.newerSchema(path: path, found: version, known: Schema.version)
      }
      let findings = try String.fetchAll(database, sql: "PRAGMA quick_check(3)")
      guard findings == ["ok"] else {
        throw LedgerError.damaged(path: path, detail: findings.joined(separator: "; "))
      }
    }
    try queue.close()
  }

  /// Sets what durability needs, and asks whether SQLite keeps to it. GRDB's own WAL set-up would say NORMAL, which may
  /// lose the last commits when the power fails.
  private static func prepare(_ database: Database, path: String) throws {
    let settings = [
      ("journal_mode", "WAL", "wal"), ("synchronous", "FULL", "2"), ("foreign_keys", "ON", "1"),
      ("cell_size_check", "ON", "1"), ("trusted_schema", "OFF", "0"),
    ]
    for (name, value, expected) in settings {
      // journal_mode answers with what it is now; the others answer nothing.
      _ = try Row.fetchAll(database, sql: "PRAGMA \(name) = \(value)")
      let found = try String.fetchOne(database, sql: "PRAGMA \(name)") ?? "nothing"
      guard found == expected else {
        throw LedgerError.notDurable(path: path, setting: "\(name)=\(value)", found: found)
      }
    }
  }

  /// In one transaction: a crash leaves the old version or the new one.
  private static func migrate(_ database: Database, path: String) throws {
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard found <= Schema.version else {
      throw LedgerError.newerSchema(path: path, found: found, known: Schema.version)
    }
    if found == Schema.version { return }
    for step in Schema.steps[found...] { try database.execute(sql: step) }
    try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(Schema.version)")
  }

  // MARK: Transactions

  /// All of `body`, durable when this returns, or nothing; see ``SharedCommit``. The write lock is taken first, so that
  /// what it read still holds when it writes, also with other processes.
  func write<Result>(
    _ operation: String, _ body: (Database) throws -> Result
  ) throws(LedgerError) -> Result {
    try Self.describing(operation, path) {
      var result: Result?
      try commit.write(to: queue) { result = try body($0) }
      guard let result else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
      return result
    }
  }

  /// One consistent view. GRDB's own read-only access sets a PRAGMA at its begin and its end, which makes SQLite prepare
  /// every cached statement anew.
  func read<Result>(_ operation: String, _ body: (Database) throws -> Result) throws(LedgerError) -> Result {
    try Self.describing(operation, path) {
      try queue.unsafeRead { database in
        var result: Result?
        try database.inTransaction(.deferred) {
          result = try body(database)
          return .commit
        }
        guard let result else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        return result
      }
    }
  }

  private static func describing<Result>(
    _ operation: String, _ path: String, _ body: () throws -> Result
  ) throws(LedgerError) -> Result {
    do {
      return try body()
    } catch let error as LedgerError {
      throw error
    } catch let error as DatabaseError {
      let message = error.message ?? "no message"
      switch error.resultCode {
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw .damaged(path: path, detail: message)
      default:
        throw .database(
          operation: operation, path: path, code: Int(error.extendedResultCode.rawValue), message: message)
      }
    } catch {
      throw .database(operation: operation, path: path, code: 1, message: "\(error)")
    }
  }

  /// Folds the -wal file into the database and closes it. Later calls throw.
  public func close() throws(LedgerError) {
    try Self.describing("close it", path) { try queue.close() }
  }
}
