import Spool
import Synchronization

/// What the watch told since it was last asked.
final class News: Sendable {
  struct Told {
    var finished: Set<String> = []
    var touched: Set<String> = []
    /// The watch cannot name all that changed.
    var wantsScan = false
    /// The watch is over: the tree was removed or unmounted.
    var isOver = false
  }

  private let told = Mutex(Told())
  private let signal = Signal()

  func add(_ events: [FolderWatch.Event]) {
    told.withLock { told in
      for event in events {
        switch event {
        case .finished(let path): told.finished.insert(path)
        case .touched(let path), .removed(let path): told.touched.insert(path)
        case .folder, .overflow, .unwatched: told.wantsScan = true
        case .lost: told.isOver = true
        }
      }
    }
    signal.ring()
  }

  func end() {
    told.withLock { $0.isOver = true }
    signal.ring()
  }

  func take() -> Told {
    told.withLock { told in
      let taken = told
      told = Told()
      return taken
    }
  }

  func wait(atMost duration: Duration) async { await signal.wait(atMost: duration) }
}
