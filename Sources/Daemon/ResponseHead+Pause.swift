import ImageAPI

extension ResponseHead {
  /// The longest that a server's wish to wait is believed: clocks differ, and headers lie.
  static let longestPause = Duration.seconds(600)

  /// How long a server that limits the rate asks to wait, 1 s to ``longestPause``; `nil` when it does not say.
  ///
  /// - Parameter wallClock: seconds since 1970 by our clock, which counts where the server sent no `Date`.
  func ratePause(wallClock: Int) -> Duration? {
    retryPause(wallClock: wallClock) ?? rateLimit?.reset.map { duration(until: $0, wallClock: wallClock) }
  }

  /// What `Retry-After` asks for, 1 s to ``longestPause``.
  func retryPause(wallClock: Int) -> Duration? {
    switch retryAfter {
    case .seconds(let seconds): Self.believable(seconds)
    case .date(let date): duration(until: date, wallClock: wallClock)
    case nil: nil
    }
  }

  /// The absolute times of headers are of the server's clock, and so is its `Date`.
  private func duration(until time: Int, wallClock: Int) -> Duration {
    let (seconds, overflow) = time.subtractingReportingOverflow(date ?? wallClock)
    return Self.believable(overflow ? (time < 0 ? .min : .max) : seconds)
  }

  private static func believable(_ seconds: Int) -> Duration {
    .seconds(min(max(seconds, 1), Int(longestPause.components.seconds)))
  }
}
