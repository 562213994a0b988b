import Glibc
import Synchronization

/// The kernel's side of a ``FolderWatch``: the inotify descriptor, which folders it watches, and what nobody fetched
/// yet.
final class WatchState: Sendable {
  let inotify: Descriptor

  private let root: String
  /// Which folder the path led to when it was watched.
  private let place: Place
  private let signal: AsyncStream<Void>.Continuation
  private let state: Mutex<(folders: WatchedFolders, pending: PendingEvents)>

  /// What is asked of the kernel for each folder: files that are finished, begun, opened up or gone; folders that come
  /// and go; the end of the folder itself. Single writes are not asked for: there may be thousands a file.
  private static let mask =
    UInt32(
      IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)
    | UInt32(IN_ONLYDIR) | UInt32(IN_EXCL_UNLINK)

  init(path: String, limit: Int, signal: AsyncStream<Void>.Continuation) throws(SpoolError) {
    inotify = try Descriptor("inotify_init1", path) { inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)) }
    root = path
    self.signal = signal
    state = Mutex((WatchedFolders(), PendingEvents(limit: limit)))
    // What is put in the folder's place between the two is found out by the first cookie.
    place = try Place(path: path)
    try watch(WatchedFolders.root)
    watchFolders(in: WatchedFolders.root)
  }

  func take() -> [FolderWatch.Event] { state.withLock { $0.pending.take() } }

  func finish() { signal.finish() }

  var isCurrent: Bool { (try? Place(path: root)) == place }

  private struct Place: Equatable {
    let device: UInt64
    let inode: UInt64

    init(path: String) throws(SpoolError) {
      let status = try Folder(path: path).descriptor.status(path: path)
      device = status.device
      inode = status.identity.inode
    }
  }

  private func tell(_ event: FolderWatch.Event) {
    state.withLock { $0.pending.add(event) }
    signal.yield()
  }

  private func full(_ folder: String) -> String { folder.isEmpty ? root : "\(root)/\(folder)" }

  // MARK: Watching

  private func watch(_ folder: String) throws(SpoolError) {
    let path = full(folder)
    // The root may be a symbolic link of the administrator's; what lies in it may not.
    let mask = folder.isEmpty ? Self.mask : Self.mask | UInt32(IN_DONT_FOLLOW)
    let watch = try retrying("inotify_add_watch", path) {
      // C borrows the path for the call.
      unsafe inotify_add_watch(inotify.number, path, mask)
    }
    state.withLock { $0.folders.add(folder, watch: watch) }
  }

  /// Watches all folders in a folder that is watched itself: one that comes meanwhile is seen either here or there.
  private func watchFolders(in folder: String) {
    var names: [String] = []
    do throws(SpoolError) {
      let opened = try Folder(path: full(folder))
      for name in try opened.names() where !IgnoredNames.contains(name) {
        if try opened.status(of: name)?.kind == .directory { names.append(name) }
      }
    } catch {
      unwatched(folder, error)
    }
    for name in names { watchTree(WatchedFolders.join(folder, name)) }
  }

  private func watchTree(_ folder: String) {
    do {
      try watch(folder)
    } catch {
      return unwatched(folder, error)
    }
    watchFolders(in: folder)
  }

  private func unwatched(_ folder: String, _ error: SpoolError) {
    // Gone again, or no folder any more: the events that say so are on their way.
    if error.isMissing || error.errno == ENOTDIR || error.errno == ELOOP { return }
    tell(.unwatched(folder, error))
  }

  private func unwatchTree(_ folder: String) {
    for watch in state.withLock({ $0.folders.removeTree(folder) }) {
      // An error says that the kernel dropped it already.
      _ = inotify_rm_watch(inotify.number, watch)
    }
  }

  // MARK: Reading

  /// Called when the descriptor has something to read.
  func readEvents() {
    // inotify(7): at least one event with the longest name fits; the kernel never cuts one.
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      // The kernel fills the buffer during the call only.
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(inotify.number, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      // EAGAIN: all is read. Dispatch calls again when there is more.
      guard count > 0 else { return }
      for record in InotifyRecord.records(in: buffer.span.extracting(0..<count)) { handle(record) }
    }
  }

  private func handle(_ record: InotifyRecord) {
    if record.has(IN_Q_OVERFLOW) { return tell(.overflow) }
    if record.has(IN_IGNORED) {
      // The folder is gone, or its file system; for a folder in the tree its parent has told so.
      let folder = state.withLock { $0.folders.remove(watch: record.watch) }
      if folder == WatchedFolders.root { lose("it was removed or unmounted") }
      return
    }
    guard let folder = state.withLock({ $0.folders.path(of: record.watch) }) else { return }
    if record.has(IN_MOVE_SELF), folder == WatchedFolders.root { return lose("it was moved away") }
    if record.has(IN_CREATE), folder == WatchedFolders.root, WatchCookie.isOne(record.name) {
      return tell(.cookie(record.name))
    }
    guard !record.name.isEmpty, !IgnoredNames.contains(record.name) else { return }
    let path = WatchedFolders.join(folder, record.name)
    if record.has(IN_ISDIR) { handleFolder(path, record) } else { handleFile(path, record) }
  }

  private func handleFile(_ path: String, _ record: InotifyRecord) {
    if record.has(IN_CLOSE_WRITE) || record.has(IN_MOVED_TO) {
      tell(.finished(path))
    } else if record.has(IN_DELETE) || record.has(IN_MOVED_FROM) {
      tell(.removed(path))
    } else {
      tell(.touched(path))
    }
  }

  private func handleFolder(_ path: String, _ record: InotifyRecord) {
    if record.has(IN_DELETE) || record.has(IN_MOVED_FROM) {
      unwatchTree(path)
      tell(.removed(path))
    } else {
      // Created, moved in, or its rights changed: watch first, then have it scanned.
      watchTree(path)
      tell(.folder(path))
    }
  }

  private func lose(_ reason: String) {
    tell(.lost(reason))
    signal.finish()
  }
}
