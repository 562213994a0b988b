import Foundation
import Ledger
import Spool
import Testing

@testable import Daemon

/// Starts after ends that nobody planned: the ledger is put back to what a crash would have left.
@Suite(.timeLimit(.minutes(3))) struct RecoveryTests {
  /// What the `sqlite3` program does to the ledger.
  private func change(_ workshop: Workshop, _ sql: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/sqlite3")
    process.arguments = ["\(workshop.folder)/spool/ledger.sqlite", sql]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  private func published() async throws -> Workshop {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain()
    try #require(run.report == DaemonService.Report(published: 1))
    return workshop
  }

  // Scenario 20.
  @Test func aCrashAfterTheAnswerProcessesTheKeptBytesAgainAndCallsNobody() async throws {
    let workshop = try await published()
    let before = try workshop.contents("output/canal/canal.png")
    try FileManager.default.removeItem(atPath: "\(workshop.folder)/output/canal")
    try change(
      workshop,
      """
      DELETE FROM outputs; DELETE FROM originals; UPDATE jobs SET state = 'responded', published = NULL;
      INSERT INTO places SELECT place, id FROM jobs;
      """)
    let run = try await workshop.drain()
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(try workshop.contents("output/canal/canal.png") == before)
    #expect(try workshop.charges().count == 1)
  }

  // Scenario 40: the directory was renamed into place, and the ledger does not know it yet.
  @Test func aCrashAfterTheRenamePublishesOnce() async throws {
    let workshop = try await published()
    let manifest = try workshop.contents("output/canal/manifest.json")
    try change(
      workshop,
      """
      DELETE FROM outputs; UPDATE jobs SET state = 'responded', published = NULL;
      INSERT INTO places SELECT place, id FROM jobs;
      """)
    let run = try await workshop.drain()
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(workshop.files(in: "output") == ["canal/canal.png", "canal/manifest.json"])
    #expect(try workshop.contents("output/canal/manifest.json") == manifest)
    #expect(try workshop.charges().count == 1)
  }

  // Scenario 18.
  @Test func aCrashDuringTheCallHoldsTheJobAndRunningAgainChangesNothing() async throws {
    let workshop = try await published()
    try FileManager.default.removeItem(atPath: "\(workshop.folder)/output/canal")
    try change(
      workshop,
      """
      DELETE FROM outputs; DELETE FROM originals; UPDATE jobs SET state = 'calling', published = NULL;
      UPDATE calls SET state = 'intended', status = NULL, body = NULL, finished = NULL;
      INSERT INTO places SELECT place, id FROM jobs;
      """)
    for _ in 1...2 {
      let run = try await workshop.drain()
      #expect(run.report == DaemonService.Report(held: 1))
    }
    #expect(try workshop.charges().count == 1)
    #expect(workshop.files(in: "output").isEmpty)
  }

  /// A job whose call the API refused, with the ledger as it was before the job's end was told.
  private func refused(_ stub: StubAPI) async throws -> Workshop {
    let workshop = try Workshop()
    try workshop.drop(
      #"{"generate": {"model": "plain", "prompt": "A canal", "width": 256, "height": 256}}"#, as: "canal.json")
    let run = try await workshop.drain(port: stub.port)
    try #require(run.report == DaemonService.Report(failed: 1))
    try change(
      workshop,
      """
      UPDATE jobs SET state = 'queued', reason = 'refusal', not_before = \(Int64.max);
      INSERT INTO places SELECT place, id FROM jobs;
      """)
    return workshop
  }

  // The crash came before the request lay in `failed`, or after it and before the ledger's commit.
  @Test(arguments: [false, true]) func aRefusalThatACrashLeftUntoldIsToldOnceAndTheAPIIsNotAskedAgain(
    _ isInFailed: Bool
  ) async throws {
    let stub = try StubAPI { $0.isPaid ? .json(#"{"error": "no such style"}"#, status: 400) : nil }
    let workshop = try await refused(stub)
    let report = "failed/canal.json.error.json"
    let before = try workshop.json(report)
    let bytes = try workshop.contents(report)
    if !isInFailed { try FileManager.default.removeItem(atPath: "\(workshop.folder)/failed") }
    let run = try await workshop.drain(port: stub.port)
    #expect(stub.calls == ["/image/generate"])
    #expect(run.events.count(where: \.isFailed) == 1)
    #expect(workshop.files(in: "failed") == ["canal.json", "canal.json.error.json"])
    let after = try workshop.json(report)
    #expect((after["error"] as? String)?.contains("no such style") == true)
    for field in ["request", "job", "stage", "error", "next"] {
      #expect(after[field] as? String == before[field] as? String)
    }
    #expect(try !isInFailed || workshop.contents(report) == bytes)
    let line = try workshop.ledger("SELECT state, reason IS NULL, error FROM jobs")
    #expect(line.count == 1 && line[0].hasPrefix("failed|1|") && line[0].contains("no such style"))
    // Told is told.
    let next = try await workshop.drain(port: stub.port)
    #expect(next.events.count(where: \.isFailed) == 0)
    #expect(stub.calls.count == 1)
  }

  @Test func aRefusalWhoseReportWasNotKeptIsAskedForAgainAndTold() async throws {
    let stub = try StubAPI { $0.isPaid ? .json(#"{"error": "no such style"}"#, status: 400) : nil }
    let workshop = try await refused(stub)
    let report = try #require(workshop.files(in: "spool").first { $0.hasSuffix("/report.json") })
    try FileManager.default.removeItem(atPath: "\(workshop.folder)/spool/\(report)")
    try FileManager.default.removeItem(atPath: "\(workshop.folder)/failed")
    let run = try await workshop.drain(port: stub.port)
    #expect(run.report == DaemonService.Report(failed: 1))
    #expect(stub.calls.count == 2)
    #expect(workshop.files(in: "failed") == ["canal.json", "canal.json.error.json"])
  }

  @Test func aFailureIsTheSameWheneverItIsToldAndWhereverTheSpoolLies() {
    func told(_ error: String, job: String, kept: String, at seconds: Int64) -> [UInt8] {
      ErrorReport(stage: .processing, error: error, next: "Look.", kept: [kept])
        .document(request: "canal.json", job: job, at: Timestamp(microseconds: seconds * 1_000_000))
    }
    let first = told("cut", job: "1", kept: "/a/original.png", at: 5)
    #expect(ErrorReport.sameFailure(first, told("cut", job: "1", kept: "/b/original.png", at: 9)))
    #expect(!ErrorReport.sameFailure(first, told("cut", job: "2", kept: "/a/original.png", at: 5)))
    #expect(!ErrorReport.sameFailure(first, told("blank", job: "1", kept: "/a/original.png", at: 5)))
  }

  @Test func aFolderThatTheLedgerNeverKnewGoesAndPaidBytesStay() async throws {
    let workshop = try await published()
    let orphan = "\(workshop.folder)/spool/01a1fd8f-0000-7000-8000-000000000000"
    try FileManager.default.createDirectory(atPath: orphan, withIntermediateDirectories: false)
    try Data("{}".utf8).write(to: URL(filePath: "\(orphan)/input-1.png"))
    let paid = workshop.files(in: "spool").filter { $0.contains("call-") }
    try #require(paid.count == 1)
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: "\(workshop.folder)/spool/ledger.sqlite\(suffix)")
    }
    let run = try await workshop.drain()
    #expect(!FileManager.default.fileExists(atPath: orphan))
    #expect(workshop.files(in: "spool").filter { $0.contains("call-") } == paid)
    #expect(run.report.failed == 1, "the lost ledger is told")
  }

  // A crash between the ledger's commit and the removal from the inbox: the very file is a job already.
  @Test(arguments: [true, false]) func aFileThatIsAJobAlreadyIsTakenOnceAndANewOneIsNoSuchFile(
    _ isTheSame: Bool
  ) async throws {
    let workshop = try await published()
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let identity = try #require(try Inbox(path: "\(workshop.folder)/inbox").identity(of: "canal.json")).description
    // Accepted after the file had been changed for the last time, or before.
    let received = isTheSame ? "unixepoch() * 1000000 + 1000000" : "received"
    try workshop.ledger("UPDATE jobs SET source_identity = '\(identity)', received = \(received);")
    var settings = Workshop.Settings()
    settings.pipelines["default"] = "collision: suffix\n" + Workshop.plain
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(published: isTheSame ? 0 : 1))
    #expect(try workshop.charges().count == (isTheSame ? 1 : 2))
    #expect(workshop.files(in: "inbox").isEmpty)
  }

  // A request that is refused for its place leaves nothing in the spool.
  @Test func aRefusedRequestLeavesNoFolder() async throws {
    let workshop = try await published()
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    #expect(try await workshop.drain().report == DaemonService.Report(failed: 1))
    #expect(workshop.jobFolders.count == 1)
    #expect(try workshop.ledger("SELECT count(*) FROM documents;") == ["1"])
  }
}
