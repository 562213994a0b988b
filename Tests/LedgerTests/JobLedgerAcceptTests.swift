import Testing

@testable import Ledger

@Suite struct JobLedgerAcceptTests {
  let scratch: Scratch
  let ledger: JobLedger

  init() throws {
    scratch = try Scratch()
    ledger = try scratch.ledger()
  }

  private func collision(_ new: NewJob, isOccupied: @escaping (String) -> Bool = { _ in false }) throws -> Collision? {
    guard case .collision(let collision) = try ledger.accept(new, isOccupied: isOccupied) else { return nil }
    return collision
  }

  @Test func jobIsKeptAsItWasGiven() throws {
    let new = NewJob(
      id: .next(), name: "canal", output: "heroes/autumn", pipeline: "web", priority: -100,
      labels: ["campaign": "\"autumn\"/ä", "x": ""], source: "web/canal.json", sourceIdentity: "7:8:9.0",
      collision: .suffix, model: nil, received: .at(5))
    let job = try ledger.accepted(new)
    #expect(
      job
        == Job(
          id: new.id, name: "canal", output: "heroes/autumn", place: "heroes/autumn/canal", pipeline: "web",
          priority: -100, labels: ["campaign": "\"autumn\"/ä", "x": ""], source: "web/canal.json",
          sourceIdentity: "7:8:9.0", collision: .suffix, model: nil, step: 1, item: 1, state: .queued, wait: nil,
          hold: nil,
          received: .at(5), since: .at(5), published: nil, error: nil, emptied: nil))
    #expect(try ledger.job(new.id) == job)
    #expect(try ledger.accepted(.named("rooted", output: "")).place == "rooted")
  }

  // Scenarios 13, 36.
  @Test func secondJobForAPlaceIsRefusedAndLeavesNoTrace() throws {
    let first = try ledger.accepted(.named("canal"))
    #expect(
      try collision(.named("canal")) == Collision(place: "web/canal", obstacle: "web/canal", job: first.id))
    #expect(try ledger.jobs() == [first])
  }

  // Scenario 36: many at once, over two connections; one wins.
  @Test func oneOfManyGetsThePlace() async throws {
    let other = try scratch.ledger()
    let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<32 {
        let ledger = number % 2 == 0 ? ledger : other
        group.addTask {
          if case .accepted = try ledger.accept(.named("canal"), isOccupied: { _ in false }) { return true }
          return false
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(accepted == 1)
    #expect(try scratch.sqlite3("SELECT count(*) FROM jobs; SELECT count(*) FROM places") == "1\n1")
  }

  // Scenario 36.
  @Test func oneOfManyGetsEachSuffix() async throws {
    let places = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<40 { group.addTask { try ledger.accepted(.named("canal", .suffix)).place } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(places == Set(["web/canal"] + (2...40).map { "web/canal-\($0)" }))
  }

  @Test func suffixIsTheFirstThatIsFree() throws {
    _ = try ledger.accepted(.named("canal"))
    #expect(try ledger.accepted(.named("canal", .suffix)).place == "web/canal-2")
    _ = try ledger.accepted(.named("canal-3"))
    #expect(try ledger.accepted(.named("canal", .suffix)).place == "web/canal-4")
    let onDisk: Set = ["web/canal-5", "web/canal-6"]
    #expect(try ledger.accepted(.named("canal", .suffix), isOccupied: onDisk.contains).place == "web/canal-7")
    // The name stays: only the place is another.
    #expect(try ledger.jobs().map(\.name) == ["canal", "canal", "canal-3", "canal", "canal"])
  }

  // Scenario 36: a directory that no job made.
  @Test func strangersDirectoryFollowsTheRule() throws {
    let isOccupied = { (place: String) in place == "web/canal" }
    #expect(
      try collision(.named("canal"), isOccupied: isOccupied)
        == Collision(place: "web/canal", obstacle: "web/canal", job: nil))
    #expect(try ledger.accepted(.named("canal", .suffix), isOccupied: isOccupied).place == "web/canal-2")
    #expect(try ledger.accepted(.named("canal", .replace), isOccupied: isOccupied).place == "web/canal")
  }

  @Test func publishedDirectoryKeepsItsPlaceAsLongAsItIsThere() throws {
    let first = try ledger.published(.named("canal"))
    let isOccupied = { (place: String) in place == "web/canal" }
    #expect(
      try collision(.named("canal"), isOccupied: isOccupied)
        == Collision(place: "web/canal", obstacle: "web/canal", job: first.id))
    // The next pipeline has taken it away.
    #expect(try ledger.accepted(.named("canal")).place == "web/canal")
  }

  @Test func failedJobGivesItsPlaceUp() throws {
    let first = try ledger.accepted(.named("canal"))
    try ledger.fail(first.id, error: "no", at: .at(1))
    #expect(try ledger.accepted(.named("canal")).place == "web/canal")
  }

  @Test func jobsNeverLieInOneAnother() throws {
    let outer = try ledger.accepted(.named("a", output: ""))
    let inner = try ledger.accepted(.named("x", output: "b/c"))
    for rule in CollisionRule.allCases {
      #expect(
        try collision(.named("deep", output: "a/b", rule)) == Collision(place: "a/b/deep", obstacle: "a", job: outer.id)
      )
    }
    #expect(try collision(.named("b", output: "")) == Collision(place: "b", obstacle: "b/c/x", job: inner.id))
    #expect(
      try collision(.named("c", output: "b", .replace)) == Collision(place: "b/c", obstacle: "b/c/x", job: inner.id))
    #expect(try ledger.accepted(.named("b", output: "", .suffix)).place == "b-2")
    // Names that only begin alike are neighbours.
    #expect(try ledger.accepted(.named("ab", output: "")).place == "ab")
    #expect(try ledger.accepted(.named("b-c", output: "")).place == "b-c")
  }

  @Test func jobsNeverLieInPublishedOnesThatAreThere() throws {
    let outer = try ledger.published(.named("a", output: ""))
    let inner = try ledger.published(.named("x", output: "b/c"))
    let all = { (_: String) in true }
    #expect(
      try collision(.named("deep", output: "a"), isOccupied: { $0 == "a" })
        == Collision(place: "a/deep", obstacle: "a", job: outer.id))
    #expect(
      try collision(.named("b", output: ""), isOccupied: { $0 == "b/c/x" })
        == Collision(place: "b", obstacle: "b/c/x", job: inner.id))
    #expect(try collision(.named("b", output: ""), isOccupied: all)?.job == inner.id)
    // Both were taken away.
    #expect(try ledger.accepted(.named("deep", output: "a")).place == "a/deep")
    #expect(try ledger.accepted(.named("b", output: "")).place == "b")
  }

  @Test func jobThatReplacesWaitsForTheOneBefore() throws {
    let first = try ledger.accepted(.named("canal"))
    let second = try ledger.accepted(.named("canal", .replace))
    let third = try ledger.accepted(.named("canal", .replace))
    #expect(second.place == "web/canal")
    #expect(second.wait == Job.Wait(reason: .place, until: nil))
    #expect(try ledger.ready(now: .at(1_000_000)).map(\.id) == [first.id])
    #expect(throws: LedgerError.self) { _ = try ledger.called(second.id) }
    #expect(throws: LedgerError.self) { try ledger.respondWithoutCall(second.id, at: .at(1)) }
    #expect(throws: LedgerError.self) { try ledger.hold(second.id, at: .at(1)) }
    #expect(throws: LedgerError.self) { try ledger.wait(second.id, .rate, until: .at(1), at: .at(1)) }
    #expect(try ledger.resume(.place) == 0)

    _ = try ledger.finishCall(try ledger.called(first.id), .responded(.init(status: 200, body: "r")), at: .at(2))
    try ledger.publish(first.id, outputs: [], at: .at(3))
    #expect(try ledger.ready(now: .at(3)).map(\.id) == [second.id])
    #expect(try ledger.job(third.id).wait?.reason == .place)

    try ledger.fail(second.id, error: "no", at: .at(4))
    #expect(try ledger.ready(now: .at(4)).map(\.id) == [third.id])
    try ledger.cancel(third.id, at: .at(5))
    #expect(try scratch.sqlite3("SELECT count(*) FROM places") == "0")
  }

  @Test func cancelledWaiterLeavesThePlaceToItsOwner() throws {
    let first = try ledger.accepted(.named("canal"))
    let second = try ledger.accepted(.named("canal", .replace))
    try ledger.cancel(second.id, at: .at(1))
    #expect(try scratch.sqlite3("SELECT job FROM places") == first.id.description)
  }

  // Scenario 40: after a crash between commit and unlink the request is known.
  @Test func claimedRequestIsKnownAgain() throws {
    let job = try ledger.accepted(.named("canal", source: "web/canal.json"))
    #expect(try ledger.jobs(claimedFrom: "web/canal.json", identity: "1:2:3.4") == [job.id])
    #expect(try ledger.jobs(claimedFrom: "web/canal.json", identity: "1:2:3.5") == [])
    #expect(try ledger.jobs(claimedFrom: "canal.json", identity: "1:2:3.4") == [])
  }

  @Test func allLinesOfAFileAreOneTransaction() throws {
    let good = NewJob.named("b")
    var sameID = NewJob.named("c")
    sameID.id = good.id
    let lines = [.named("a"), good, sameID]
    #expect(throws: LedgerError.self) { _ = try ledger.accept(lines, isOccupied: { _ in false }) }
    #expect(try ledger.jobs() == [])
    let answers = try ledger.accept([.named("a"), .named("b"), .named("a")], isOccupied: { _ in false })
    guard case .accepted(let first) = answers[0], case .accepted = answers[1] else {
      throw LedgerError.noSuchJob(good.id)
    }
    #expect(answers[2] == .collision(Collision(place: "web/a", obstacle: "web/a", job: first.id)))
    #expect(try ledger.jobs().map(\.name) == ["a", "b"])
  }
}
