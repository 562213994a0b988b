import Foundation
import Ledger
import Spool
import Testing

@testable import Daemon

/// Scenario 47: kept originals and records go after their time, oldest first, and nothing else ever does.
@Suite struct RetentionTests {
  private let folder: String
  private let spool: SpoolDirectory
  private let ledger: JobLedger
  private static let day = Duration.seconds(86_400)
  private static let now = Timestamp(microseconds: 1_800_000_000_000_000)

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/retention-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    spool = try SpoolDirectory(path: folder + "/spool")
    ledger = try JobLedger(path: folder + "/spool/ledger.sqlite")
  }

  /// A job that came to stand where it stands so many days ago, with 1000 bytes in the spool.
  @discardableResult
  private func job(_ name: String, _ state: JobState, daysAgo: Int) throws -> JobID {
    let time = Self.now - Self.day * daysAgo
    let new = NewJob(
      id: .next(), name: name, pipeline: "web", source: "\(name).json", sourceIdentity: "1", received: time)
    _ = try ledger.accept(new) { _ in false }
    try spool.createJob(new.id.description, blobs: [("request", [UInt8](repeating: 0x20, count: 1000))])
    switch state {
    case .queued: break
    case .held: try ledger.hold(new.id, at: time)
    case .failed: try ledger.fail(new.id, error: "no", at: time)
    case .calling, .responded, .published:
      let start = try ledger.beginCall(
        new.id, endpoint: "/image/generate", model: "m", reserving: nil, at: time)
      guard case .begun(let call) = start, state != .calling else { break }
      _ = try ledger.finishCall(call, .responded(.init(status: 200, body: "r")), at: time)
      if state == .published { try ledger.publish(new.id, outputs: [], at: time) }
    }
    return new.id
  }

  private func sweep(_ retention: Retention) throws -> Retention.Outcome {
    try retention.sweep(spool, ledger, now: Self.now) { false }
  }

  private func kept() throws -> Set<String> { Set(try spool.jobs()) }

  @Test func originalsOfEndedJobsGoAfterTheirTimeAndNothingElseDoes() throws {
    let gone = [try job("a", .published, daysAgo: 31), try job("b", .failed, daysAgo: 31)]
    let stays = [
      try job("c", .published, daysAgo: 29), try job("d", .failed, daysAgo: 29), try job("e", .queued, daysAgo: 400),
      try job("f", .held, daysAgo: 400), try job("g", .responded, daysAgo: 400), try job("h", .calling, daysAgo: 400),
    ]
    let retention = Retention(originals: Self.day * 30, records: Self.day * 30)
    #expect(try sweep(retention) == Retention.Outcome(jobs: 2, bytes: 2000, records: 2))
    #expect(try kept() == Set(stays.map(\.description)))
    for job in gone { #expect(throws: LedgerError.noSuchJob(job)) { try ledger.job(job) } }
    #expect(try sweep(retention) == Retention.Outcome())
  }

  @Test func recordsStayLongerAndNothingGoesOnFromWhatIsGone() throws {
    let job = try job("a", .published, daysAgo: 31)
    let failed = try self.job("b", .failed, daysAgo: 31)
    #expect(try sweep(Retention(originals: Self.day * 30, records: Self.day * 365)).jobs == 2)
    #expect(try ledger.job(job).emptied == Self.now)
    #expect(throws: LedgerError.nothingKept(job)) {
      try ledger.reprocess(job, isOccupied: { _ in false }, at: Self.now)
    }
    #expect(throws: LedgerError.nothingKept(failed)) {
      try ledger.requeue(failed, calls: .missing, isOccupied: { _ in false }, at: Self.now)
    }
  }

  @Test func spaceIsBoundedAndTheOldestGoFirst() throws {
    let oldest = try job("a", .published, daysAgo: 3)
    let rest = [
      try job("b", .failed, daysAgo: 2), try job("c", .published, daysAgo: 1), try job("d", .held, daysAgo: 9),
    ]
    #expect(try sweep(Retention(bytes: 2000)) == Retention.Outcome(jobs: 1, bytes: 1000))
    #expect(try kept() == Set(rest.map(\.description)))
    #expect(try ledger.job(oldest).state == .published)
    #expect(try sweep(Retention(bytes: 2000)) == Retention.Outcome())
  }

  @Test func withoutATimeNothingGoes() throws {
    try job("a", .published, daysAgo: 4000)
    #expect(try sweep(Retention()) == Retention.Outcome())
    #expect(try kept().count == 1)
  }

  @Test func moreThanAPageGoes() throws {
    for number in 0..<250 { try job("n\(number)", .failed, daysAgo: 40) }
    let outcome = try sweep(Retention(originals: Self.day, records: Self.day))
    #expect(outcome == Retention.Outcome(jobs: 250, bytes: 250_000, records: 250))
    #expect(try kept().isEmpty)
  }

  /// A crash after the ledger gave the blobs up, and before they were removed.
  @Test func whatACrashLeftIsRemovedAtTheNextStart() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain()
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(workshop.jobFolders.count == 1)
    #expect(try workshop.ledger("SELECT count(*) FROM documents;") == ["1"])
    do {
      let ledger = try JobLedger(path: "\(workshop.folder)/spool/ledger.sqlite")
      let ids = try ledger.jobs().map(\.id)
      #expect(try ledger.giveUpBlobs(of: ids, at: .now()) == ids)
      #expect(try ledger.giveUpBlobs(of: ids, at: .now()) == [])
    }
    #expect(try workshop.ledger("SELECT count(*) FROM documents;") == ["0"])
    _ = try await workshop.drain()
    #expect(workshop.jobFolders.isEmpty)
    #expect(workshop.files(in: "output") == ["canal/canal.png", "canal/manifest.json"])
  }
}
