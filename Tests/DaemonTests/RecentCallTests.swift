import Ledger
import Testing

@testable import Daemon

@Suite struct RecentCallTests {
  private let now = Timestamp(microseconds: 1_800_000_000_000_000)

  @Test(arguments: [
    (Call.State.responded, false), (.notSent, false), (.refused, true), (.unknown, true), (.intended, true),
  ])
  func whatTheAPIMayCountAsAFailureIsOne(_ state: Call.State, _ failed: Bool) {
    let call = RecentCall(state: state, started: now + .seconds(-20), finished: now + .milliseconds(-2500), now: now)
    #expect(call == RecentCall(started: .seconds(20), finished: .milliseconds(2500), failed: failed))
  }

  @Test func whatNobodySawEndHasNoEnd() {
    let call = RecentCall(state: .intended, started: now + .seconds(-20), finished: nil, now: now)
    #expect(call == RecentCall(started: .seconds(20), finished: nil, failed: true))
  }
}
