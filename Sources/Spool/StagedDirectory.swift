import Glibc

/// A directory in the making. It appears at its place in one step, whole and durable; dropped before that, it is
/// removed.
public struct StagedDirectory: ~Copyable, Sendable {
  /// What happens to a directory that lies at the place.
  public enum Mode: Sendable, Hashable {
    /// It stays, and the commit throws `.occupied`.
    case exclusive
    /// The two are exchanged in one step, then the old one is removed. The place may also be free.
    case replacing
  }

  private let tree: OutputTree
  private let folder: Folder
  private let name: String
  private var isCommitted = false

  init(tree: OutputTree, name: String) throws(SpoolError) {
    folder = try tree.staging.makeFolder(name, mode: tree.directoryMode)
    self.tree = tree
    self.name = name
  }

  /// Writes a file and syncs it.
  ///
  /// - Parameter fileName: a single name that is not taken yet; no leading dot.
  public mutating func write(_ bytes: Span<UInt8>, to fileName: String) throws(SpoolError) {
    try RelativePath.checkName(fileName)
    do {
      try folder.writeSynced(bytes, as: fileName, mode: tree.fileMode)
    } catch  where error.errno == EEXIST {
      throw .occupied(path: folder.pathOf(fileName))
    } catch {
      // A lost write; the caller may write the file anew.
      try? folder.removeFile(fileName)
      throw error
    }
  }

  /// Publishes the directory: syncs it, makes the folders on the way, renames, syncs the parent.
  ///
  /// When an error comes from the very last sync, the directory is at its place but may not survive a power failure:
  /// ``OutputTree/occupant(of:)`` and ``OutputTree/sync(_:)`` settle that.
  ///
  /// - Parameter place: relative to the tree.
  /// - Throws: `.occupied` when something lies there that may not go; `.notReplaceable` when it is no directory of
  ///   plain files; `.unsupported` when the file system cannot exchange.
  public consuming func commit(to place: String, _ mode: Mode) throws(SpoolError) {
    let place = try tree.checked(place)
    try folder.sync()
    let parent = try Self.parent(of: place, in: tree)
    switch mode {
    case .exclusive: try publish(in: parent, as: place.name)
    case .replacing: try replace(in: parent, as: place.name)
    }
  }

  /// A link, or a file, where a folder should be, is somebody's, and stays.
  private static func parent(of place: RelativePath, in tree: OutputTree) throws(SpoolError) -> Folder {
    do {
      return try tree.root.parentMakingIt(of: place, mode: tree.directoryMode)
    } catch  where error.errno == ENOTDIR || error.errno == ELOOP {
      throw .occupied(path: error.path)
    }
  }

  private mutating func publish(in parent: borrowing Folder, as finalName: String) throws(SpoolError) {
    if tree.capabilities.exclusiveRename {
      try tree.staging.renameExclusively(name, to: parent, as: finalName)
    } else {
      try tree.staging.renameWhereFree(name, to: parent, as: finalName)
    }
    isCommitted = true
    try parent.sync()
  }

  private mutating func replace(in parent: borrowing Folder, as finalName: String) throws(SpoolError) {
    guard let old = try parent.status(of: finalName) else { return try publish(in: parent, as: finalName) }
    try Self.checkReplaceable(old, in: parent, finalName)
    guard tree.capabilities.exchange else {
      throw .unsupported(feature: "RENAME_EXCHANGE (collision: replace)", path: tree.path)
    }
    try tree.staging.rename(name, to: parent, as: finalName, flag: .exchange)
    isCommitted = true
    // Before the old one goes: after a crash one of the two is at the place.
    try parent.sync()
    // What cannot be removed now is removed by `cleanStaging` at the next start.
    try? tree.staging.removeTree(name)
  }

  /// A directory that holds folders is not one of ours, whose files lie flat: removing it could remove a whole tree.
  private static func checkReplaceable(
    _ old: FileStatus, in parent: borrowing Folder, _ name: String
  ) throws(SpoolError) {
    let path = parent.pathOf(name)
    guard old.kind == .directory else { throw .notReplaceable(path: path, reason: "it is no directory") }
    let folder = try parent.folder(name)
    for entry in try folder.names() {
      if try folder.status(of: entry)?.kind == .directory {
        throw .notReplaceable(path: path, reason: "it holds the folder \(entry)")
      }
    }
  }

  deinit {
    // What stays when even this fails is removed by `cleanStaging` at the next start.
    if !isCommitted { try? tree.staging.removeTree(name) }
  }
}
