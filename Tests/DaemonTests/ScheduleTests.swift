import ImageAPI
import Ledger
import Testing

@testable import Daemon

@Suite struct ScheduleTests {
  private static let start = ContinuousClock.now
  private let noRetryLimit = RetryPolicy(attempts: 3, firstDelay: .seconds(2), longestDelay: .seconds(60))

  private func schedule(concurrency: Int = 2, perMinute: Int = 100) -> Schedule {
    Schedule(
      Schedule.Configuration(concurrency: concurrency, requestsPerMinute: perMinute, retry: noRetryLimit))
  }

  private func refusal(
    _ kind: Refusal.Kind, status: Int, headers: [(String, String)] = []
  ) -> CallOutcome {
    .refused(
      Refusal(
        kind: kind, error: VendorError(message: "no"),
        head: ResponseHead(
          status: status, headers: headers.map { ResponseHead.Header(name: $0.0, value: $0.1) })))
  }

  private func finish(
    _ schedule: inout Schedule, _ outcome: CallOutcome, attempt: Int = 1, model: String? = "m",
    unknowns: Int = 1, retriesUnknown: Bool = false
  ) -> Schedule.Verdict {
    schedule.began(now: Self.start)
    return schedule.finished(
      outcome, model: model, attempt: attempt, unknowns: unknowns, retriesUnknown: retriesUnknown, now: Self.start,
      wallClock: 1_000_000,
      jitter: 1)
  }

  @Test func onlyAsManyCallsAsAllowedAreInFlight() {
    var schedule = schedule(concurrency: 2)
    #expect(schedule.gate(now: Self.start) == .open)
    schedule.began(now: Self.start)
    schedule.began(now: Self.start)
    #expect(schedule.gate(now: Self.start) == .busy(until: nil))
  }

  @Test func aMinuteHoldsOnlySoManyCalls() {
    var schedule = schedule(perMinute: 2)
    for second in [0, 10] {
      #expect(schedule.gate(now: Self.start + .seconds(second)) == .open)
      schedule.began(now: Self.start + .seconds(second))
      _ = schedule.finished(
        .response(ResponseHead(status: 200, headers: [])), model: nil, attempt: 1, retriesUnknown: false,
        now: Self.start, wallClock: 0, jitter: 0)
    }
    #expect(schedule.gate(now: Self.start + .seconds(20)) == .busy(until: Self.start + .seconds(60)))
    #expect(schedule.gate(now: Self.start + .seconds(60)) == .open)
  }

  @Test(arguments: [
    (Refusal.Kind.badRequest, 400), (.notFound, 404), (.tooLarge, 413), (.unsupportedMediaType, 415),
    (.unprocessable, 422), (.otherClientError, 418),
  ])
  func whatTheRequestDidWrongFailsIt(_ kind: Refusal.Kind, _ status: Int) {
    var schedule = schedule()
    #expect(finish(&schedule, refusal(kind, status: status)) == .fail)
    #expect(schedule.gate(now: Self.start) == .open)
  }

  // Scenario 21: with rate headers, or Retry-After, all work on the key pauses; without them the model does.
  @Test func aRateLimitWithHeadersPausesTheKey() {
    var schedule = schedule()
    let outcome = refusal(
      .rateLimited, status: 429,
      headers: [("x-ratelimit-reset-requests", "1000030"), ("x-ratelimit-remaining-requests", "0")])
    #expect(finish(&schedule, outcome) == .retry(after: .seconds(30), reason: .rate))
    #expect(schedule.gate(now: Self.start) == .busy(until: Self.start + .seconds(30)))
    #expect(schedule.pausedModels(now: Self.start).models.isEmpty)
  }

  @Test func aRateLimitWithoutHeadersPausesTheModel() {
    var schedule = schedule()
    #expect(finish(&schedule, refusal(.rateLimited, status: 429)) == .retry(after: .seconds(2), reason: .capacity))
    #expect(schedule.gate(now: Self.start) == .open)
    #expect(schedule.pausedModels(now: Self.start).models == ["m"])
    #expect(schedule.pausedModels(now: Self.start + .seconds(2)).models.isEmpty)
  }

