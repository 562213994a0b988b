import Synchronization

/// What the vendor would know of its customers: the balance, each key's rate, and how often a prompt has failed so far.
///
/// Times are seconds since 1970, as the rate headers have them.
final class Account: Sendable {
  /// A key's standing, for the rate headers.
  struct Rate: Equatable, Sendable {
    let limit: Int
    let remaining: Int
    /// When the window ends: an absolute Unix time.
    let reset: Int
  }

  private struct Key {
    var windowStart: Double = 0
    var calls = 0
    var failures: [Double] = []
    var blockedUntil: Double = 0
  }

  private struct State {
    var balance: USD
    var keys: [String: Key] = [:]
    var attempts: [String: Int] = [:]
  }

  /// More failures than this in `failureSpan` seconds block the key for as long (the vendor's documentation).
  private static let failuresAllowed = 20
  private static let failureSpan: Double = 30
  /// Said in the headers when no limit is set: high enough that nobody slows down for it.
  private static let unlimited = 100_000

  private let limit: Int?
  private let blocksAfterFailures: Bool
  private let state: Mutex<State>

  init(balance: USD, requestsPerMinute: Int?, blocksAfterFailures: Bool) {
    limit = requestsPerMinute
    self.blocksAfterFailures = blocksAfterFailures
    state = Mutex(State(balance: balance))
  }

  var balance: USD { state.withLock { $0.balance } }

  /// What the headers say of a key, without counting a call.
  func rate(of key: String, now: Double) -> Rate {
    state.withLock { rate(of: $0.keys[key] ?? Key(), now: now) }
  }

  /// Counts a paid call.
  ///
  /// - Throws: a 429 when the key has used up its minute or is blocked for its failures.
  func admit(_ key: String, now: Double) throws(Refusal) -> Rate {
    let (standing, wait) = state.withLock { state -> (Rate, wait: Double?) in
      var entry = state.keys[key] ?? Key()
      defer { state.keys[key] = entry }
      if entry.blockedUntil > now { return (rate(of: entry, now: now), entry.blockedUntil - now) }
      if now >= entry.windowStart + 60 {
        entry.windowStart = now
        entry.calls = 0
      }
      if entry.calls >= limit ?? .max {
        return (rate(of: entry, now: now), entry.windowStart + 60 - now)
      }
      entry.calls += 1
      return (rate(of: entry, now: now), nil)
    }
    guard let wait else { return standing }
    throw Refusal(
      status: 429, message: "Rate limit exceeded", retryAfter: max(1, Int(wait.rounded(.up))), isRateLimit: true)
  }

  private func rate(of key: Key, now: Double) -> Rate {
    let limit = limit ?? Self.unlimited
    let isOpen = now < key.windowStart + 60
    if key.blockedUntil > now { return Rate(limit: limit, remaining: 0, reset: Int(key.blockedUntil.rounded(.up))) }
    return Rate(
      limit: limit, remaining: max(0, limit - (isOpen ? key.calls : 0)),
      reset: Int(((isOpen ? key.windowStart : now) + 60).rounded(.up)))
  }

  /// Counts a failed call, and blocks the key when there were too many. What fails because of the block does not count:
  /// it would never end.
  func failed(_ key: String, now: Double) {
    guard blocksAfterFailures else { return }
    state.withLock { state in
      var entry = state.keys[key] ?? Key()
      guard entry.blockedUntil <= now else { return }
      entry.failures = entry.failures.filter { $0 > now - Self.failureSpan } + [now]
      if entry.failures.count > Self.failuresAllowed { entry.blockedUntil = now + Self.failureSpan }
      state.keys[key] = entry
    }
  }

  /// How many times this was asked before.
  func attempts(of subject: String) -> Int {
    state.withLock { state in
      let before = state.attempts[subject, default: 0]
      state.attempts[subject] = before + 1
      return before
    }
  }

  /// Takes a price off the balance and returns what is left.
  ///
  /// - Throws: a 402 when there is less.
  func pay(_ price: USD) throws(Refusal) -> USD {
    let left = state.withLock { state -> USD? in
      guard state.balance >= price else { return nil }
      state.balance = state.balance - price
      return state.balance
    }
    guard let left else { throw Refusal(status: 402, message: "Insufficient balance") }
    return left
  }

  /// Adds to the balance, or takes from it what is negative; it never falls below zero. Returns what is there then.
  @discardableResult
  func topUp(_ amount: USD) -> USD {
    state.withLock { state in
      state.balance = max(.zero, state.balance + amount)
      return state.balance
    }
  }
}
