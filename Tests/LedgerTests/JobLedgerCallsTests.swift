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
    let call = try ledger.beginCall(
      job.id, endpoint: "/image/generate", model: "sd35", reserving: USD("0.05"), at: .at(1))
    #expect(
      call
        == Call(
          job: job.id, ordinal: 1, attempt: 1, step: 1, endpoint: "/image/generate", model: "sd35", state: .intended,
          status: nil,
          responseID: nil, headers: [:], body: nil, started: .at(1), finished: nil, reserved: USD("0.05"), charged: nil,
          error: nil))
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
    #expect(try ledger.nextQueued(now: .at(1_000_000)) == [])
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

  // Scenario 31.
  @Test func spendingCountsTheWorstPriceUntilTheOutcomeIsKnown() throws {
    let price = USD("0.05")
    let intended = try ledger.accepted(.named("intended"))
    _ = try ledger.called(intended.id, 10, reserving: price)
    #expect(try ledger.spent(since: .at(0)) == USD("0.05"))
    let jobs = try ["responded", "unpriced", "unknown", "refused", "unsent"].map { try ledger.accepted(.named($0)) }
    let calls = try jobs.map { try ledger.called($0.id, 20, reserving: price) }
    #expect(try ledger.spent(since: .at(0)) == USD("0.30"))
    for (call, result) in zip(
      calls,
      [
        .responded(.init(status: 200, body: "r", charged: USD("0.01"))), .responded(.init(status: 200, body: "r")),
        .unknown(error: "lost"), .refused(status: 400, error: "", then: .fail), .notSent(error: "", then: .fail),
      ] as [CallResult])
    { _ = try ledger.finishCall(call, result, at: .at(30)) }
    // 0.05 intended, 0.01 charged, 0.05 charged without a price, 0.05 perhaps charged.
    #expect(try ledger.spent(since: .at(0)) == USD("0.16"))
    #expect(try ledger.spent(since: .at(20)) == USD("0.11"))
    #expect(try ledger.spent(since: .at(21)) == .zero)
    #expect(try ledger.spent(on: jobs[0].id) == USD("0.01"))
    #expect(try ledger.spent(on: jobs[3].id) == .zero)
  }

  @Test func nextOperationHasAnOrdinalOfItsOwn() throws {
    let job = try ledger.responded(.named("canal"))
    let advanced = try ledger.advance(job.id, model: "upscaler", at: .at(5))
    #expect(advanced.state == .queued)
    #expect(advanced.step == 2)
    #expect(advanced.model == "upscaler")
    let second = try ledger.called(job.id, 6)
    #expect(second.key == "\(job.id)-2")
    #expect(second.step == 2)
    // From the beginning, with new calls: the answer to a step is the last one.
    _ = try ledger.finishCall(second, .refused(status: 400, error: "no", then: .fail), at: .at(7))
    try ledger.requeue(job.id, isOccupied: { _ in false }, at: .at(8))
    let again = try ledger.called(job.id, 9)
    #expect([again.ordinal, again.attempt, again.step] == [3, 1, 1])
  }
}
