import Ledger

/// A call of the time before a restart. Ages instead of times: the monotonic clock does not outlive the machine.
struct RecentCall: Hashable, Sendable {
  /// How long ago it began.
  var started: Duration
  /// How long ago it ended; `nil` when nobody saw it end.
  var finished: Duration?
  /// Whether the API may have counted it as a failure.
  var failed: Bool

  init(started: Duration, finished: Duration?, failed: Bool) {
    self.started = started
    self.finished = finished
    self.failed = failed
  }

  /// - Parameter now: by the wall clock, as the ledger's times are.
  init(_ call: Call, now: Timestamp) {
    self.init(state: call.state, started: call.started, finished: call.finished, now: now)
  }

  init(state: Call.State, started: Timestamp, finished: Timestamp?, now: Timestamp) {
    let failed =
      switch state {
      case .refused, .unknown, .intended: true
      case .responded, .notSent: false
      }
    self.init(started: started.duration(to: now), finished: finished.map { $0.duration(to: now) }, failed: failed)
  }
}
