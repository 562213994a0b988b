import Testing

@testable import Ledger

@Suite struct JobLedgerStatesTests {
  let scratch: Scratch
  let ledger: JobLedger

  init() throws {
    scratch = try Scratch()
    ledger = try scratch.ledger()
  }

  /// The diagram of the states, arrow by arrow: which method leads where from which state; everything else is refused
  /// and changes nothing.
  @Test(arguments: JobState.allCases) func onlyTheDiagramsArrowsAreTaken(_ state: JobState) throws {
    let expected: [JobState: [String: JobState]] = [
      .queued: [
        "wait": .queued, "beginCall": .calling, "respondWithoutCall": .responded, "fail": .failed, "hold": .held,
        "cancel": .failed,
      ],
      .calling: ["finishCall": .responded],
      .responded: [
        "wait": .responded, "advance": .queued, "record": .responded, "publish": .published, "fail": .failed,
      ],
      .published: ["reprocess": .responded],
      // It failed after its answer, which is not paid again.
      .failed: ["requeue": .queued, "requeue missing": .responded, "reprocess": .responded],
      .held: ["release": .queued, "cancel": .failed],
    ]
    for (name, transition) in transitions {
      let job = try job(in: state, name: "\(state.rawValue)-\(name)")
      let before = try ledger.job(job.id)
      if let next = expected[state]?[name] {
        try transition(ledger, job.id)
        #expect(try ledger.job(job.id).state == next, "\(name) from \(state)")
      } else {
        let error = try #require(throws: LedgerError.self, "\(name) from \(state)") { try transition(ledger, job.id) }
        guard case .illegalTransition(job.id, state, _) = error else { throw error }
        #expect(try ledger.job(job.id) == before)
      }
    }
    #expect(try scratch.sqlite3("PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok")
  }

  private let transitions: [(String, @Sendable (JobLedger, JobID) throws -> Void)] = [
    ("wait", { try $0.wait($1, .rate, until: .at(5), at: .at(9)) }),
    ("beginCall", { _ = try $0.called($1, 9) }),
    (
      "finishCall",
      { ledger, job in
        let call = try ledger.calls(of: job).last ?? Call(intendedFor: job)
        _ = try ledger.finishCall(call, .responded(.init(status: 200, body: "r")), at: .at(9))
      }
    ),
    ("respondWithoutCall", { try $0.respondWithoutCall($1, at: .at(9)) }),
    ("advance", { try $0.advance($1, step: 2, item: 1, model: nil, at: .at(9)) }),
    ("record", { try $0.record([], of: $1) }),
    ("publish", { try $0.publish($1, outputs: [], at: .at(9)) }),
    ("fail", { try $0.fail($1, error: "why", at: .at(9)) }),
    ("hold", { try $0.hold($1, at: .at(9)) }),
    ("release", { try $0.release($1, at: .at(9)) }),
    ("cancel", { try $0.cancel($1, at: .at(9)) }),
    ("requeue", { try $0.requeue($1, calls: .all(model: nil), isOccupied: { _ in false }, at: .at(9)) }),
    ("requeue missing", { try $0.requeue($1, calls: .missing, isOccupied: { _ in false }, at: .at(9)) }),
    ("reprocess", { try $0.reprocess($1, isOccupied: { _ in false }, at: .at(9)) }),
  ]

  private func job(in state: JobState, name: String) throws -> Job {
    switch state {
    case .queued: return try ledger.accepted(.named(name))
    case .calling:
      let job = try ledger.accepted(.named(name))
      _ = try ledger.called(job.id)
      return try ledger.job(job.id)
    case .responded: return try ledger.responded(.named(name))
    case .published: return try ledger.published(.named(name))
    case .failed: return try ledger.fail(try ledger.responded(.named(name)).id, error: "cut", at: .at(3))
    case .held:
      let job = try ledger.accepted(.named(name))
      return try ledger.finishCall(try ledger.called(job.id), .unknown(error: "lost"), at: .at(2))
    }
  }

  @Test func missingJobIsNamed() throws {
    let id = JobID.next()
    for (_, transition) in transitions {
      #expect(throws: LedgerError.noSuchJob(id)) { try transition(ledger, id) }
    }
    #expect(throws: LedgerError.noSuchJob(id)) { _ = try ledger.job(id) }
  }

