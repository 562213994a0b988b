import ImageAPI
import Ledger
import Testing

@testable import Daemon

/// What becomes of a job after a call.
@Suite struct ScheduleVerdictTests {
  // MARK: What a refusal means for its job

  // Scenario 24.
  @Test(arguments: [
    (Refusal.Kind.badRequest, 400), (.notFound, 404), (.tooLarge, 413), (.unsupportedMediaType, 415),
    (.unprocessable, 422), (.otherClientError, 418),
  ])
  func whatTheRequestDidWrongFailsItAndNothingElse(_ kind: Refusal.Kind, _ status: Int) {
    var pace = Pace()
    for _ in 1...5 { #expect(pace.call(Outcomes.refused(kind, status)) == .fail) }
    #expect(pace.gate() == .open)
    #expect(pace.paused().isEmpty)
  }

  // Scenario 25.
  @Test(arguments: [
    (Outcomes.overloaded, WaitReason.capacity), (Outcomes.inferenceFailed, .retry),
  ])
  func aServerErrorIsTriedAgainUntilTheAttemptsAreUsedUp(_ outcome: CallOutcome, _ reason: WaitReason) {
    var pace = Pace()
    #expect(pace.call(outcome, attempt: 1) == .retry(after: .seconds(2), reason: reason))
    #expect(pace.call(outcome, attempt: 2) == .retry(after: .seconds(4), reason: reason))
    #expect(pace.call(outcome, attempt: 3) == .fail)
  }

  /// Fifty attempts in a dead network, then the first answer.
  @Test func onlyServerErrorsUseUpAttempts() {
    var pace = Pace()
    #expect(
      pace.call(Outcomes.overloaded, attempt: 51, serverErrors: 2) == .retry(after: .seconds(60), reason: .capacity))
    #expect(pace.call(Outcomes.overloaded, attempt: 51, serverErrors: 3) == .fail)
  }

