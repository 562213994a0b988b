import Dispatch
import Glibc
import Synchronization

/// Tells what changes in a tree, by inotify(7). It watches first; whoever uses it scans second, so that nothing falls
/// between the two.
///
/// An event says "look there", never "it is so": events may come late, twice, or for what is gone again. Names in
/// ``IgnoredNames`` are left out. It ends when it is dropped or stopped, or with ``Event/lost(_:)``.
public final class FolderWatch: Sendable {
  /// Paths are relative to the watched tree.
  public enum Event: Sendable, Hashable {
    /// A writer closed the file, or it was renamed in.
    case finished(String)
    /// The file began, was opened up (its mode or owner changed) or got another name in this tree's favour; it may not
    /// be finished.
    case touched(String)
    /// A folder came; what it held before it was watched is found by a scan of it.
    case folder(String)
    /// A file or folder went.
    case removed(String)
    /// A cookie of this name was made; see ``Inbox/touchCookie()``.
    case cookie(String)
    /// The kernel's queue, or the one here, ran over: scan everything.
    case overflow
    /// A folder could not be watched, for lack of rights or of watches (fs.inotify.max_user_watches): only scans find
    /// what is dropped there.
    case unwatched(String, SpoolError)
    /// The tree was removed, moved away or unmounted. The last event.
    case lost(String)
  }

  /// As given.
  public let path: String

  private let shared: WatchState
  // A dispatch source may be used from any thread (dispatch_source_cancel(3)); the protocol does not say so to Swift.
  private nonisolated(unsafe) let source: any DispatchSourceRead
  private let signals: AsyncStream<Void>

  /// How many events wait at most before they become one ``Event/overflow``.
  public static let pendingLimit = 16_384

  /// Begins to watch the tree and all folders in it.
  ///
  /// - Parameter limit: how many events wait at most.
  public init(path: String, limit: Int = pendingLimit) throws(SpoolError) {
    self.path = path
    let (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    self.signals = signals
    let shared = try WatchState(path: path, limit: limit, signal: signal)
    self.shared = shared
    let queue = DispatchQueue(label: "folder-watch")
    let source = DispatchSource.makeReadSource(fileDescriptor: shared.inotify.number, queue: queue)
    source.setEventHandler { shared.readEvents() }
    // Dispatch requires that the descriptor stay open until then: the handler holds the state, and so the descriptor.
    source.setCancelHandler { shared.finish() }
    unsafe self.source = source
    source.activate()
  }

  /// What changed since it was last asked, whenever something did. For one reader.
  public var batches: some AsyncSequence<[Event], Never> & Sendable {
    signals.map { [shared] _ in shared.take() }
  }

  /// Whether the path leads to the folder that is watched. It does not when something was mounted over it, or put in
  /// its place.
  public var isCurrent: Bool { shared.isCurrent }

  /// Ends the sequence after what is pending.
  public func stop() {
    unsafe source.cancel()
  }

  deinit {
    unsafe source.cancel()
  }
}
