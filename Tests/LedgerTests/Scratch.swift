import Foundation
import GRDB
import Money
import Synchronization

@testable import Ledger

/// A directory of a test's own with a ledger in it, removed with it.
final class Scratch: Sendable {
  let folder: String
  var path: String { folder + "/ledger.sqlite" }

  init() throws {
    folder = NSTemporaryDirectory() + "/ledger-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func ledger() throws -> JobLedger { try JobLedger(path: path) }

  /// What Debian's sqlite3 says about the file: another build of SQLite than ours, in another process.
  ///
  /// - Parameter commands: SQL, or the shell's own commands, each beginning with a dot.
  func sqlite3(_ commands: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/sqlite3")
    process.arguments = ["-batch", path] + commands
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// How SQLite goes about the statements that `body` runs: the lines of their plans. (EXPLAIN QUERY PLAN)
  func plan(_ ledger: JobLedger, _ body: () throws -> Void) throws -> [String] {
    let statements = Statements()
    try ledger.write("listen") { database in
      database.trace { statements.append($0) }
    }
    try body()
    return try statements.texts.flatMap { sql in
      try sqlite3("EXPLAIN QUERY PLAN " + sql).split(separator: "\n").compactMap { line in
        // The first line is a title; the others are a tree.
        line == "QUERY PLAN" ? nil : String(line.drop { " |`-".contains($0) })
      }
    }
  }

  func bytes(_ suffix: String = "") throws -> Data { try Data(contentsOf: URL(filePath: path + suffix)) }
}

/// Statements that read or change rows, as SQLite's trace reports them, with their arguments.
private final class Statements: Sendable {
  private let traced = Mutex([String]())

  func append(_ event: Database.TraceEvent) {
    let text = event.expandedDescription
    guard ["SELECT", "INSERT", "UPDATE", "DELETE"].contains(where: text.hasPrefix) else { return }
    traced.withLock { $0.append(text) }
  }

  var texts: [String] { traced.withLock { $0 } }
}

extension Timestamp {
  /// Seconds after an arbitrary moment.
  static func at(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: 1_700_000_000_000_000 + seconds * 1_000_000) }
}

extension NewJob {
  static func named(
    _ name: String, output: String = "web", priority: Int = 0, _ collision: CollisionRule = .fail,
    model: String? = "sd35", pipeline: String = "web",
    source: String? = nil, received: Timestamp = .at(0)
  ) -> NewJob {
    NewJob(
      id: .next(), name: name, output: output, pipeline: pipeline, priority: priority, labels: ["campaign": "autumn"],
      source: source ?? "\(output)/\(name).json", sourceIdentity: "1:2:3.4", collision: collision, model: model,
      received: received)
  }
}

struct UnexpectedLimit: Error {
  let limit: BudgetLimit
}

extension JobLedger {
  /// Accepts a job where the output tree holds nothing else.
  func accepted(_ new: NewJob, isOccupied: @escaping (String) -> Bool = { _ in false }) throws -> Job {
    switch try accept(new, isOccupied: isOccupied) {
    case .accepted(let job): return job
    case .collision(let collision): throw LedgerError.placeTaken(collision)
    }
  }

  /// The jobs whose time has come, in the order in which they would be served.
  func ready(excludingModels models: Set<String> = [], now: Timestamp) throws -> [Job] {
    var jobs: [Job] = []
    while let job = try nextQueued(afterPipeline: jobs.last?.pipeline, excludingModels: models, now: now) {
      jobs.append(job)
      try wait(job.id, .network, until: nil, at: now)
    }
    try resume(.network)
    return jobs
  }

  /// A call that no budget stops.
  func called(_ job: JobID, _ seconds: Int64 = 1, model: String? = "sd35", reserving: USD? = nil) throws -> Call {
    switch try beginCall(job, endpoint: "/image/generate", model: model, reserving: reserving, at: .at(seconds)) {
    case .begun(let call): return call
    case .beyond(let limit): throw UnexpectedLimit(limit: limit)
    }
  }

  /// The job's next call, answered.
  @discardableResult
  func answered(_ job: JobID, _ seconds: Int64 = 1) throws -> Job {
    try finishCall(try called(job, seconds), .responded(.init(status: 200, body: "response")), at: .at(seconds))
  }

  /// A job on its way through a call that was answered.
  @discardableResult
  func responded(_ new: NewJob, isOccupied: @escaping (String) -> Bool = { _ in false }) throws -> Job {
    let job = try accepted(new, isOccupied: isOccupied)
    return try finishCall(try called(job.id), .responded(.init(status: 200, body: "response-1")), at: .at(2))
  }

  @discardableResult
  func published(_ new: NewJob, at seconds: Int64 = 3, isOccupied: @escaping (String) -> Bool = { _ in false }) throws
    -> Job
  {
    try publish(try responded(new, isOccupied: isOccupied).id, outputs: [], at: .at(seconds))
  }
}
