import Testing

@testable import Daemon

@Suite struct RetryPolicyTests {
  @Test func delaysDoubleUpToTheLongestAndAreSpread() {
    let policy = RetryPolicy(attempts: 9, firstDelay: .seconds(1), longestDelay: .seconds(10))
    #expect((1...6).map { policy.delay(afterAttempt: $0, jitter: 1) } == [1, 2, 4, 8, 10, 10].map { .seconds($0) })
    #expect(policy.delay(afterAttempt: 3, jitter: 0) == .seconds(2))
    #expect(policy.delay(afterAttempt: 3, jitter: 0.5) == .seconds(3))
    #expect(policy.delay(afterAttempt: 1_000_000, jitter: 1) == .seconds(10))
    #expect(policy.delay(afterAttempt: 0, jitter: 7) == .seconds(1))
  }
}
