import ImageAPI
import Testing

@testable import Daemon

/// When calls may begin.
@Suite struct ScheduleTests {
  // MARK: Concurrency and rate

  @Test func onlyAsManyCallsAsAllowedAreInFlight() {
    var pace = Pace(concurrency: 2)
    pace.begin()
    #expect(pace.gate() == .open)
    pace.begin()
    #expect(pace.gate() == .busy(until: nil))
    #expect(pace.finish(Outcomes.success) == .responded)
    #expect(pace.gate() == .open)
    #expect(pace.schedule.active == 1)
  }

  @Test func aMinuteHoldsOnlySoManyCalls() {
    var pace = Pace(perMinute: 2)
    pace.call(Outcomes.success)
    pace.seconds = 10
    pace.call(Outcomes.success)
    #expect(pace.gate() == .busy(until: Pace.instant(60)))
    pace.seconds = 59.999
    #expect(pace.gate() == .busy(until: Pace.instant(60)))
    pace.seconds = 60
    #expect(pace.gate() == .open)
    pace.call(Outcomes.success)
    #expect(pace.gate() == .busy(until: Pace.instant(70)))
  }

  @Test func theServersLimitLowersTheRateAndNeverRaisesIt() {
    var pace = Pace(perMinute: 4)
    pace.call(Outcomes.response(["x-ratelimit-limit-requests": "2"]))
    pace.seconds = 1
    pace.call(Outcomes.success)
    #expect(pace.gate() == .busy(until: Pace.instant(60)))
    // A refusal's word counts as well, and the last one.
    pace.begin()
    _ = pace.finish(Outcomes.refused(.badRequest, 400, ["x-ratelimit-limit-requests": "500"]))
    #expect(pace.gate() == .open)
    pace.seconds = 2
    pace.call(Outcomes.success)
    #expect(pace.gate() == .busy(until: Pace.instant(60)))
  }

  @Test func aLoweredLimitWaitsForAllThatAreTooMany() {
    var pace = Pace(perMinute: 20)
    for second in 0..<5 {
      pace.seconds = Double(second)
      pace.call(Outcomes.success)
    }
    pace.call(Outcomes.response(["x-ratelimit-limit-requests": "2"]))
    // Of six, at 0, 1, 2, 3, 4 and 4, one may be left.
    #expect(pace.gate() == .busy(until: Pace.instant(64)))
  }

  @Test func aLimitOfNothingStillLetsOneCallThrough() {
    var pace = Pace()
    pace.call(Outcomes.response(["x-ratelimit-limit-requests": "0"]))
    #expect(pace.gate() == .busy(until: Pace.instant(60)))
    pace.seconds = 60
    #expect(pace.gate() == .open)
  }

  // MARK: Pauses of the key

  // Scenario 21: with rate headers, or Retry-After, all work on the key pauses; without them the model does.
  @Test func aRateLimitWithHeadersPausesTheKey() {
    var pace = Pace()
    let outcome = Outcomes.rateLimited(["x-ratelimit-reset-requests": "1000030", "x-ratelimit-remaining-requests": "0"])
    #expect(pace.call(outcome) == .retry(after: .seconds(30), reason: .rate))
    #expect(pace.gate() == .busy(until: Pace.instant(30)))
    #expect(pace.paused().isEmpty)
    pace.seconds = 30
    #expect(pace.gate() == .open)
  }

