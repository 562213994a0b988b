/// Whether a watch sees what happens in the inbox, as cookies tell. A value: no clock, no disk.
struct WatchTrial: Sendable {
  typealias Instant = ContinuousClock.Instant

  enum Verdict: Hashable, Sendable {
    /// The first cookie is on its way.
    case open
    case sees
    case blind(reason: String)
  }

  private(set) var verdict = Verdict.open
  private var cookie: (name: String, deadline: Instant)?

  /// How long a cookie may take to be told of.
  let patience: Duration

  init(patience: Duration) {
    self.patience = patience
  }

  /// There is nothing to try.
  init(failed reason: String) {
    patience = .zero
    verdict = .blind(reason: reason)
  }

  /// When a cookie that is on its way will count as unseen.
  var deadline: Instant? { cookie?.deadline }

  mutating func sent(_ name: String, now: Instant) { cookie = (name, now + patience) }

  /// The watch misses something for certain, or nothing can be tried.
  mutating func failed(_ reason: String) {
    cookie = nil
    verdict = .blind(reason: reason)
  }

  /// - Parameters:
  ///   - cookies: those that the watch has told of.
  ///   - hasOverflowed: it has lost events, perhaps this one: that it was told so shows that it sees.
  mutating func told(_ cookies: [String], hasOverflowed: Bool, now: Instant) {
    guard let cookie else { return }
    if cookies.contains(cookie.name) || hasOverflowed {
      self.cookie = nil
      verdict = .sees
    } else if now >= cookie.deadline {
      failed("a file that was made there was not told of")
    }
  }
}