  private let original = Original(
    index: 1, ordinal: 1, file: "original-1", format: "webp", width: 1024, height: 768, bytes: 99, sha256: "ab")

  @Test func publicationKeepsOutputsAndWarnings() throws {
    let job = try ledger.responded(.named("canal"))
    let second = Original(
      index: 2, ordinal: nil, file: "original-2", format: "png", width: 1, height: 2, bytes: 3, sha256: "cd")
    try ledger.record([second], of: job.id)
    try ledger.record([original, second], of: job.id)
    #expect(try ledger.originals(of: job.id) == [original, second])
    let outputs = [
      OutputRecord(
        file: "b.webp", variant: 1, format: "webp", width: 640, height: 480, bytes: 10, sha256: "01", metadata: "none"),
      OutputRecord(
        file: "a.jpg", variant: 2, format: "jpeg", width: 320, height: 240, bytes: 20, sha256: "02", metadata: "full"),
    ]
    let published = try ledger.publish(job.id, outputs: outputs, warnings: ["animated", "accepted size"], at: .at(7))
    #expect(published.state == .published)
    #expect(published.published == .at(7))
    #expect(try ledger.outputs(of: job.id) == outputs)
    #expect(try ledger.warnings(of: job.id) == ["animated", "accepted size"])
    #expect(try scratch.sqlite3("SELECT count(*) FROM places") == "0")
  }

  @Test func failedPublicationChangesNothing() throws {
    let job = try ledger.responded(.named("canal"))
    // Two outputs of one number cannot be: the first statement of the transaction is undone with the last.
    _ = try scratch.sqlite3(
      "CREATE TRIGGER full BEFORE INSERT ON warnings BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
    let output = OutputRecord(
      file: "a", variant: 1, format: "png", width: 1, height: 1, bytes: 1, sha256: "", metadata: "none")
    let error = try #require(throws: LedgerError.self) {
      try ledger.publish(job.id, outputs: [output], warnings: ["x"], at: .at(7))
    }
    guard case .database(operation: "record a publication", scratch.path, _, "database or disk is full") = error
    else { throw error }
    #expect(try ledger.job(job.id) == job)
    #expect(try ledger.outputs(of: job.id) == [])
  }

  // Scenario 32.
  @Test func respondedJobWaitsForRoomAndGoesOn() throws {
    let job = try ledger.responded(.named("canal"))
    try ledger.wait(job.id, .room, until: nil, error: "disk full", at: .at(3))
    #expect(try ledger.nextResponded(limit: 10) == [])
    #expect(try ledger.job(job.id).wait == Job.Wait(reason: .room, until: nil))
    #expect(try ledger.recover(at: .at(4)).responded == [job.id])
    #expect(try ledger.resume(.room) == 1)
    #expect(try ledger.nextResponded(limit: 10).map(\.id) == [job.id])
    try ledger.wait(job.id, .room, until: .at(10), at: .at(5))
    #expect(try ledger.nextDue() == .at(10))
    _ = try ledger.nextQueued(now: .at(10))
    #expect(try ledger.nextResponded(limit: 10).map(\.id) == [job.id])
  }

  // Scenario 22.
  @Test func resumeWakesThoseOfOneReasonOnly() throws {
    let jobs = try ["a", "b", "c"].map { try ledger.accepted(.named($0)) }
    try ledger.wait(jobs[0].id, .account, until: nil, at: .at(1))
    try ledger.wait(jobs[1].id, .account, until: .at(100), at: .at(1))
    try ledger.wait(jobs[2].id, .budget, until: .at(100), at: .at(1))
    #expect(try ledger.ready(now: .at(2)) == [])
    #expect(try ledger.resume(.account) == 2)
    #expect(try ledger.ready(now: .at(2)).map(\.name) == ["a", "b"])
    #expect(try ledger.resume(.account) == 0)
  }

  @Test func releaseAfterAnOperatorsHoldIsTheFirstCall() throws {
    let job = try ledger.accepted(.named("canal"))
    #expect(try ledger.hold(job.id, at: .at(1)).hold == .operator)
    try ledger.release(job.id, at: .at(2))
    #expect(try ledger.called(job.id, 3).key == "\(job.id)-1")
  }