  @Test func aRateLimitThatSaysNoTimePausesTheKeyForTheBackOff() {
    var pace = Pace()
    #expect(
      pace.call(Outcomes.rateLimited(["x-ratelimit-limit-requests": "20"]), attempt: 2)
        == .retry(after: .seconds(4), reason: .rate))
    #expect(pace.gate() == .busy(until: Pace.instant(4)))
  }

  @Test func aShorterPauseDoesNotEndALongerOne() {
    var pace = Pace()
    pace.begin()
    pace.begin()
    _ = pace.finish(Outcomes.rateLimited(["retry-after": "30"]))
    #expect(
      pace.finish(Outcomes.rateLimited(["retry-after": "5"])) == .retry(after: .seconds(5), reason: .rate))
    #expect(pace.gate() == .busy(until: Pace.instant(30)))
  }

  @Test func nothingRemainingPausesTheKeyUntilTheReset() {
    var pace = Pace()
    let reset = ["x-ratelimit-reset-requests": "1000020"]
    pace.call(Outcomes.response(reset.merging(["x-ratelimit-remaining-requests": "1"]) { $1 }))
    #expect(pace.gate() == .open)
    #expect(
      pace.call(Outcomes.response(reset.merging(["x-ratelimit-remaining-requests": "0"]) { $1 })) == .responded)
    #expect(pace.gate() == .busy(until: Pace.instant(20)))
  }

  @Test func nothingRemainingIsHeardInARefusalToo() {
    var pace = Pace()
    let headers = ["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1000020"]
    #expect(pace.call(Outcomes.refused(.badRequest, 400, headers)) == .fail)
    #expect(pace.gate() == .busy(until: Pace.instant(20)))
  }

  @Test func nothingRemainingWithoutAResetPausesForAMinute() {
    var pace = Pace()
    pace.call(Outcomes.response(["x-ratelimit-remaining-requests": "0"]))
    #expect(pace.gate() == .busy(until: Pace.instant(60)))
  }

  /// What stands between us and the vendor may say anything.
  @Test func headersOfAnUnknownOutcomeAreNotHeard() {
    var pace = Pace()
    let head = Outcomes.head(502, ["x-ratelimit-remaining-requests": "0", "x-ratelimit-limit-requests": "1"])
    pace.call(.unknown(UnknownOutcome(reason: .status, head: head, bytesReceived: 0)))
    #expect(pace.gate() == .open)
  }

  // Scenario 21: absurd values are clamped, and a skewed clock is corrected by the server's own date.
  @Test(arguments: [
    (["retry-after": "3"], 3), (["retry-after": "999999999"], 600), (["retry-after": "0"], 1),
    (["retry-after": "600"], 600), (["retry-after": "601"], 600),
    (["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT", "date": "Sun, 06 Nov 1994 08:49:30 GMT"], 7),
    (["retry-after": "3", "x-ratelimit-reset-requests": "1000010"], 3),
    (["x-ratelimit-reset-requests": "5"], 1), (["x-ratelimit-reset-requests": "1000010"], 10),
    (["x-ratelimit-reset-requests": "784111790", "date": "Sun, 06 Nov 1994 08:49:37 GMT"], 13),
    (["x-ratelimit-reset-requests": "-9223372036854775808"], 1),
    (["x-ratelimit-reset-requests": "9223372036854775807", "date": "Sun, 06 Nov 1904 08:49:37 GMT"], 600),
  ])
  func theServersWishToWaitIsBelievedWithinBounds(_ headers: [String: String], _ seconds: Int) {
    #expect(Outcomes.head(429, headers).ratePause(wallClock: 1_000_000) == .seconds(seconds))
  }

  @Test func whoSaysNothingAsksForNothing() {
    #expect(Outcomes.head(429).ratePause(wallClock: 0) == nil)
    #expect(Outcomes.head(429, ["x-ratelimit-reset-requests": "9"]).retryPause(wallClock: 0) == nil)
  }

  // MARK: Pauses of a model

  // Scenario 21.
  @Test func aRateLimitWithoutHeadersPausesTheModel() {
    var pace = Pace()
    #expect(pace.call(Outcomes.modelBusy) == .retry(after: .seconds(2), reason: .capacity))
    #expect(pace.gate() == .open)
    #expect(pace.schedule.pausedModels(now: pace.now).models == ["m"])
    #expect(pace.schedule.pausedModels(now: pace.now).until == Pace.instant(2))
    pace.seconds = 2
    #expect(pace.paused().isEmpty)
  }

  // Scenario 25.
  @Test(arguments: [
    [Outcomes.overloaded, Outcomes.overloaded, Outcomes.overloaded],
    [Outcomes.inferenceFailed, Outcomes.overloaded, Outcomes.modelBusy],
  ])
  func threeServerErrorsInARowPauseTheirModelAlone(_ outcomes: [CallOutcome]) {
    var pace = Pace()
    for outcome in outcomes.dropLast() { pace.call(outcome) }
    #expect(pace.paused().isEmpty)
    pace.call(outcomes[2])
    pace.call(Outcomes.overloaded, "other")
    #expect(pace.schedule.pausedModels(now: pace.now).models == ["m"])
    #expect(pace.schedule.pausedModels(now: pace.now).until == Pace.instant(30))
    #expect(pace.gate() == .open)
  }

  @Test func outcomesThatSayNothingOfTheModelNeitherCountNorForgive() {
    var pace = Pace()
    pace.call(Outcomes.overloaded)
    pace.call(Outcomes.overloaded)
    let silent = [
      Outcomes.badRequest, Outcomes.lost, Outcomes.offline, Outcomes.rateLimited(["retry-after": "1"]),
      Outcomes.unauthorized, Outcomes.noMoney, Outcomes.forbidden,
    ]
    for outcome in silent { pace.call(outcome) }
    #expect(pace.paused().isEmpty)
    pace.call(Outcomes.overloaded)
    #expect(pace.paused() == ["m"])
  }

  @Test func oneTrialAtATimeAndASuccessEndsIt() {
    var pace = Pace()
    for _ in 1...3 { pace.call(Outcomes.overloaded) }
    pace.seconds = 30
    #expect(pace.paused().isEmpty)
    pace.begin()
    #expect(pace.schedule.pausedModels(now: pace.now).models == ["m"])
    // No time ends that, but the trial's end.
    #expect(pace.schedule.pausedModels(now: pace.now).until == nil)
    _ = pace.finish(Outcomes.success)
    #expect(pace.paused().isEmpty)
    pace.begin()
    #expect(pace.paused().isEmpty)
  }

  @Test func theFirstRestThatEndsIsToldOfSeveral() {
    var pace = Pace()
    for _ in 1...3 { pace.call(Outcomes.overloaded, "long") }
    pace.seconds = 1
    pace.call(Outcomes.modelBusy, "short")
    #expect(pace.schedule.pausedModels(now: pace.now).models == ["long", "short"])
    #expect(pace.schedule.pausedModels(now: pace.now).until == Pace.instant(3))
  }

  @Test func callsWithoutAModelHaveABreakerOfTheirOwn() {
    var pace = Pace()
    for _ in 1...3 { pace.call(Outcomes.overloaded, nil) }
    #expect(pace.paused() == [""])
  }

  // MARK: The vendor's block

  @Test(arguments: [
    Outcomes.badRequest, Outcomes.unauthorized, Outcomes.noMoney, Outcomes.forbidden, Outcomes.refused(.notFound, 404),
    Outcomes.refused(.tooLarge, 413), Outcomes.refused(.unsupportedMediaType, 415),
    Outcomes.refused(.unprocessable, 422), Outcomes.refused(.otherClientError, 418), Outcomes.modelBusy,
    Outcomes.rateLimited(["retry-after": "1"]), Outcomes.inferenceFailed, Outcomes.overloaded, Outcomes.lost,
  ])
  func everyRefusalAndEveryUnknownOutcomeIsAFailure(_ outcome: CallOutcome) {
    var pace = Pace(concurrency: 100)
    for _ in 1...10 { pace.call(Outcomes.badRequest) }
    pace.begin()
    pace.begin()
    #expect(pace.gate() == .busy(until: Pace.instant(30)))
    // Eleven failures and one call under way are as many as ten and two.
    _ = pace.finish(outcome)
    pace.seconds = 29.999
    while pace.schedule.closed != nil { pace.reopen() }
    #expect(pace.gate() == .busy(until: Pace.instant(30)))
    pace.seconds = 30
    #expect(pace.gate() == .open)
  }

  @Test(arguments: [Outcomes.success, Outcomes.offline, .notSent(.uploads("none"))])
  func whatSucceedsOrWasNeverSentIsNone(_ outcome: CallOutcome) {
    var pace = Pace(concurrency: 100)
    for _ in 1...10 { pace.call(Outcomes.badRequest) }
    pace.begin()
    pace.begin()
    #expect(pace.gate() == .busy(until: Pace.instant(30)))
    _ = pace.finish(outcome)
    #expect(pace.gate() == .open)
  }

  @Test func failuresAndCallsInFlightStayBelowTwelveTogether() {
    var pace = Pace(concurrency: 100)
    for second in 0..<8 {
      pace.seconds = Double(second)
      pace.call(Outcomes.badRequest)
    }
    for _ in 1...3 { pace.begin() }
    #expect(pace.gate() == .open)
    pace.begin()
    // Eight and four; the first failure has to age.
    #expect(pace.gate() == .busy(until: Pace.instant(30)))
    pace.begin()
    pace.begin()
    // Eight and six: three have to.
    #expect(pace.gate() == .busy(until: Pace.instant(32)))
    for _ in 1...6 { pace.begin() }
    // Twelve in flight: no time helps.
    #expect(pace.gate() == .busy(until: nil))
  }

  // MARK: After a restart

  @Test func callsOfBeforeARestartStillCountAgainstTheRate() {
    let recent = [10, 59, 60, 90].map { RecentCall(started: .seconds($0), finished: .seconds(1), failed: false) }
    var pace = Pace(perMinute: 2, recent: recent)
    #expect(pace.gate() == .busy(until: Pace.instant(1)))
    pace.seconds = 1
    #expect(pace.gate() == .open)
    pace.call(Outcomes.success)
    #expect(pace.gate() == .busy(until: Pace.instant(50)))
  }

  @Test func failuresOfBeforeARestartStillCount() {
    let failed = (18..<30).map { RecentCall(started: .seconds(50), finished: .seconds($0), failed: true) }
    let others = [
      RecentCall(started: .seconds(50), finished: .seconds(2), failed: false),
      RecentCall(started: .seconds(50), finished: .seconds(30), failed: true),
    ]
    var pace = Pace(recent: failed + others)
    #expect(pace.gate() == .busy(until: Pace.instant(1)))
    pace.seconds = 1
    #expect(pace.gate() == .open)
  }

  @Test func aCallThatNobodySawEndMayHaveFailedJustNow() {
    var pace = Pace(
      recent: Array(repeating: RecentCall(started: .seconds(300), finished: nil, failed: true), count: 12))
    #expect(pace.gate() == .busy(until: Pace.instant(30)))
  }

  @Test func aClockThatWasSetBackMakesACallNoYoungerThanNow() {
    var pace = Pace(
      perMinute: 1, recent: [RecentCall(started: .seconds(-5000), finished: .seconds(-5000), failed: true)])
    #expect(pace.gate() == .busy(until: Pace.instant(60)))
  }
}
