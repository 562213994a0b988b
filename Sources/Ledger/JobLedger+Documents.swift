import Foundation
import GRDB

/// What jobs were accepted with. It lies in the ledger, so that a request becomes a job, and is kept, in one commit.
extension JobLedger {
  /// The request as it was dropped; `nil` for one that is a picture, which is kept as a blob.
  ///
  /// - Throws: `.nothingKept` when it was given up.
  public func request(of job: JobID) throws(LedgerError) -> [UInt8]? {
    try read("read a request") { database in
      let row = try Self.document("request", of: job, database)
      return (row[0] as Data?).map { [UInt8]($0) }
    }
  }

  /// What the job was accepted to do, as it was written last.
  ///
  /// - Throws: `.nothingKept` when it was given up.
  public func work(of job: JobID) throws(LedgerError) -> [UInt8] {
    try read("read a job's work") { [UInt8](try Self.document("work", of: job, $0)[0] as Data) }
  }

  /// Lets a job go on by other words than it was accepted with.
  public func setWork(_ work: [UInt8], of job: JobID) throws(LedgerError) {
    try write("write a job's work") { database in
      try database.run("UPDATE documents SET work = ? WHERE job = ?", [Data(work), job.description])
      guard database.changesCount == 1 else { throw LedgerError.nothingKept(job) }
    }
  }

  static func insertDocuments(of new: NewJob, _ database: Database) throws {
    try database.run(
      "INSERT INTO documents (job, request, work) VALUES (?, ?, ?)",
      [new.id.description, new.request.map { Data($0) }, Data(new.work)])
  }

  private static func document(_ column: String, of job: JobID, _ database: Database) throws -> Row {
    guard let row = try database.row("SELECT \(column) FROM documents WHERE job = ?", [job.description]) else {
      _ = try database.job(job)
      throw LedgerError.nothingKept(job)
    }
    return row
  }
}
