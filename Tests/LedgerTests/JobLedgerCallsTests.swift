import Money
import Testing

@testable import Ledger

@Suite struct JobLedgerCallsTests {
  let scratch: Scratch
  let ledger: JobLedger

  init() throws {
    scratch = try Scratch()
    ledger = try scratch.ledger()
  }

  // Scenario 18.
  @Test func intentIsCommittedBeforeTheCall() throws {
    let job = try ledger.accepted(.named("canal"))
    let call = try ledger.called(job.id, reserving: USD("0.05"))
    #expect(
      call
        == Call(
          job: job.id, ordinal: 1, attempt: 1, step: 1, item: 1, endpoint: "/image/generate", model: "sd35",
          state: .intended,
          status: nil,
          responseID: nil, headers: [:], body: nil, started: .at(1), finished: nil, reserved: USD("0.05"), charged: nil,
          error: nil, reused: nil))
    #expect(call.key == "\(job.id)-1")
    #expect(call.charge == .unknown(USD("0.05")))
    let reopened = try scratch.ledger()
    #expect(try reopened.job(job.id).state == .calling)
    #expect(try reopened.job(job.id).since == .at(1))
    #expect(try reopened.calls(of: job.id) == [call])
  }

  @Test func responseIsKeptWithTheJobsNewState() throws {
    let job = try ledger.accepted(.named("canal"))
    let call = try ledger.called(job.id, reserving: USD("0.05"))
    let responded = try ledger.finishCall(
      call,
      .responded(
        .init(
          status: 200, responseID: "gen-1", headers: ["x-b": "2", "x-a": "1"], body: "response-1", charged: USD("0.01"))
      ),
      at: .at(4))
    #expect(responded.state == .responded)
    #expect(responded.since == .at(4))
    let kept = try #require(try ledger.calls(of: job.id).first)
    #expect(kept.state == .responded)
    #expect(kept.status == 200)
    #expect(kept.responseID == "gen-1")
    #expect(kept.headers == ["x-a": "1", "x-b": "2"])
    #expect(kept.body == "response-1")
    #expect(kept.started == .at(1))
    #expect(kept.finished == .at(4))
    #expect(kept.charge == .certain(USD("0.01")))
  }

  // Scenarios 21, 30.
  @Test func retryOfAnUnchargedCallKeepsOrdinalAndKey() throws {
    let job = try ledger.accepted(.named("canal"))
    let first = try ledger.called(job.id)
    let waiting = try ledger.finishCall(
      first,
      .refused(status: 429, headers: ["retry-after": "3"], error: "slow down", then: .wait(.rate, until: .at(5))),
      at: .at(2))
    #expect(waiting.state == .queued)
    #expect(waiting.wait == Job.Wait(reason: .rate, until: .at(5)))
    #expect(waiting.error == "slow down")
    let second = try ledger.called(job.id, 5)
    #expect([second.ordinal, second.attempt] == [1, 2])
    #expect(second.key == first.key)
    #expect(try ledger.job(job.id).wait == nil)
    _ = try ledger.finishCall(second, .notSent(error: "no route", then: .wait(.network, until: .at(9))), at: .at(6))
    let third = try ledger.called(job.id, 9)
    #expect([third.ordinal, third.attempt] == [1, 3])
    #expect(try ledger.calls(of: job.id).map(\.state) == [.refused, .notSent, .intended])
    #expect(try ledger.calls(of: job.id).map(\.charge) == [.none, .none, .unknown(nil)])
  }

  // Scenario 19.
  @Test func unknownOutcomeHoldsAndItsReleaseTakesANewKey() throws {
    let job = try ledger.accepted(.named("canal"))
    let first = try ledger.called(job.id, reserving: USD("0.05"))
    let held = try ledger.finishCall(first, .unknown(status: 502, error: "bad gateway"), at: .at(2))
    #expect(held.state == .held)
    #expect(held.hold == .unknownOutcome)
    #expect(held.wait == nil)
    #expect(try ledger.calls(of: job.id).map(\.charge) == [.unknown(USD("0.05"))])
    #expect(try ledger.nextQueued(now: .at(1_000_000)) == nil)
    #expect(try ledger.release(job.id, at: .at(3)).state == .queued)
    let second = try ledger.called(job.id, 4)
    #expect([second.ordinal, second.attempt] == [2, 1])
    #expect(second.key == "\(job.id)-2")
  }

  // Scenario 24.
  @Test func refusalForGoodFailsAndGivesThePlaceUp() throws {
    let job = try ledger.accepted(.named("canal"))
    let failed = try ledger.finishCall(
      try ledger.called(job.id), .refused(status: 400, error: "prompt: too long", then: .fail), at: .at(2))
    #expect(failed.state == .failed)
    #expect(failed.error == "prompt: too long")
    #expect(try scratch.sqlite3("SELECT count(*) FROM places") == "0")
  }

  @Test func callEndsOnce() throws {
    let job = try ledger.accepted(.named("canal"))
    let call = try ledger.called(job.id)
    _ = try ledger.finishCall(call, .responded(.init(status: 200, body: "r")), at: .at(2))
    #expect(throws: LedgerError.illegalTransition(job.id, from: .responded, operation: "the end of a call")) {
      _ = try ledger.finishCall(call, .unknown(error: "late"), at: .at(3))
    }
    #expect(try ledger.calls(of: job.id).map(\.state) == [.responded])
  }

  @Test func endOfAnEarlierAttemptIsRefused() throws {
    let job = try ledger.accepted(.named("canal"))
    let first = try ledger.called(job.id)
    _ = try ledger.finishCall(first, .refused(status: 503, error: "", then: .wait(.capacity, until: nil)), at: .at(2))
    _ = try ledger.called(job.id, 3)
    #expect(throws: LedgerError.noSuchCall(job.id, ordinal: 1, attempt: 1)) {
      _ = try ledger.finishCall(first, .responded(.init(status: 200, body: "r")), at: .at(4))
    }
    #expect(try ledger.job(job.id).state == .calling)
  }

  @Test func twoDispatchersCannotCallForOneJob() async throws {
    let job = try ledger.accepted(.named("canal"))
    let other = try scratch.ledger()
    let begun = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<16 {
        let ledger = number % 2 == 0 ? ledger : other
        group.addTask { (try? ledger.called(job.id)) != nil }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(begun == 1)
    #expect(try ledger.calls(of: job.id).count == 1)
  }

  // Scenarios 18, 20, 40: as a crash leaves it, then twice recovered.
  @Test func recoveryHoldsWhatWasCallingAndGoesOnWithWhatHasResponded() throws {
    let queued = try ledger.accepted(.named("queued"))
    let calling = try ledger.accepted(.named("calling"))
    _ = try ledger.called(calling.id, reserving: USD("0.05"))
    let responded = try ledger.responded(.named("responded"))
    let urgent = try ledger.responded(.named("urgent", priority: 5))
    let published = try ledger.published(.named("published"))
    let reopened = try scratch.ledger()
    #expect(
      try reopened.recover(at: .at(9)) == Recovery(held: [calling.id], responded: [urgent.id, responded.id]))
    let jobs = try reopened.jobs()
    #expect(jobs.map(\.state) == [.queued, .held, .responded, .responded, .published])
    #expect(jobs.map(\.id) == [queued.id, calling.id, responded.id, urgent.id, published.id])
    #expect(jobs[1].hold == .unknownOutcome)
    #expect(jobs[1].since == .at(9))
    let call = try #require(try reopened.calls(of: calling.id).first)
    #expect(call.state == .unknown)
    #expect(call.finished == .at(9))
    #expect(call.charge == .unknown(USD("0.05")))
    #expect(try reopened.recover(at: .at(10)) == Recovery(held: [], responded: [urgent.id, responded.id]))
    #expect(try reopened.jobs() == jobs)
    #expect(try reopened.calls(of: calling.id) == [call])
  }

  // MARK: Chains

  private func refused(_ call: Call, at seconds: Int64) throws {
    _ = try ledger.finishCall(
      call, .refused(status: 503, error: "busy", then: .wait(.retry, until: nil)), at: .at(seconds))
  }

  /// The job, failed while its second step works on the second of three images.
  private func failedInTheMiddle(_ name: String) throws -> JobID {
    let job = try ledger.responded(.named(name)).id
    try ledger.advance(job, step: 2, item: 1, model: "upscaler", at: .at(3))
    try ledger.answered(job, 4)
    try ledger.advance(job, step: 2, item: 2, model: "upscaler", at: .at(5))
    _ = try ledger.finishCall(
      try ledger.called(job, 6), .refused(status: 400, error: "no", then: .fail), at: .at(7))
    return job
  }

  @Test func eachCallOfAChainIsJournalledByItself() throws {
    let job = try ledger.accepted(.named("canal"))
    #expect([job.step, job.item] == [1, 1])
    try ledger.answered(job.id)
    var keys = ["\(job.id)-1"]
    for (step, item) in [(2, 1), (2, 2), (3, 1), (3, 2)] {
      let advanced = try ledger.advance(job.id, step: step, item: item, model: "model-\(step)", at: .at(5))
      #expect(advanced.state == .queued)
      #expect([advanced.step, advanced.item] == [step, item])
      #expect(advanced.model == "model-\(step)")
      #expect(try ledger.job(job.id) == advanced)
      let call = try ledger.called(job.id, 6)
      #expect([call.step, call.item] == [step, item])
      keys.append(call.key)
      _ = try ledger.finishCall(call, .responded(.init(status: 200, body: "\(step).\(item)")), at: .at(7))
    }
    #expect(keys == (1...5).map { "\(job.id)-\($0)" })
    #expect(try ledger.calls(of: job.id).map { [$0.step, $0.item] } == [[1, 1], [2, 1], [2, 2], [3, 1], [3, 2]])
    #expect(try scratch.sqlite3("SELECT step, item FROM calls ORDER BY ordinal") == "1|1\n2|1\n2|2\n3|1\n3|2")
  }

  @Test(arguments: [(1, 1), (2, 1), (2, 2), (1, 9), (3, 0), (0, 5)]) func chainNeverGoesBack(_ step: Int, _ item: Int)
    throws
  {
    let id = try ledger.responded(.named("canal")).id
    try ledger.advance(id, step: 2, item: 2, model: "upscaler", at: .at(5))
    let job = try ledger.answered(id, 6)
    #expect(throws: LedgerError.notAhead(id, step: step, item: item, isAtStep: 2, isAtItem: 2)) {
      try ledger.advance(id, step: step, item: item, model: "x", at: .at(7))
    }
    #expect(try ledger.job(id) == job)
  }

  /// Another item has another body: under the same key, the service could take it for the one it knows.
  @Test func retryOfAnotherItemHasAKeyOfItsOwn() throws {
    let job = try ledger.responded(.named("canal"))
    try ledger.advance(job.id, step: 2, item: 1, model: nil, at: .at(3))
    try refused(try ledger.called(job.id, 4), at: 5)
    try ledger.resume(.retry)
    let retry = try ledger.called(job.id, 6)
    #expect([retry.ordinal, retry.attempt, retry.step, retry.item] == [2, 2, 2, 1])
    _ = try ledger.finishCall(retry, .refused(status: 400, error: "", then: .fail), at: .at(7))
    // From outside, as an operator might: on to the next image without an answer to this one.
    _ = try scratch.sqlite3("UPDATE jobs SET state = 'queued', item = 2")
    let next = try ledger.called(job.id, 8)
    #expect([next.ordinal, next.attempt, next.step, next.item] == [3, 1, 2, 2])
  }

  @Test func missingCallsAreThoseWithoutAnAnswer() throws {
    let job = try failedInTheMiddle("canal")
    let again = try ledger.requeue(job, calls: .missing, isOccupied: { _ in false }, at: .at(8))
    #expect(again.state == .queued)
    #expect([again.step, again.item] == [2, 2])
    #expect(again.model == "upscaler")
    // Refused, so not charged: the same call, the same key.
    let call = try ledger.called(job, 9)
    #expect([call.ordinal, call.attempt, call.step, call.item] == [3, 2, 2, 2])
  }

  @Test func answeredCallIsNotMissing() throws {
    let job = try ledger.responded(.named("canal"))
    try ledger.fail(job.id, error: "it could not be decoded", at: .at(3))
    let again = try ledger.requeue(job.id, calls: .missing, isOccupied: { _ in false }, at: .at(4))
    #expect(again.state == .responded)
    #expect(try ledger.nextResponded().map(\.id) == [job.id])
    #expect(try ledger.nextQueued(now: .at(5)) == nil)
    // Advanced, but not called: that call is missing.
    try ledger.advance(job.id, step: 2, item: 1, model: "upscaler", at: .at(5))
    try ledger.cancel(job.id, at: .at(6))
    let third = try ledger.requeue(job.id, calls: .missing, isOccupied: { _ in false }, at: .at(7))
    #expect(third.state == .queued)
    #expect([third.step, third.item] == [2, 1])
  }

  @Test func allCallsBeginWithTheFirst() throws {
    let job = try failedInTheMiddle("canal")
    let again = try ledger.requeue(job, calls: .all(model: "sd35"), isOccupied: { _ in false }, at: .at(8))
    #expect(again.state == .queued)
    #expect([again.step, again.item] == [1, 1])
    #expect(again.model == "sd35")
    // The last call was refused, but it was another one.
    let call = try ledger.called(job, 9)
    #expect([call.ordinal, call.attempt, call.step, call.item] == [4, 1, 1, 1])
  }

  // Scenarios 19, 40: a crash in the third call never repays the first two.
  @Test func releasedCallOfAChainIsTheOneThatIsHeld() throws {
    let job = try ledger.responded(.named("canal"))
    try ledger.advance(job.id, step: 2, item: 1, model: "upscaler", at: .at(3))
    try ledger.answered(job.id, 4)
    try ledger.advance(job.id, step: 2, item: 2, model: "upscaler", at: .at(5))
    _ = try ledger.called(job.id, 6)
    let reopened = try scratch.ledger()
    #expect(try reopened.recover(at: .at(7)).held == [job.id])
    try reopened.release(job.id, at: .at(8))
    let call = try reopened.called(job.id, 9)
    #expect([call.ordinal, call.attempt, call.step, call.item] == [4, 1, 2, 2])
    #expect(try reopened.calls(of: job.id).map(\.state) == [.responded, .responded, .unknown, .intended])
  }

  @Test func answersThatCountAreTheLastOfEachCall() throws {
    let job = try failedInTheMiddle("canal")
    func answers() throws -> [[Int]] { try ledger.answers(of: job).map { [$0.step, $0.item, $0.ordinal] } }
    #expect(try answers() == [[1, 1, 1], [2, 1, 2]])
    try ledger.requeue(job, calls: .all(model: nil), isOccupied: { _ in false }, at: .at(8))
    // Not answered anew yet.
    let first = try ledger.called(job, 9)
    #expect(try answers() == [[1, 1, 1], [2, 1, 2]])
    // The step after was made of the old answer.
    _ = try ledger.finishCall(first, .responded(.init(status: 200, body: "r")), at: .at(10))
    #expect(try answers() == [[1, 1, 4]])
    try ledger.advance(job, step: 2, item: 1, model: nil, at: .at(11))
    try ledger.answered(job, 12)
    #expect(try answers() == [[1, 1, 4], [2, 1, 5]])
    try ledger.advance(job, step: 2, item: 2, model: nil, at: .at(13))
    _ = try ledger.finishCall(try ledger.called(job, 14), .unknown(error: "lost"), at: .at(15))
    try ledger.release(job, at: .at(16))
    try ledger.answered(job, 17)
    #expect(try answers() == [[1, 1, 4], [2, 1, 5], [2, 2, 7]])
  }
}
