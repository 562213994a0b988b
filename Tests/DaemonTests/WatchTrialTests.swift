import Testing

@testable import Daemon

// Scenario 4.
@Suite struct WatchTrialTests {
  private let start = ContinuousClock.now
  private var trial = WatchTrial(patience: .seconds(2))

  @Test mutating func cookieThatIsToldShowsThatTheWatchSees() {
    trial.sent("a", now: start)
    #expect(trial.verdict == .open)
    #expect(trial.deadline == start + .seconds(2))
    trial.told(["other"], hasOverflowed: false, now: start + .seconds(1))
    #expect(trial.verdict == .open)
    trial.told(["a"], hasOverflowed: false, now: start + .seconds(1))
    #expect(trial.verdict == .sees)
    #expect(trial.deadline == nil)
  }

  @Test mutating func cookieThatIsNotToldInTimeShowsThatItIsBlind() {
    trial.sent("a", now: start)
    trial.told([], hasOverflowed: false, now: start + .milliseconds(1999))
    #expect(trial.verdict == .open)
    trial.told([], hasOverflowed: false, now: start + .seconds(2))
    #expect(trial.verdict == .blind(reason: "a file that was made there was not told of"))
  }

  @Test mutating func lostEventsAreASightToo() {
    trial.sent("a", now: start)
    trial.told([], hasOverflowed: true, now: start)
    #expect(trial.verdict == .sees)
  }

  @Test mutating func laterCookieThatIsSeenSwitchesBack() {
    trial.failed("it cannot be tried")
    trial.sent("b", now: start)
    #expect(trial.verdict == .blind(reason: "it cannot be tried"))
    trial.told(["b"], hasOverflowed: false, now: start)
    #expect(trial.verdict == .sees)
  }
}
