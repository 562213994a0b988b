/// Keeps calls from a model that fails again and again.
///
/// Three failures in a row open it: the model rests for half a minute. Then one call tries it, with no other under way;
/// if that fails too, the rest doubles, up to ten minutes. A success closes it.
struct Breaker: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// Failures in a row that open it.
  static let failuresToOpen = 3
  static let firstRest = Duration.seconds(30)
  static let longestRest = Duration.seconds(600)

  private var failures = 0
  /// How long the model rests; `nil` while the breaker is closed.
  private var rest: Duration?
  private var restsUntil: Instant?
  private var inFlight = 0
  /// Whether the call that began last is the one that tries the model.
  private var isTrial = false

  /// Whether no call may begin. Past the rest that is so until calls under way have ended, the trial above all.
  func isPaused(now: Instant) -> Bool {
    if let restsUntil, restsUntil > now { return true }
    return rest != nil && inFlight > 0
  }

  /// When the rest ends; `nil` when no time but a running call's end is waited for.
  func pausedUntil(now: Instant) -> Instant? {
    restsUntil.flatMap { $0 > now ? $0 : nil }
  }

  /// Whether nothing is left to remember.
  func isForgettable(now: Instant) -> Bool {
    failures == 0 && rest == nil && inFlight == 0 && !isPaused(now: now)
  }

  mutating func began() {
    inFlight += 1
    isTrial = rest != nil
  }

  mutating func ended(_ news: News, now: Instant) {
    inFlight = max(inFlight - 1, 0)
    switch news {
    case .none: break
    case .good:
      failures = 0
      guard rest != nil else { return }
      rest = nil
      restsUntil = nil
    case .bad(let pause):
      if let pause { restUntil(now + pause) }
      if let rest {
        // Calls that began before it opened, and fail after, tell nothing new.
        if isTrial { open(for: min(rest * 2, Self.longestRest), now: now) }
      } else {
        failures += 1
        if failures >= Self.failuresToOpen { open(for: Self.firstRest, now: now) }
      }
    }
  }

  /// What the end of a call tells of its model.
  enum News: Hashable, Sendable {
    case good
    /// The server failed, or is at capacity; `pause` is how long the model is left alone even after one of them.
    case bad(pause: Duration?)
    /// The request, the key or the network was at fault, or nobody knows.
    case none
  }

  private mutating func open(for duration: Duration, now: Instant) {
    failures = 0
    rest = duration
    restUntil(now + duration)
  }

  private mutating func restUntil(_ time: Instant) {
    restsUntil = max(restsUntil ?? time, time)
  }
}
