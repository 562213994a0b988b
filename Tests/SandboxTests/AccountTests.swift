import Testing

@testable import Sandbox

@Suite struct AccountTests {
  private func account(limit: Int? = nil, blocks: Bool = false) -> Account {
    Account(balance: USD(microdollars: 100_000), requestsPerMinute: limit, blocksAfterFailures: blocks)
  }

  @Test func theBalanceRunsOutToTheMicrodollar() throws {
    let account = account()
    #expect(try account.pay(USD(microdollars: 60_000)) == USD(microdollars: 40_000))
    #expect(throws: Refusal(status: 402, message: "Insufficient balance")) {
      try account.pay(USD(microdollars: 40_001))
    }
    #expect(account.topUp(USD(microdollars: 1)) == USD(microdollars: 40_001))
    #expect(try account.pay(USD(microdollars: 40_001)) == .zero)
  }

  @Test func theMinuteIsCountedByKey() throws {
    let account = account(limit: 2)
    #expect(try account.admit("a", now: 100) == Account.Rate(limit: 2, remaining: 1, reset: 160))
    #expect(try account.admit("a", now: 130) == Account.Rate(limit: 2, remaining: 0, reset: 160))
    #expect(
      throws: Refusal(status: 429, message: "Rate limit exceeded", retryAfter: 20, isRateLimit: true)
    ) { try account.admit("a", now: 140) }
    #expect(try account.admit("b", now: 140).remaining == 1)
    #expect(try account.admit("a", now: 160) == Account.Rate(limit: 2, remaining: 1, reset: 220))
  }

  @Test func moreThanTwentyFailuresInHalfAMinuteBlockTheKey() throws {
    let account = account(blocks: true)
    for second in 0..<20 { account.failed("a", now: Double(second)) }
    _ = try account.admit("a", now: 20)
    account.failed("a", now: 21)
    #expect(throws: Refusal.self) { try account.admit("a", now: 50) }
    #expect(account.rate(of: "a", now: 50).remaining == 0)
    _ = try account.admit("b", now: 50)
    _ = try account.admit("a", now: 51)
  }

  @Test func whatFailsBecauseOfTheBlockDoesNotProlongIt() throws {
    let account = account(blocks: true)
    for second in 0...20 { account.failed("a", now: Double(second)) }
    for second in 21..<50 { account.failed("a", now: Double(second)) }
    #expect(throws: Refusal(status: 429, message: "Rate limit exceeded", retryAfter: 1, isRateLimit: true)) {
      try account.admit("a", now: 49.5)
    }
    _ = try account.admit("a", now: 50)
  }

  @Test func theBalanceNeverFallsBelowNothing() {
    let account = account()
    #expect(account.topUp(USD(microdollars: -99_999)) == USD(microdollars: 1))
    #expect(account.topUp(USD(microdollars: -2)) == .zero)
  }

  @Test func slowFailuresDoNotBlock() throws {
    let account = account(blocks: true)
    for second in 0..<60 { account.failed("a", now: Double(second) * 2) }
    _ = try account.admit("a", now: 121)
  }

  @Test func attemptsAreCountedBySubject() {
    let account = account()
    #expect([account.attempts(of: "a"), account.attempts(of: "b"), account.attempts(of: "a")] == [0, 0, 1])
  }
}
