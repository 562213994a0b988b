import ImageAPI
import Ledger
import Testing

@testable import Daemon

/// Free requests beside calls: together they stay far below the vendor's block.
@Suite struct FailureRoomTests {
  @Test func aFreeRequestHasRoomBesideCallsThatAllFail() {
    var pace = Pace(concurrency: 64)
    while pace.gate() == .open { pace.begin() }
    #expect(pace.schedule.active == Schedule.failureRoom)
    #expect(pace.ask() == true)
    #expect(pace.ask() == true)
    #expect(pace.ask() == false)
    for _ in 1...Schedule.failureRoom { _ = pace.finish(Outcomes.badRequest) }
    #expect(pace.ask() == false)
    pace.answered(isFailure: true)
    #expect(pace.ask() == false)
    // One that was answered well makes room.
    pace.answered(isFailure: false)
    #expect(pace.ask() == true)
  }

  @Test func aFreeRequestThatFailedIsAFailureForHalfAMinute() {
    var pace = Pace()
    for _ in 1...11 { pace.call(Outcomes.badRequest) }
    #expect(pace.ask() == true)
    // It may fail.
    #expect(pace.gate() == .busy(until: Pace.instant(30)))
    pace.answered(isFailure: false)
    #expect(pace.gate() == .open)
    #expect(pace.ask() == true)
    pace.answered(isFailure: true)
    #expect(pace.gate() == .busy(until: Pace.instant(30)))
    pace.seconds = 30
    #expect(pace.gate() == .open)
  }

  // MARK: Whose fault a refusal is

  // Scenario 23.
  @Test func aCallThatIsForbiddenAgainIsAskedAboutAndFailsWhereTheKeyWorks() {
    var pace = Pace()
    #expect(pace.call(Outcomes.forbidden) == .waitForAccount(.key, isNew: true))
    pace.reopen()
    pace.call(Outcomes.success)
    #expect(pace.call(Outcomes.forbidden, accountRefusals: 2) == .checkKey)
    #expect(pace.keyChecked(.works) == .fail)
    #expect(pace.gate() == .open)
    #expect(pace.call(Outcomes.forbidden, accountRefusals: 2) == .checkKey)
    #expect(pace.keyChecked(.refused) == .waitForAccount(.key, isNew: true))
    #expect(pace.gate() == .closed(.key))
  }

  // Scenario 22.
  @Test func aCallThatIsNotPaidForAgainWaitsByItselfWhereTheAccountCanPay() {
    var pace = Pace()
    #expect(pace.call(Outcomes.noMoney) == .waitForAccount(.account, isNew: true))
    pace.reopen()
    pace.call(Outcomes.success)
    #expect(pace.call(Outcomes.noMoney, accountRefusals: 2) == .checkBalance(wait: .seconds(60)))
    #expect(pace.balanceChecked(.works, wait: 60) == .retry(after: .seconds(60), reason: .account))
    #expect(pace.gate() == .open)
    #expect(pace.call(Outcomes.noMoney, accountRefusals: 2) == .checkBalance(wait: .seconds(60)))
    #expect(pace.balanceChecked(.unknown, wait: 60) == .retry(after: .seconds(2), reason: .network))
    #expect(pace.call(Outcomes.noMoney, accountRefusals: 2) == .checkBalance(wait: .seconds(60)))
    #expect(pace.balanceChecked(.refused, wait: 60) == .waitForAccount(.account, isNew: true))
    // Closed by now: nobody asks.
    #expect(pace.call(Outcomes.noMoney, accountRefusals: 2) == .waitForAccount(.account, isNew: false))
  }

  @Test func theLoneWaitDoublesUpToAnHour() {
    let waits = (2...10).map { refusals in
      var pace = Pace()
      return pace.call(Outcomes.noMoney, accountRefusals: refusals)
    }
    #expect(waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600].map { .checkBalance(wait: .seconds($0)) })
  }

  // Right after a free request said that all is well, the first refusal of another call is asked about too.
  @Test func whatFollowsAnOpeningIsAskedAbout() {
    var pace = Pace()
    pace.call(Outcomes.forbidden)
    pace.reopen()
    #expect(pace.call(Outcomes.forbidden) == .checkKey)
    #expect(pace.keyChecked(.works) == .fail)
    #expect(pace.call(Outcomes.noMoney) == .checkBalance(wait: .seconds(60)))
    #expect(pace.balanceChecked(.works, wait: 60) == .retry(after: .seconds(60), reason: .account))
    pace.call(Outcomes.success)
    #expect(pace.call(Outcomes.forbidden) == .waitForAccount(.key, isNew: true))
  }

  @Test func oneQuestionAtATimeAndNoneTooMany() {
    var pace = Pace()
    #expect(pace.call(Outcomes.noMoney, accountRefusals: 2) == .checkBalance(wait: .seconds(60)))
    #expect(pace.call(Outcomes.noMoney, accountRefusals: 2) == .retry(after: .seconds(2), reason: .account))
    #expect(pace.balanceChecked(.works, wait: 60) == .retry(after: .seconds(60), reason: .account))
    for _ in 1...9 { pace.call(Outcomes.badRequest) }
    #expect(pace.call(Outcomes.noMoney, accountRefusals: 2) == .retry(after: .seconds(2), reason: .account))
  }
}

extension Pace {
  /// A free request goes out, if it may.
  fileprivate mutating func ask() -> Bool { schedule.queryBegan(now: now) }

  fileprivate mutating func answered(isFailure: Bool) { schedule.queryEnded(isFailure: isFailure, now: now) }
}
