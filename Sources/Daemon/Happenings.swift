import Synchronization

/// What happens in a daemon, for those who follow jobs: whether something did, and what keeps requests in the inbox.
final class Happenings: Sendable {
  private let state = Mutex((count: 0, hindrances: [String: String]()))

  /// More would be of no use to anybody: what is forgotten is still in the log.
  private static let most = 10_000

  /// Counts up with each event.
  var count: Int { state.withLock { $0.count } }

  /// Why a file in the inbox has not been taken, and what can be done about it.
  func hindrance(of file: String) -> String? { state.withLock { $0.hindrances[file] } }

  func add(_ event: DaemonEvent) {
    state.withLock { state in
      state.count += 1
      switch event {
      case .awaitsImage(let request, let image):
        Self.note(request, "it waits for \(image), which is not in the inbox yet", &state.hindrances)
      case .obstacle(let path, let reason): Self.note(path, reason, &state.hindrances)
      case .accepted(_, let request, _), .refused(let request, _): state.hindrances[request] = nil
      case .calling, .responded, .waiting, .published, .failed, .held, .letGo, .outOfRoom, .roomAgain, .accountClosed,
        .accountOpened, .catalogueFetched, .catalogueNotKept, .catalogueUnavailable, .delivering, .delivered,
        .deliveryDeferred, .deliveryGivenUp, .said, .controlUnavailable, .pipelinesRead, .pipelinesKept, .reused,
        .inboxWatched, .inboxPolled, .inboxGone, .watchOverflowed:
        break
      }
    }
  }

  private static func note(_ file: String, _ words: String, _ hindrances: inout [String: String]) {
    if hindrances.count < most || hindrances[file] != nil { hindrances[file] = words }
  }
}
