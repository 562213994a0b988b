import Testing

@testable import Ledger

/// Scenario 43, as far as it is the ledger's: what follows a publication is neither lost nor done for nothing.
@Suite struct JobLedgerOutboxTests {
  let scratch: Scratch
  let ledger: JobLedger

  init() throws {
    scratch = try Scratch()
    ledger = try scratch.ledger()
  }

  private static func run(_ key: String) -> NewDelivery {
    NewDelivery(key: key, kind: .run, target: #"["/bin/\#(key)"]"#)
  }

  private static func webhook(_ key: String) -> NewDelivery {
    NewDelivery(key: key, kind: .webhook, target: "https://\(key).example", body: "body of \(key)")
  }

  private func published(_ name: String, _ deliveries: [NewDelivery], due: Int64 = 10) throws -> JobID {
    let job = try ledger.responded(.named(name)).id
    return try ledger.publish(job, outputs: [], deliveries: deliveries, due: .at(due), at: .at(3)).id
  }

  private func due(at seconds: Int64, limit: Int = 100) throws -> [String] {
    try ledger.dueDeliveries(at: .at(seconds), limit: limit).map(\.key)
  }

  private func delivery(_ key: String) throws -> Delivery {
    try #require(try ledger.jobs(in: [.published]).flatMap { try ledger.deliveries(of: $0.id) }.first { $0.key == key })
  }

  @Test("deliveries are written with the publication or not at all (scenario 43)")
  func deliveriesAreWrittenWithThePublicationOrNotAtAll() throws {
    let job = try ledger.responded(.named("canal")).id
    // The second cannot be written: keys are unique.
    #expect(throws: LedgerError.self) {
      try ledger.publish(job, outputs: [], deliveries: [Self.webhook("a"), Self.webhook("a")], at: .at(3))
    }
    #expect(try ledger.job(job).state == .responded)
    #expect(try scratch.sqlite3("SELECT count(*) FROM deliveries") == "0")
    try ledger.publish(job, outputs: [], deliveries: [Self.webhook("a"), Self.webhook("b")], due: .at(9), at: .at(3))
    #expect(
      try scratch.sqlite3("SELECT number, key, kind, target, body, state, attempts, not_before FROM deliveries")
        == """
        1|a|webhook|https://a.example|body of a|pending|0|\(Timestamp.at(9).microseconds)
        2|b|webhook|https://b.example|body of b|pending|0|\(Timestamp.at(9).microseconds)
        """)
  }

  @Test("nothing is due before its time, and the longest due comes first (scenario 43)")
  func nothingIsDueBeforeItsTime() throws {
    _ = try published("late", [Self.webhook("late")], due: 20)
    _ = try published("early", [Self.webhook("early")], due: 10)
    #expect(try due(at: 9) == [])
    #expect(try ledger.nextDeliveryDue(after: .at(9)) == .at(10))
    #expect(try due(at: 10) == ["early"])
    #expect(try ledger.nextDeliveryDue(after: .at(10)) == .at(20))
    #expect(try due(at: 20) == ["early", "late"])
    #expect(try due(at: 20, limit: 1) == ["early"])
    #expect(try ledger.nextDeliveryDue(after: .at(20)) == nil)
    #expect(try ledger.pendingDeliveries() == 2)
  }

  @Test("an attempt that a crash cuts short is due again, with the same key (scenario 43)")
  func anAttemptThatACrashCutsShortIsDueAgain() throws {
    _ = try published("canal", [Self.webhook("a")])
    #expect(try ledger.beginDelivery(try delivery("a"), otherwise: .at(15), at: .at(4)) == "body of a")
    // What the next start finds.
    #expect(try due(at: 14) == [])
    let again = try #require(try ledger.dueDeliveries(at: .at(15), limit: 1).first)
    #expect(again.key == "a")
    #expect(again.attempts == 1)
    #expect(again.started == .at(4))
    #expect(try ledger.beginDelivery(again, otherwise: .at(30), at: .at(5)) == "body of a")
    #expect(try delivery("a").attempts == 2)
  }

  @Test("what was delivered or given up is never due again, and its body is forgotten (scenario 43)")
  func whatIsOverIsNeverDueAgain() throws {
    let job = try published("canal", [Self.webhook("a"), Self.webhook("b")])
    try ledger.finishDelivery(try delivery("a"), .delivered, due: .at(11), at: .at(11))
    try ledger.finishDelivery(try delivery("b"), .givenUp(error: "gone"), due: .at(12), at: .at(12))
    #expect(try due(at: 1_000_000) == [])
    #expect(try ledger.pendingDeliveries() == 0)
    let all = try ledger.deliveries(of: job)
    #expect(all.map(\.state) == [.delivered, .givenUp])
    #expect(all.map(\.finished) == [.at(11), .at(12)])
    #expect(all.map(\.error) == [nil, "gone"])
    #expect(try scratch.sqlite3("SELECT count(*) FROM deliveries WHERE body IS NOT NULL") == "0")
    #expect(throws: LedgerError.noSuchDelivery(job, number: 1)) {
      try ledger.beginDelivery(all[0], otherwise: .at(20), at: .at(13))
    }
    #expect(throws: LedgerError.noSuchDelivery(job, number: 2)) {
      try ledger.finishDelivery(all[1], .delivered, due: .at(13), at: .at(13))
    }
    #expect(try ledger.job(job).state == .published)
  }

  @Test("a deferred delivery adds up what was waited; an interrupted one does not (scenario 43)")
  func aDeferredDeliveryAddsUpWhatWasWaited() throws {
    _ = try published("canal", [Self.webhook("a")])
    for (until, delay) in [(Int64(15), 5), (25, 10)] {
      try ledger.finishDelivery(
        try delivery("a"), .deferred(until: .at(until), delay: .seconds(delay), error: "status 500"), due: .at(10),
        at: .at(4))
    }
    #expect(try delivery("a").waited == .seconds(15))
    #expect(try delivery("a").due == .at(25))
    #expect(try delivery("a").error == "status 500")
    try ledger.finishDelivery(try delivery("a"), .interrupted(due: .at(12)), due: .at(12), at: .at(5))
    #expect(try delivery("a").waited == .seconds(15))
    #expect(try due(at: 12) == ["a"])
  }

  @Test("what follows a command waits until it is done or given up; nobody waits for a webhook (scenario 43)")
  func whatFollowsACommandWaits() throws {
    let job = try published(
      "canal", ["w1", "r1", "w2", "r2", "w3"].map { $0.hasPrefix("r") ? Self.run($0) : Self.webhook($0) })
    #expect(try due(at: 50) == ["w1", "r1"])
    #expect(try ledger.deliveries(of: job).map { $0.due == nil } == [false, false, true, true, true])
    // A failure is no end.
    try ledger.finishDelivery(
      try delivery("r1"), .deferred(until: .at(60), delay: .seconds(5), error: "no"), due: .at(50), at: .at(50))
    #expect(try due(at: 70) == ["w1", "r1"])
    try ledger.finishDelivery(try delivery("r1"), .givenUp(error: "no"), due: .at(70), at: .at(70))
    #expect(try due(at: 70) == ["w1", "w2", "r2"])
    try ledger.finishDelivery(try delivery("w1"), .delivered, due: .at(71), at: .at(71))
    #expect(try due(at: 71) == ["w2", "r2"])
    try ledger.finishDelivery(try delivery("r2"), .delivered, due: .at(72), at: .at(72))
    #expect(try due(at: 72) == ["w2", "w3"])
  }

  @Test("a job that is processed again has new deliveries, behind those that are still to be made (scenario 43)")
  func aJobThatIsProcessedAgainHasNewDeliveries() throws {
    let job = try published("canal", [Self.run("r1"), Self.webhook("w1")])
    try ledger.reprocess(job, isOccupied: { _ in true }, at: .at(5))
    try ledger.publish(
      job, outputs: [], deliveries: [Self.run("r2"), Self.webhook("w2")], due: .at(10), at: .at(6))
    #expect(try ledger.deliveries(of: job).map(\.key) == ["r1", "w1", "r2", "w2"])
    #expect(try ledger.deliveries(of: job).map(\.number) == [1, 2, 3, 4])
    #expect(try due(at: 50) == ["r1"])
    try ledger.finishDelivery(try delivery("r1"), .delivered, due: .at(51), at: .at(51))
    #expect(try due(at: 51) == ["w1", "r2"])
  }

  @Test("a due time beyond any delay was written by a clock that has been set since (scenarios 38, 43)")
  func aDueTimeBeyondAnyDelayIsBroughtNear() throws {
    _ = try published("far", [Self.webhook("far")], due: 1_000_000)
    _ = try published("near", [Self.webhook("near")], due: 10)
    for _ in 1...2 {
      try ledger.recoverDeliveries(latest: .at(100))
      #expect(try delivery("far").due == .at(100))
      #expect(try delivery("near").due == .at(10))
    }
  }

  @Test("looking for what is due reads an index, whatever else the ledger holds (scenario 43)")
  func lookingForWhatIsDueReadsAnIndex() throws {
    _ = try published("canal", [Self.webhook("a")])
    let plan = try scratch.plan(ledger) {
      _ = try ledger.dueDeliveries(at: .at(50), limit: 4)
      _ = try ledger.nextDeliveryDue(after: .at(50))
      _ = try ledger.pendingDeliveries()
    }
    #expect(plan.filter { $0.contains("deliveries") && !$0.contains("USING") } == [])
    #expect(plan.contains { $0.contains("USING INDEX deliveries_due (not_before<?)") })
    #expect(plan.contains { $0.contains("COVERING INDEX deliveries_due (not_before>?)") })
    #expect(!plan.contains { $0.contains("TEMP B-TREE") })
  }
}