  // Scenario 21: absurd values are clamped, and a skewed clock is corrected by the server's own date.
  @Test(arguments: [
    (["retry-after": "3"], 3), (["retry-after": "999999999"], 600), (["retry-after": "0"], 1),
    (["x-ratelimit-reset-requests": "5"], 1), (["x-ratelimit-reset-requests": "1000010"], 10),
    (["x-ratelimit-reset-requests": "784111790", "date": "Sun, 06 Nov 1994 08:49:37 GMT"], 13),
  ])
  func theServersWishToWaitIsBelievedWithinBounds(_ headers: [String: String], _ seconds: Int) {
    let head = ResponseHead(
      status: 429, headers: headers.map { ResponseHead.Header(name: $0.key, value: $0.value) })
    #expect(Schedule.pause(head, wallClock: 1_000_000) == .seconds(seconds))
  }

  @Test func anOverloadedModelIsTriedAgainUntilTheAttemptsAreUsedUp() {
    var schedule = schedule()
    let outcome = refusal(.overloaded, status: 503)
    #expect(finish(&schedule, outcome, attempt: 1) == .retry(after: .seconds(2), reason: .capacity))
    #expect(finish(&schedule, outcome, attempt: 2) == .retry(after: .seconds(4), reason: .capacity))
    #expect(finish(&schedule, outcome, attempt: 3) == .fail)
  }

  @Test func aRateHeaderOnAnotherRefusalDoesNotDelayTheRetry() {
    var schedule = schedule()
    let outcome = refusal(.overloaded, status: 503, headers: [("x-ratelimit-reset-requests", "1000060")])
    #expect(finish(&schedule, outcome) == .retry(after: .seconds(2), reason: .capacity))
    let asking = refusal(.overloaded, status: 503, headers: [("retry-after", "7")])
    #expect(finish(&schedule, asking) == .retry(after: .seconds(7), reason: .capacity))
  }

  // Scenario 30: nothing was sent, so it costs nothing to try for as long as it takes.
  @Test func aDeadNetworkNeverFailsAJob() {
    var schedule = schedule()
    #expect(
      finish(&schedule, .notSent(.connect("refused")), attempt: 50) == .retry(after: .seconds(60), reason: .network))
  }

  // Scenario 19.
  @Test func anUnknownOutcomeIsHeldUnlessTheOwnerSaysOtherwiseAndThenRepeatedTwiceAtMost() {
    var schedule = schedule()
    let outcome = CallOutcome.unknown(UnknownOutcome(reason: .timedOut(.seconds(1)), head: nil, bytesReceived: 0))
    #expect(finish(&schedule, outcome) == .hold)
    // Each repetition is a call of its own, a first attempt.
    let verdicts = (1...3).map { finish(&schedule, outcome, unknowns: $0, retriesUnknown: true) }
    #expect(
      verdicts == [.retry(after: .seconds(2), reason: .retry), .retry(after: .seconds(4), reason: .retry), .hold])
  }

  // Scenario 22.
  @Test func anEmptyAccountClosesTheGateUntilItIsOpened() {
    var schedule = schedule()
    #expect(
      finish(&schedule, refusal(.paymentRequired(.insufficientBalance), status: 402)) == .waitForAccount(.account))
    #expect(schedule.gate(now: Self.start + .seconds(9999)) == .closed(.account))
    schedule.accountOpened()
    #expect(schedule.gate(now: Self.start) == .open)
  }

  // Scenario 23.
  @Test func a401FailsTheJobWhenTheKeyWorksAndPausesAllWhenNot() {
    var schedule = schedule()
    #expect(finish(&schedule, refusal(.unauthorized, status: 401)) == .checkKey)
    #expect(schedule.keyChecked(.works, attempt: 1, jitter: 1) == .fail)
    #expect(schedule.keyChecked(.unknown, attempt: 1, jitter: 1) == .retry(after: .seconds(2), reason: .network))
    #expect(schedule.gate(now: Self.start) == .open)
    #expect(schedule.keyChecked(.refused, attempt: 1, jitter: 1) == .waitForAccount(.key))
    #expect(schedule.gate(now: Self.start) == .closed(.key))
  }

  @Test func delaysDoubleUpToTheLongestAndAreSpread() {
    let policy = RetryPolicy(attempts: 9, firstDelay: .seconds(1), longestDelay: .seconds(10))
    #expect((1...6).map { policy.delay(afterAttempt: $0, jitter: 1) } == [1, 2, 4, 8, 10, 10].map { .seconds($0) })
    #expect(policy.delay(afterAttempt: 3, jitter: 0) == .seconds(2))
    #expect(policy.delay(afterAttempt: 1_000_000, jitter: 1) == .seconds(10))
  }
}
