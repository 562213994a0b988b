/// How often, and after how long, a call that cost nothing is tried again.
public struct RetryPolicy: Sendable, Hashable {
  /// Attempts in all, the first included; at least 1.
  public var attempts: Int
  /// Before the second attempt; doubled before each further one.
  public var firstDelay: Duration
  public var longestDelay: Duration

  public init(attempts: Int = 6, firstDelay: Duration = .seconds(1), longestDelay: Duration = .seconds(300)) {
    self.attempts = attempts
    self.firstDelay = firstDelay
    self.longestDelay = longestDelay
  }

  /// The delay after an attempt, 1 being the first.
  ///
  /// - Parameter jitter: 0 to 1, evenly distributed. The delay lies between half of the full step and the whole of it,
  ///   so that jobs refused together do not come back together.
  public func delay(afterAttempt attempt: Int, jitter: Double) -> Duration {
    var step = min(firstDelay, longestDelay)
    for _ in 1..<max(attempt, 1) where step < longestDelay {
      step = min(step * 2, longestDelay)
    }
    return step * (0.5 + 0.5 * min(max(jitter, 0), 1))
  }
}
