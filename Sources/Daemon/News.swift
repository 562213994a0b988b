import Spool
import Synchronization

/// What the watch told since it was last asked. Never more than a limit: what is beyond it a scan has to find.
final class News: Sendable {
  struct Told: Sendable {
    /// Files, in the order in which they were told of first.
    var files: [String] = []
    /// Those whose writers closed them, or that were renamed in.
    var finished: Set<String> = []
    /// Folders that came, or whose rights changed.
    var folders: [String] = []
    var cookies: [String] = []
    /// How often events were lost.
    var overflows = 0
    /// The watch cannot name all that changed.
    var wantsScan = false
    /// Why there are folders that the watch does not see.
    var unwatched: String?
    /// Why the watch is over: the tree was removed or unmounted.
    var end: String?

    private var known: Set<String> = []

    fileprivate static let limit = FolderWatch.pendingLimit

    fileprivate mutating func add(_ path: String, isFinished: Bool) {
      if known.contains(path) {
        if isFinished { finished.insert(path) }
      } else if files.count < Self.limit {
        known.insert(path)
        files.append(path)
        if isFinished { finished.insert(path) }
      } else {
        wantsScan = true
      }
    }

    fileprivate mutating func add(folder: String) {
      if folders.count < Self.limit { folders.append(folder) } else { wantsScan = true }
    }
  }

  private let told = Mutex(Told())
  private let signal = Signal()

  func add(_ events: [FolderWatch.Event]) {
    told.withLock { told in
      for event in events {
        switch event {
        case .finished(let path): told.add(path, isFinished: true)
        case .touched(let path), .removed(let path): told.add(path, isFinished: false)
        case .folder(let path): told.add(folder: path)
        case .cookie(let name): told.cookies.append(name)
        case .overflow:
          told.overflows += 1
          told.wantsScan = true
        case .unwatched(_, let error):
          told.wantsScan = true
          // Rights to the folder are asked for where it is looked at.
          if !error.isDenied { told.unwatched = error.description }
        case .lost(let reason): told.end = told.end ?? reason
        }
      }
    }
    signal.ring()
  }

  /// No more will come.
  func end() {
    told.withLock { $0.end = $0.end ?? "the watch has ended" }
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
