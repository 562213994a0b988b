import Foundation
import Testing

@testable import Ledger

@Suite struct JobLedgerTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func fileIsForItsUserAlone() throws {
    let ledger = try scratch.ledger()
    _ = try ledger.accepted(.named("canal"))
    for suffix in ["", "-wal", "-shm"] {
      let mode = try FileManager.default.attributesOfItem(atPath: scratch.path + suffix)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(suffix)")
    }
  }

  @Test func looserModeIsTakenAway() throws {
    _ = try scratch.ledger()
    chmod(scratch.path, 0o644)
    _ = try scratch.ledger()
    #expect(try FileManager.default.attributesOfItem(atPath: scratch.path)[.posixPermissions] as? Int == 0o600)
  }

  /// synchronous and foreign_keys are the connection's, so it is asked itself; the rest is in the file.
  @Test func settingsAreTheDurableOnes() throws {
    let ledger = try scratch.ledger()
    let found = try ledger.read("ask") { database in
      try ["synchronous", "foreign_keys", "journal_mode"].map { name in
        try database.row("SELECT CAST(\(name) AS TEXT) FROM pragma_\(name)", [])?[0] as String?
      }
    }
    #expect(found == ["2", "1", "wal"])
    #expect(try scratch.sqlite3("PRAGMA journal_mode") == "wal")
    #expect(try scratch.sqlite3("PRAGMA user_version; PRAGMA application_id") == "1\n\(0x444B_524D)")
    #expect(try scratch.sqlite3("PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok")
  }

  @Test func everythingIsThereAfterReopening() throws {
    let ledger = try scratch.ledger()
    let jobs = try ["a", "b", "c"].map { try ledger.accepted(.named($0)) }
    // As a crash leaves it: the connection is open still, nothing was folded into the database.
    let reopened = try scratch.ledger()
    #expect(try reopened.jobs() == jobs)
    #expect(try scratch.sqlite3("PRAGMA integrity_check") == "ok")
  }

  // Scenario 41: SQLite's own promise, that a torn end of the -wal file costs the torn transaction only.
  @Test func tornEndOfTheLogCostsTheLastTransactionOnly() throws {
    let ledger = try scratch.ledger()
    let first = try ledger.accepted(.named("a"))
    let whole = try scratch.bytes("-wal").count
    _ = try ledger.accepted(.named("b"))
    let copy = try Scratch()
    try scratch.bytes().write(to: URL(filePath: copy.path))
    try scratch.bytes("-wal").prefix(whole + 5000).write(to: URL(filePath: copy.path + "-wal"))
    #expect(try copy.ledger().jobs() == [first])
    #expect(try copy.sqlite3("PRAGMA integrity_check") == "ok")
  }

  // Scenario 40: until the file is in WAL mode, SQLite keeps what it will undo in a -journal file, which a reader cannot.
  @Test func crashWhileTheFileIsMadeIsUndone() throws {
    let copy = try Scratch()
    // Copied amid a transaction that has reached the file, the cache being too small for it.
    _ = try scratch.sqlite3(
      "PRAGMA cache_size = 1; BEGIN; CREATE TABLE begun (data);",
      "INSERT INTO begun SELECT randomblob(9000) FROM json_each('[1, 2, 3, 4, 5, 6, 7, 8, 9]');",
      ".system cp '\(scratch.path)' '\(copy.path)'", ".system cp '\(scratch.path)-journal' '\(copy.path)-journal'")
    #expect(try !copy.bytes("-journal").isEmpty)
    #expect(try copy.bytes().count > 9000)
    #expect(try copy.ledger().jobs() == [])
    #expect(try copy.sqlite3("PRAGMA integrity_check; PRAGMA user_version") == "ok\n1")
  }

  // Scenario 42.
  @Test func newerLedgerIsRefusedAndLeftAsItIs() throws {
    try scratch.ledger().close()
    _ = try scratch.sqlite3("PRAGMA user_version = 7")
    let before = try scratch.bytes()
    #expect(throws: LedgerError.newerSchema(path: scratch.path, found: 7, known: 1)) { _ = try scratch.ledger() }
    #expect(try scratch.bytes() == before)
  }

  // Scenario 42.
  @Test func damagedLedgerIsRefusedAndLeftAsItIs() throws {
    let ledger = try scratch.ledger()
    for number in 0..<200 { _ = try ledger.accepted(.named("job-\(number)")) }
    try ledger.close()
    var bytes = try scratch.bytes()
    for index in stride(from: 4096, to: bytes.count - 64, by: 4096) {
      bytes.replaceSubrange(index..<index + 64, with: Data(repeating: 0xAA, count: 64))
    }
    try bytes.write(to: URL(filePath: scratch.path))
    let error = try #require(throws: LedgerError.self) { _ = try scratch.ledger() }
    guard case .damaged(scratch.path, _) = error else { throw error }
    #expect(try scratch.bytes() == bytes)
  }

  // Scenario 42: whatever is asked of it can be read, and only a look at all of it tells.
  @Test func ledgerWithAPageThatNothingUsesIsRefusedAndLeftAsItIs() throws {
    let ledger = try scratch.ledger()
    _ = try ledger.accepted(.named("canal"))
    try ledger.close()
    var bytes = try scratch.bytes()
    bytes.append(Data(count: 4096))
    let pages = UInt32(bytes.count / 4096)
    // The size in pages (Database File Format, 1.3).
    bytes.replaceSubrange(28..<32, with: withUnsafeBytes(of: pages.bigEndian) { Data($0) })
    try bytes.write(to: URL(filePath: scratch.path))
    #expect(
      throws: LedgerError.damaged(
        path: scratch.path, detail: "*** in database main ***\nPage \(pages) is never used")
    ) { _ = try scratch.ledger() }
    #expect(try scratch.bytes() == bytes)
  }

  /// Scenario 42. With transactions in the -wal file that a close would fold into the damaged database.
  @Test func damagedLedgerIsLeftAsItIsWithItsLog() throws {
    let ledger = try scratch.ledger()
    for number in 0..<50 { _ = try ledger.accepted(.named("job-\(number)")) }
    _ = try scratch.sqlite3("PRAGMA wal_checkpoint(TRUNCATE)")
    _ = try ledger.accepted(.named("last"))
    let copy = try Scratch()
    var bytes = try scratch.bytes()
    // The second page holds the first table's root.
    for index in stride(from: 4096, to: bytes.count, by: 4096) { bytes[index] = 0xAA }
    let log = try scratch.bytes("-wal")
    try bytes.write(to: URL(filePath: copy.path))
    try log.write(to: URL(filePath: copy.path + "-wal"))
    let error = try #require(throws: LedgerError.self) { _ = try copy.ledger() }
    guard case .damaged(copy.path, _) = error else { throw error }
    #expect(try copy.bytes() == bytes)
    #expect(try copy.bytes("-wal") == log)
  }

  // Scenario 42.
  @Test func whatIsNoDatabaseIsRefusedAndLeftAsItIs() throws {
    let text = Data(String(repeating: "this is a shopping list\n", count: 1000).utf8)
    try text.write(to: URL(filePath: scratch.path))
    let error = try #require(throws: LedgerError.self) { _ = try scratch.ledger() }
    #expect(error == .damaged(path: scratch.path, detail: "file is not a database"))
    #expect(try scratch.bytes() == text)
  }

  @Test func anotherProgramsDatabaseIsRefusedAndLeftAsItIs() throws {
    _ = try scratch.sqlite3("CREATE TABLE songs (name TEXT)")
    let before = try scratch.bytes()
    #expect(throws: LedgerError.notALedger(path: scratch.path)) { _ = try scratch.ledger() }
    #expect(try scratch.bytes() == before)
  }

  @Test func emptyFileOfACrashBecomesALedger() throws {
    try Data().write(to: URL(filePath: scratch.path))
    #expect(try scratch.ledger().jobs() == [])
  }

  @Test func missingLedgerIsMadeOnlyWhereThatIsWanted() throws {
    let error = try #require(throws: LedgerError.self) { _ = try JobLedger(path: scratch.path, mustExist: true) }
    guard case .database = error else { throw error }
    #expect(!FileManager.default.fileExists(atPath: scratch.path))
    _ = try scratch.ledger()
    _ = try JobLedger(path: scratch.path, mustExist: true)
  }

  @Test func missingFolderIsAnErrorThatNamesIt() throws {
    let path = scratch.folder + "/none/ledger.sqlite"
    #expect(throws: LedgerError.fileSystem(path: path, call: "open", errno: ENOENT)) { _ = try JobLedger(path: path) }
  }

  @Test func twoProcessesShareALedger() throws {
    let ledger = try scratch.ledger()
    let job = try ledger.accepted(.named("canal"))
    let id = job.id.description
    #expect(try scratch.sqlite3("SELECT name, place, state FROM jobs WHERE id = '\(id)'") == "canal|web/canal|queued")
    _ = try scratch.sqlite3("UPDATE jobs SET state = 'published', published = 1 WHERE id = '\(id)'")
    #expect(try ledger.job(job.id).state == .published)
  }

  /// What the schema itself refuses, whoever writes.
  @Test(arguments: [
    "UPDATE jobs SET state = 'lost'", "UPDATE jobs SET reason = 'rate'", "UPDATE jobs SET state = 'held'",
    "UPDATE jobs SET state = 'published'", "UPDATE jobs SET priority = 'high'",
    "UPDATE jobs SET item = 0", "UPDATE calls SET step = 0", "UPDATE calls SET reserved = -1",
    "INSERT INTO calls SELECT job, 2, 1, step, item, endpoint, model, 'intended', status, response_id, headers, body, started, "
      + "finished, reserved, charged, counted, error, reused FROM calls",
    "UPDATE calls SET reused = job",
  ]) func impossibleRowsAreRefused(_ sql: String) throws {
    let ledger = try scratch.ledger()
    _ = try ledger.called(try ledger.accepted(.named("canal")).id)
    #expect(try scratch.sqlite3(sql).contains("constraint failed") || scratch.sqlite3(sql).contains("cannot store"))
  }
}
