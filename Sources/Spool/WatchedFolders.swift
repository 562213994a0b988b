/// Which folder each inotify watch descriptor stands for. A value: no kernel.
struct WatchedFolders: Sendable {
  /// The watched tree's root.
  static let root = ""

  private var paths: [Int32: String] = [:]
  private var watches: [String: Int32] = [:]

  /// A folder was watched. The kernel gives an inode that is watched already its old number: then the folder was moved.
  mutating func add(_ path: String, watch: Int32) {
    if let old = paths[watch] { watches[old] = nil }
    if let old = watches[path], old != watch { paths[old] = nil }
    paths[watch] = path
    watches[path] = watch
  }

  /// The folder's path beneath the root; nil for a watch that was given up.
  func path(of watch: Int32) -> String? { paths[watch] }

  /// Forgets one watch; returns the folder it stood for.
  mutating func remove(watch: Int32) -> String? {
    guard let path = paths.removeValue(forKey: watch) else { return nil }
    if watches[path] == watch { watches[path] = nil }
    return path
  }

  /// Forgets a folder and all beneath it; returns their watches, for the kernel to drop.
  mutating func removeTree(_ path: String) -> [Int32] {
    let doomed = watches.filter { $0.key == path || $0.key.hasPrefix(path + "/") }
    for (path, watch) in doomed {
      watches[path] = nil
      paths[watch] = nil
    }
    return doomed.values.sorted()
  }

  /// A name in a folder, as a path beneath the root.
  static func join(_ folder: String, _ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }
}
