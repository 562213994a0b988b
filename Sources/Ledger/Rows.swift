import Foundation
import GRDB
import Money

// How values lie in rows. Columns are read by position, in the order of each type's `columns`. GRDB traps when a column
// holds another type than is asked for; STRICT tables make SQLite refuse to store one, whoever writes.

extension Job {
  static let columns = """
    id, name, output, place, pipeline, priority, labels, source, source_identity, collision, model, step, item, \
    state, reason, not_before, received, since, published, error, emptied
    """

  init(_ row: Row) throws(LedgerError) {
    let text: String? = row[14]
    let state: JobState = try row.value(13, "jobs", "state")
    let until: Int64? = row[15]
    id = try row.value(0, "jobs", "id")
    name = row[1]
    output = row[2]
    place = row[3]
    pipeline = row[4]
    priority = row[5]
    labels = try row.dictionary(6, "jobs", "labels")
    source = row[7]
    sourceIdentity = row[8]
    collision = try row.value(9, "jobs", "collision")
    model = row[10]
    step = row[11]
    item = row[12]
    self.state = state
    if text != nil, state == .held {
      hold = try row.value(14, "jobs", "reason")
      wait = nil
    } else if text != nil {
      hold = nil
      wait = Wait(
        reason: try row.value(14, "jobs", "reason"),
        until: until.flatMap { $0 == Schema.never ? nil : Timestamp(microseconds: $0) })
    } else {
      hold = nil
      wait = nil
    }
    received = Timestamp(microseconds: row[16])
    since = Timestamp(microseconds: row[17])
    published = (row[18] as Int64?).map(Timestamp.init(microseconds:))
    error = row[19]
    emptied = (row[20] as Int64?).map(Timestamp.init(microseconds:))
  }
}

extension Call {
  static let columns = """
    job, ordinal, attempt, endpoint, model, state, status, response_id, headers, body, started, finished, reserved, \
    charged, error, step, item, reused
    """

  init(_ row: Row) throws(LedgerError) {
    job = try row.value(0, "calls", "job")
    ordinal = row[1]
    attempt = row[2]
    endpoint = row[3]
    model = row[4]
    state = try row.value(5, "calls", "state")
    status = row[6]
    responseID = row[7]
    headers = try row.dictionary(8, "calls", "headers")
    body = row[9]
    started = Timestamp(microseconds: row[10])
    finished = (row[11] as Int64?).map(Timestamp.init(microseconds:))
    reserved = (row[12] as Int64?).map(USD.init(microdollars:))
    charged = (row[13] as Int64?).map(USD.init(microdollars:))
    error = row[14]
    step = row[15]
    item = row[16]
    reused = row[17] as String? == nil ? nil : try row.value(17, "calls", "reused")
  }
}

extension Row {
  /// A value that is kept as its raw text.
  func value<Value: RawRepresentable<String>>(
    _ index: Int, _ table: String, _ column: String
  ) throws(LedgerError) -> Value {
    let text: String = self[index]
    guard let value = Value(rawValue: text) else { throw .unreadable(table: table, column: column, value: text) }
    return value
  }

  func value(_ index: Int, _ table: String, _ column: String) throws(LedgerError) -> JobID {
    let text: String = self[index]
    guard let id = JobID(text) else { throw .unreadable(table: table, column: column, value: text) }
    return id
  }

  /// A JSON object of strings.
  func dictionary(_ index: Int, _ table: String, _ column: String) throws(LedgerError) -> [String: String] {
    let text: String = self[index]
    if text == "{}" { return [:] }
    guard let found = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else {
      throw .unreadable(table: table, column: column, value: text)
    }
    return found
  }
}

/// JSON as it is kept, keys sorted.
func json(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

extension Database {
  /// Runs a statement that is prepared once for the connection.
  func run(_ sql: String, _ arguments: StatementArguments) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }

  func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
    try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
  }

  func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
    try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
  }

  /// The job, which must exist.
  func job(_ id: JobID) throws -> Job {
    guard let row = try row("SELECT \(Job.columns) FROM jobs WHERE id = ?", [id.description]) else {
      throw LedgerError.noSuchJob(id)
    }
    return try Job(row)
  }

  /// The job, which must stand in one of these states.
  func job(_ id: JobID, in states: Set<JobState>, for operation: String) throws -> Job {
    let job = try job(id)
    guard states.contains(job.state) else {
      throw LedgerError.illegalTransition(id, from: job.state, operation: operation)
    }
    return job
  }
}
