import Testing

@testable import Daemon

@Suite struct BreakerTests {
  private let start = ContinuousClock.now

  /// A breaker that three failures have opened at the start.
  private func opened() -> Breaker {
    var breaker = Breaker()
    for _ in 1...3 { fail(&breaker, at: 0) }
    return breaker
  }

  private func fail(_ breaker: inout Breaker, at second: Int) {
    breaker.began()
    breaker.ended(.bad(pause: nil), now: start + .seconds(second))
  }

  private func isPaused(_ breaker: Breaker, at second: Double) -> Bool {
    breaker.isPaused(now: start + .milliseconds(Int(second * 1000)))
  }

  @Test func threeFailuresInARowOpenItForHalfAMinute() {
    var breaker = Breaker()
    fail(&breaker, at: 0)
    fail(&breaker, at: 0)
    #expect(!isPaused(breaker, at: 0))
    fail(&breaker, at: 0)
    #expect(isPaused(breaker, at: 29.999))
    #expect(!isPaused(breaker, at: 30))
    #expect(breaker.pausedUntil(now: start) == start + .seconds(30))
  }

  @Test func aSuccessInBetweenBeginsTheCountAnew() {
    var breaker = Breaker()
    for news in [Breaker.News.bad(pause: nil), .bad(pause: nil), .good, .bad(pause: nil), .bad(pause: nil)] {
      breaker.began()
      breaker.ended(news, now: start)
    }
    #expect(!isPaused(breaker, at: 0))
    fail(&breaker, at: 0)
    #expect(isPaused(breaker, at: 0))
  }

  @Test func aTrialThatFailsDoublesTheRestUpToTenMinutes() {
    var breaker = opened()
    var now = 30
    var rests: [Int] = []
    for _ in 1...7 {
      #expect(!isPaused(breaker, at: Double(now)))
      fail(&breaker, at: now)
      let rest = (1...700).first { !isPaused(breaker, at: Double(now + $0)) } ?? 0
      rests.append(rest)
      now += rest
    }
    #expect(rests == [60, 120, 240, 480, 600, 600, 600])
    // Closed, the next rest is short again.
    breaker.began()
    breaker.ended(.good, now: start + .seconds(now))
    for _ in 1...3 { fail(&breaker, at: now) }
    #expect(isPaused(breaker, at: Double(now) + 29.999))
    #expect(!isPaused(breaker, at: Double(now + 30)))
  }

  @Test func oneTrialIsUnderWayAtATime() {
    var breaker = opened()
    breaker.began()
    #expect(isPaused(breaker, at: 30))
    #expect(isPaused(breaker, at: 10_000))
    #expect(breaker.pausedUntil(now: start + .seconds(30)) == nil)
    breaker.ended(.good, now: start + .seconds(40))
    #expect(!isPaused(breaker, at: 40))
  }

  @Test func aTrialThatTellsNothingMakesRoomForAnother() {
    var breaker = opened()
    breaker.began()
    breaker.ended(.none, now: start + .seconds(31))
    #expect(!isPaused(breaker, at: 31))
    breaker.began()
    #expect(isPaused(breaker, at: 31))
  }

  @Test func failuresOfCallsThatBeganBeforeItOpenedDoNotDoubleTheRest() {
    var breaker = Breaker()
    for _ in 1...5 { breaker.began() }
    for _ in 1...4 { breaker.ended(.bad(pause: nil), now: start) }
    #expect(isPaused(breaker, at: 29.999))
    // The fifth is still under way when the rest is over: no trial before it has ended.
    #expect(isPaused(breaker, at: 31))
    breaker.ended(.bad(pause: nil), now: start + .seconds(40))
    #expect(!isPaused(breaker, at: 40))
  }

  @Test func aSuccessOfACallThatBeganBeforeItOpenedClosesIt() {
    var breaker = Breaker()
    for _ in 1...4 { breaker.began() }
    for _ in 1...3 { breaker.ended(.bad(pause: nil), now: start) }
    #expect(isPaused(breaker, at: 1))
    breaker.ended(.good, now: start + .seconds(1))
    #expect(!isPaused(breaker, at: 1))
  }

  @Test func aPauseThatWasAskedForOutlastsASuccess() {
    var breaker = Breaker()
    breaker.began()
    breaker.began()
    breaker.ended(.bad(pause: .seconds(5)), now: start)
    breaker.ended(.good, now: start + .seconds(1))
    #expect(isPaused(breaker, at: 4.999))
    #expect(!isPaused(breaker, at: 5))
  }

  @Test func theLongerOfPauseAndRestHolds() {
    var breaker = Breaker()
    for _ in 1...3 {
      breaker.began()
      breaker.ended(.bad(pause: .seconds(100)), now: start)
    }
    #expect(isPaused(breaker, at: 99.999))
    #expect(!isPaused(breaker, at: 100))
  }

  @Test func aModelThatIsWellIsForgotten() {
    var breaker = Breaker()
    #expect(breaker.isForgettable(now: start))
    breaker.began()
    #expect(!breaker.isForgettable(now: start))
    breaker.ended(.bad(pause: .seconds(5)), now: start)
    #expect(!breaker.isForgettable(now: start))
    breaker.began()
    breaker.ended(.good, now: start)
    #expect(!breaker.isForgettable(now: start))
    #expect(breaker.isForgettable(now: start + .seconds(5)))
    #expect(!opened().isForgettable(now: start + .seconds(5000)))
  }
}