  @Test func aServerErrorThatAsksForTimeGetsIt() {
    var pace = Pace()
    #expect(
      pace.call(Outcomes.refused(.overloaded, 503, ["retry-after": "7"]))
        == .retry(after: .seconds(7), reason: .capacity))
    #expect(
      pace.call(Outcomes.refused(.overloaded, 503, ["retry-after": "1"]))
        == .retry(after: .seconds(2), reason: .capacity))
    // The time of a rate limit is about another matter.
    #expect(
      pace.call(Outcomes.refused(.overloaded, 503, ["x-ratelimit-reset-requests": "1000060"]))
        == .retry(after: .seconds(2), reason: .capacity))
  }

  // Scenario 30: nothing was sent, so it costs nothing to try for as long as it takes.
  @Test func aDeadNetworkNeverFailsAJob() {
    var pace = Pace()
    #expect(pace.call(Outcomes.offline, attempt: 50) == .retry(after: .seconds(60), reason: .network))
    #expect(pace.call(.notSent(.uploads("none"))) == .fail)
  }

  // Scenario 19.
  @Test func anUnknownOutcomeIsHeldUnlessTheOwnerSaysOtherwiseAndThenRepeatedTwiceAtMost() {
    var pace = Pace()
    #expect(pace.call(Outcomes.lost) == .hold)
    // Each repetition is a call of its own, a first attempt.
    let verdicts = (1...3).map { pace.call(Outcomes.lost, unknowns: $0, retriesUnknown: true) }
    #expect(
      verdicts == [.retry(after: .seconds(2), reason: .retry), .retry(after: .seconds(4), reason: .retry), .hold])
  }

  // MARK: The account

  // Scenario 22.
  @Test func anEmptyAccountClosesTheGateUntilItIsOpenedAndIsNewsOnce() {
    var pace = Pace()
    pace.begin()
    pace.begin()
    #expect(pace.finish(Outcomes.noMoney) == .waitForAccount(.account, isNew: true))
    #expect(pace.finish(Outcomes.noMoney) == .waitForAccount(.account, isNew: false))
    pace.seconds = 9999
    #expect(pace.gate() == .closed(.account))
    #expect(pace.schedule.closed == .account)
    #expect(pace.reopen() == true)
    #expect(pace.gate() == .open)
    // A success later it is news again.
    pace.call(Outcomes.success)
    #expect(pace.call(Outcomes.noMoney) == .waitForAccount(.account, isNew: true))
  }

  // Scenario 23.
  @Test func aForbiddenKeyClosesTheGateUntilItIsOpenedAndIsNewsOnce() {
    var pace = Pace()
    pace.begin()
    pace.begin()
    #expect(pace.finish(Outcomes.forbidden) == .waitForAccount(.key, isNew: true))
    #expect(pace.finish(Outcomes.forbidden) == .waitForAccount(.key, isNew: false))
    #expect(pace.gate() == .closed(.key))
    #expect(pace.reopen() == true)
    #expect(pace.gate() == .open)
  }

  @Test func bothClosuresAreNewsAndBothHaveToEnd() {
    var pace = Pace()
    pace.begin()
    pace.begin()
    #expect(pace.finish(Outcomes.noMoney) == .waitForAccount(.account, isNew: true))
    #expect(pace.finish(Outcomes.forbidden) == .waitForAccount(.key, isNew: true))
    #expect(pace.gate() == .closed(.key))
    #expect(pace.reopen() == false)
    #expect(pace.gate() == .closed(.account))
    #expect(pace.reopen() == true)
    #expect(pace.gate() == .open)
  }

  // Scenario 23.
  @Test func a401FailsTheJobWhenTheKeyWorksAndPausesAllWhenNot() {
    var pace = Pace()
    #expect(pace.call(Outcomes.unauthorized) == .checkKey)
    #expect(pace.keyChecked(.works) == .fail)
    #expect(pace.call(Outcomes.unauthorized) == .checkKey)
    #expect(pace.keyChecked(.unknown) == .retry(after: .seconds(2), reason: .network))
    #expect(pace.gate() == .open)
    #expect(pace.call(Outcomes.unauthorized) == .checkKey)
    #expect(pace.keyChecked(.refused) == .waitForAccount(.key, isNew: true))
    #expect(pace.gate() == .closed(.key))
    // A call that was in flight meanwhile asks no more.
    #expect(pace.call(Outcomes.unauthorized) == .waitForAccount(.key, isNew: false))
  }

  @Test func theKeyIsAskedForOnceAtATime() {
    var pace = Pace()
    #expect(pace.call(Outcomes.unauthorized) == .checkKey)
    #expect(pace.call(Outcomes.unauthorized, attempt: 2) == .retry(after: .seconds(4), reason: .key))
    #expect(pace.keyChecked(.works) == .fail)
    #expect(pace.call(Outcomes.unauthorized) == .checkKey)
  }

  @Test func theKeyIsNotAskedForWhereThatCouldBeAFailureTooMany() {
    var pace = Pace()
    for _ in 1...10 { pace.call(Outcomes.badRequest) }
    pace.begin()
    // With this 401 there are eleven: room for one more, the question.
    #expect(pace.finish(Outcomes.unauthorized) == .checkKey)
    #expect(pace.gate() == .busy(until: Pace.instant(30)))
    #expect(pace.keyChecked(.unknown) == .retry(after: .seconds(2), reason: .network))
    #expect(pace.gate() == .busy(until: Pace.instant(30)))
    pace.begin()
    #expect(pace.finish(Outcomes.unauthorized) == .retry(after: .seconds(2), reason: .key))
  }

  @Test func aRefusedKeyCheckIsAFailure() {
    var pace = Pace()
    for _ in 1...10 { pace.call(Outcomes.badRequest) }
    #expect(pace.call(Outcomes.unauthorized) == .checkKey)
    #expect(pace.keyChecked(.refused) == .waitForAccount(.key, isNew: true))
    pace.reopen()
    #expect(pace.gate() == .busy(until: Pace.instant(30)))
  }

  @Test func aKeyThatIsRefusedAgainAfterReopeningIsAskedForEverMoreSeldom() {
    var pace = Pace()
    #expect(pace.schedule.accountCheck(after: .seconds(60)) == .seconds(60))
    var intervals: [Duration] = []
    for round in 1...8 {
      pace.seconds += 60
      // Once it was said to work, it is asked whether this call alone is at fault.
      #expect(pace.call(Outcomes.forbidden) == (round == 1 ? .waitForAccount(.key, isNew: true) : .checkKey))
      if round > 1 { #expect(pace.keyChecked(.refused) == .waitForAccount(.key, isNew: true)) }
      // A second call that was in flight does not double it twice.
      #expect(pace.call(Outcomes.forbidden) == .waitForAccount(.key, isNew: false))
      intervals.append(pace.schedule.accountCheck(after: .seconds(60)))
      pace.reopen()
    }
    #expect(intervals == [60, 120, 240, 480, 960, 1920, 3600, 3600].map { .seconds($0) })
    pace.call(Outcomes.success)
    pace.call(Outcomes.forbidden)
    #expect(pace.schedule.accountCheck(after: .seconds(60)) == .seconds(60))
  }

  @Test func anAccountThatIsSaidToHaveMoneyAndHasTooLittleIsAskedForMoreSeldomToo() {
    var pace = Pace()
    pace.call(Outcomes.noMoney)
    pace.reopen()
    #expect(pace.call(Outcomes.noMoney) == .checkBalance(wait: .seconds(60)))
    #expect(pace.balanceChecked(.refused, wait: 60) == .waitForAccount(.account, isNew: true))
    #expect(pace.schedule.accountCheck(after: .seconds(60)) == .seconds(120))
    // An interval beyond the hour is the owner's choice.
    #expect(pace.schedule.accountCheck(after: .seconds(7200)) == .seconds(7200))
  }
}
