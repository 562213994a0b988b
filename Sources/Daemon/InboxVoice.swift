import Synchronization

/// What is said of the inbox as a whole: nothing twice in a row.
final class InboxVoice: Sendable {
  private let observe: @Sendable (DaemonEvent) -> Void
  private let said = Mutex((last: DaemonEvent?.none, overflows: 0))

  init(observe: @escaping @Sendable (DaemonEvent) -> Void) {
    self.observe = observe
  }

  func say(_ event: DaemonEvent) {
    let isNew = said.withLock { said in
      defer { said.last = event }
      return said.last != event
    }
    if isNew { observe(event) }
  }

  /// Each is said: it tells that more is dropped at once than there is room for.
  func tellOverflows(_ count: Int) {
    let times = said.withLock { said in
      said.overflows += count
      return said.overflows
    }
    observe(.watchOverflowed(times: times))
  }
}
