/// Events that nobody has fetched yet: each once, in order of arrival, and never more than a limit, above which only
/// "something was missed" remains. Memory stays flat whatever is dropped into the inbox.
struct PendingEvents: Sendable {
  private let limit: Int
  private var events: [FolderWatch.Event] = []
  private var known: Set<FolderWatch.Event> = []
  private var hasOverflowed = false

  init(limit: Int) {
    self.limit = limit
  }

  mutating func add(_ event: FolderWatch.Event) {
    if event == .overflow || (events.count >= limit && !event.isLasting) { return overflow() }
    // While an overflow waits, a scan of everything is due; what it finds need not be told too.
    if hasOverflowed, !event.isLasting { return }
    if known.insert(event).inserted { events.append(event) }
  }

  private mutating func overflow() {
    guard !hasOverflowed else { return }
    hasOverflowed = true
    events.removeAll { !$0.isLasting }
    known = Set(events)
    events.append(.overflow)
  }

  mutating func take() -> [FolderWatch.Event] {
    defer { self = PendingEvents(limit: limit) }
    return events
  }
}

extension FolderWatch.Event {
  /// Whether a scan cannot replace it.
  fileprivate var isLasting: Bool {
    switch self {
    case .finished, .touched, .folder, .removed, .overflow: false
    case .unwatched, .lost, .cookie: true
    }
  }
}
