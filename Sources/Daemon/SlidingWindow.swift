/// Events of the last so many seconds.
struct SlidingWindow: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// An event counts for this long; that long after it, it no longer does.
  let length: Duration
  /// Oldest first.
  private var events: [Instant] = []

  init(_ length: Duration) {
    self.length = length
  }

  /// - Parameter event: may come late: what is older than others is put before them.
  mutating func add(_ event: Instant) {
    let place = events.lastIndex { $0 <= event }.map { $0 + 1 } ?? 0
    events.insert(event, at: place)
  }

  /// Events that still count. Those that no longer do are forgotten.
  mutating func count(now: Instant) -> Int {
    events.removeAll { $0 + length <= now }
    return events.count
  }

  /// When fewer than `limit` events will count, if none is added; `nil` when that is so already, and for a limit that
  /// no time reaches.
  func time(below limit: Int) -> Instant? {
    guard limit >= 1, events.count >= limit else { return nil }
    return events[events.count - limit] + length
  }
}
