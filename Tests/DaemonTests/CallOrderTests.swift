import Foundation
import Synchronization
import Testing

@testable import Daemon

/// The order of what is committed, sent and kept, and what becomes of a call when one of these fails.
@Suite(.timeLimit(.minutes(1))) struct CallOrderTests {
  private static let request =
    #"{"generate": {"model": "plain", "prompt": "A canal", "width": 256, "height": 256}}"#

  // Scenario 18, looked at from the other side of the wire.
  @Test func theIntentAndTheMoneyAreInTheLedgerBeforeTheCallArrives() async throws {
    let workshop = try Workshop()
    let found = Mutex<[String]>([])
    let stub = try StubAPI { request in
      guard request.isPaid else { return nil }
      let rows = try? workshop.ledger(
        """
        SELECT jobs.state, calls.state, reserved, counted, (SELECT counted FROM days)
        FROM jobs JOIN calls ON job = id;
        """)
      found.withLock { $0 = rows ?? [] }
      return nil
    }
    try workshop.drop(Self.request, as: "canal.json")
    let run = try await workshop.drain(port: stub.port)
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(found.withLock { $0 } == ["calling|intended|10000|10000|10000"])
  }

  // Charged, and nothing left of it: nobody may ask for it again without having looked.
  @Test func anAnswerThatCannotBeKeptIsHeldAndNeverAskedForAgain() async throws {
    let workshop = try Workshop()
    let stub = try StubAPI { request in
      if request.isPaid {
        for name in workshop.jobFolders {
          try? FileManager.default.removeItem(atPath: "\(workshop.folder)/spool/\(name)")
        }
      }
      return nil
    }
    try workshop.drop(Self.request, as: "canal.json")
    let run = try await workshop.drain(port: stub.port)
    #expect(run.report == DaemonService.Report(held: 1))
    let rows = try workshop.ledger(
      "SELECT jobs.state, reason, calls.state, counted FROM jobs JOIN calls ON job = id;")
    #expect(rows == ["held|response-lost|unknown|10000"])
    #expect(stub.calls.count == 1)
  }

  // Scenario 19: what came of an answer is kept for whoever looks.
  @Test func whatCameOfACutAnswerIsKept() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal [sandbox:truncate]"), as: "canal.json")
    #expect(try await workshop.drain().report == DaemonService.Report(held: 1))
    let kept = workshop.files(in: "spool").filter { $0.hasSuffix(".response") }
    #expect(kept.count == 1)
    #expect(try kept.allSatisfy { try workshop.contents("spool/\($0)").count > 1000 })
  }

  // `on-unknown: retry` keeps its distance.
  @Test func anUnknownOutcomeIsNotRepeatedAtOnce() async throws {
    let workshop = try Workshop()
    var settings = Workshop.Settings()
    settings.pipelines["default"] = "on-unknown: retry\n" + Workshop.plain
    settings.retry = RetryPolicy(attempts: 4, firstDelay: .seconds(600), longestDelay: .seconds(600))
    try workshop.drop(Workshop.request("A canal [sandbox:drop]"), as: "canal.json")
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(waiting: 1))
    #expect(try workshop.charges().count == 1)
  }

  // Scenario 30: a dead network uses up no attempt.
  @Test func onlyTheServersErrorsUseUpAttempts() async throws {
    let errors = Mutex(0)
    let stub = try StubAPI { request in
      request.isPaid
        && errors.withLock({
          $0 += 1
          return $0 == 1
        }) ? .refusal(503) : nil
    }
    let workshop = try Workshop()
    try workshop.drop(Self.request, as: "canal.json")
    var settings = Workshop.Settings()
    settings.retry = RetryPolicy(attempts: 2, firstDelay: .seconds(600), longestDelay: .seconds(600))
    settings.baseURL = "http://127.0.0.1:9/api/v1"
    for _ in 1...2 {
      #expect(try await workshop.drain(settings, port: 9).report == DaemonService.Report(waiting: 1))
      try workshop.ledger("UPDATE jobs SET reason = NULL, not_before = NULL;")
    }
    settings.baseURL = nil
    settings.retry.firstDelay = .milliseconds(20)
    settings.retry.longestDelay = .milliseconds(20)
    // The third attempt is the first that the server sees.
    #expect(try await workshop.drain(settings, port: stub.port).report == DaemonService.Report(published: 1))
    #expect(stub.calls.count == 2)
  }

  // Calls of the minute before a restart still count, for the server counts them.
  @Test func aRestartDoesNotBeginTheMinuteAnew() async throws {
    let stub = try StubAPI { _ in nil }
    let workshop = try Workshop()
    var settings = Workshop.Settings()
    settings.requestsPerMinute = 1
    try workshop.drop(Self.request, as: "one.json")
    #expect(try await workshop.drain(settings, port: stub.port).report == DaemonService.Report(published: 1))
    try workshop.drop(Self.request, as: "two.json")
    try await workshop.serve(settings, port: stub.port) { daemon in
      // Behind it in the queue, and yet done: its turn has come and gone.
      try workshop.drop(Workshop.picture(width: 64, height: 64), as: "photo.png")
      try workshop.drop(#"{"source": "photo.png"}"#, as: "local.json")
      try await daemon.takeIn()
      try await daemon.wait(untilPublished: 1)
    }
    #expect(stub.calls.count == 1)
  }

  // Scenario 21: the reset is seconds since 1970, by our clock where the server does not tell its own.
  @Test func aRateLimitPausesAllUntilItsReset() async throws {
    let reset = Int(Date().timeIntervalSince1970) + 400
    let stub = try StubAPI { request in
      request.isPaid ? .refusal(429, headers: ["x-ratelimit-reset-requests": "\(reset)"]) : nil
    }
    let workshop = try Workshop()
    for name in ["a", "b"] { try workshop.drop(Self.request, as: "\(name).json") }
    var settings = Workshop.Settings()
    settings.concurrency = 1
    let run = try await workshop.drain(settings, port: stub.port)
    #expect(run.report == DaemonService.Report(waiting: 2))
    #expect(stub.calls.count == 1)
    let rows = try workshop.ledger(
      "SELECT reason, not_before / 1000000 BETWEEN \(reset - 60) AND \(reset + 60) FROM jobs WHERE reason IS NOT NULL;")
    #expect(rows == ["rate|1"])
  }
}