  @Test func heldJobKeepsItsPlaceAndACancelledOneDoesNot() throws {
    let job = try ledger.accepted(.named("canal"))
    try ledger.hold(job.id, at: .at(1))
    #expect(throws: LedgerError.self) { _ = try ledger.accepted(.named("canal")) }
    #expect(try ledger.cancel(job.id, at: .at(2)).error == "cancelled by the operator")
    #expect(try ledger.accepted(.named("canal")).place == "web/canal")
  }

  @Test func requeuedJobNeedsAPlaceAgain() throws {
    let job = try ledger.accepted(.named("canal"))
    try ledger.fail(job.id, error: "no", at: .at(1))
    let other = try ledger.accepted(.named("canal"))
    let collision = Collision(place: "web/canal", obstacle: "web/canal", job: other.id)
    #expect(throws: LedgerError.placeTaken(collision)) {
      try ledger.requeue(job.id, calls: .missing, isOccupied: { _ in false }, at: .at(2))
    }
    #expect(try ledger.job(job.id).state == .failed)
    try ledger.cancel(other.id, at: .at(3))
    try ledger.requeue(job.id, calls: .missing, isOccupied: { _ in false }, at: .at(4))
    #expect(try scratch.sqlite3("SELECT job FROM places WHERE place = 'web/canal'") == job.id.description)
  }

  @Test func requeuedJobWithASuffixSettlesAnew() throws {
    let first = try ledger.accepted(.named("canal"))
    let second = try ledger.accepted(.named("canal", .suffix))
    #expect(second.place == "web/canal-2")
    try ledger.fail(second.id, error: "no", at: .at(1))
    try ledger.cancel(first.id, at: .at(1))
    let again = try ledger.requeue(second.id, calls: .missing, isOccupied: { _ in false }, at: .at(2))
    #expect(again.place == "web/canal")
  }

  @Test func reprocessingCostsNoCallAndReplacesItsOwnDirectory() throws {
    let job = try ledger.published(.named("canal"))
    let again = try ledger.reprocess(job.id, isOccupied: { _ in true }, at: .at(5))
    #expect(again.state == .responded)
    #expect(again.collision == .replace)
    #expect(try ledger.calls(of: job.id).count == 1)
    #expect(try ledger.publish(job.id, outputs: [], at: .at(6)).published == .at(6))
  }

  @Test func reprocessingNeverReplacesAnotherJobsDirectory() throws {
    let first = try ledger.published(.named("canal"), at: 3)
    let second = try ledger.published(.named("canal", .replace), at: 4, isOccupied: { _ in true })
    let collision = Collision(place: "web/canal", obstacle: "web/canal", job: second.id)
    #expect(throws: LedgerError.placeTaken(collision)) {
      try ledger.reprocess(first.id, isOccupied: { _ in true }, at: .at(5))
    }
    #expect(try ledger.reprocess(second.id, isOccupied: { _ in true }, at: .at(5)).state == .responded)
  }

  @Test func nothingKeptCannotBeReprocessed() throws {
    let job = try ledger.accepted(.named("canal"))
    try ledger.fail(job.id, error: "no", at: .at(1))
    #expect(throws: LedgerError.nothingKept(job.id)) {
      try ledger.reprocess(job.id, isOccupied: { _ in false }, at: .at(2))
    }
  }

  @Test func localImageNeedsNoCall() throws {
    let job = try ledger.accepted(.named("canal", model: nil))
    #expect(try ledger.respondWithoutCall(job.id, at: .at(1)).state == .responded)
    #expect(try ledger.publish(job.id, outputs: [], at: .at(2)).state == .published)
    #expect(try ledger.spent(on: job.id) == .zero)
  }
}

extension Call {
  /// A call that the ledger does not know.
  fileprivate init(intendedFor job: JobID) {
    self.init(
      job: job, ordinal: 1, attempt: 1, step: 1, item: 1, endpoint: "", model: nil, state: .intended, status: nil,
      responseID: nil,
      headers: [:], body: nil, started: .at(0), finished: nil, reserved: nil, charged: nil, error: nil, reused: nil)
  }
}
