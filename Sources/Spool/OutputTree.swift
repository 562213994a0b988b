import Glibc

/// The tree that other people read. Directories appear in it in one step, whole; what is in the making lies in
/// `.darkroom/`, on the same file system, where no reader looks.
public final class OutputTree: Sendable {
  /// As given.
  public let path: String
  /// What the file system was seen to do when the tree was opened.
  public let capabilities: Capabilities

  let root: Folder
  let staging: Folder
  let fileMode: mode_t
  let directoryMode: mode_t

  /// The folder in which directories are staged.
  public static let stagingName = ".darkroom"

  public struct Capabilities: Hashable, Sendable {
    /// renameat2(2) with RENAME_NOREPLACE. Without it a name is looked at before it is renamed to.
    public let exclusiveRename: Bool
    /// renameat2(2) with RENAME_EXCHANGE. Without it nothing is ever replaced.
    public let exchange: Bool
  }

  /// Opens the tree, making its root where there is none, and tries out what its file system can do.
  ///
  /// - Parameters:
  ///   - fileMode: of published files, whatever the umask.
  ///   - directoryMode: of published directories and the folders made for them, whatever the umask.
  public convenience init(
    path: String, fileMode: mode_t = 0o644, directoryMode: mode_t = 0o755
  ) throws(SpoolError) {
    try self.init(path: path, fileMode: fileMode, directoryMode: directoryMode, capabilities: nil)
  }

  /// What the file system of a tree that is there already can do; `nil` where there is none. Nothing is left in it: a
  /// staging folder that somebody else made would shut the daemon out.
  public static func capabilities(of path: String) throws(SpoolError) -> Capabilities? {
    var status = stat()
    // C borrows the path, and fills the structure, during the call.
    guard unsafe stat(path, &status) == 0 else { return nil }
    return try probe(try Folder(makingIt: path, mode: 0o755))
  }

  /// - Parameter capabilities: what to take for granted instead of trying it out.
  init(
    path: String, fileMode: mode_t = 0o644, directoryMode: mode_t = 0o755, capabilities: Capabilities?
  ) throws(SpoolError) {
    self.path = path
    self.fileMode = fileMode
    self.directoryMode = directoryMode
    root = try Folder(makingIt: path, mode: directoryMode)
    // For the daemon alone: nobody should come to rely on what is in the making.
    staging = try root.folderMakingIt(Self.stagingName, mode: 0o700)
    if let capabilities { self.capabilities = capabilities } else { self.capabilities = try Self.probe(staging) }
  }

  /// renameat2(2) is there since Linux 3.15, but each file system decides about its flags (NFS, FUSE, 9p, overlays).
  private static func probe(_ staging: borrowing Folder) throws(SpoolError) -> Capabilities {
    let probe = TemporaryName.next()
    let folder = try staging.makeFolder(probe, mode: 0o700)
    defer { try? staging.removeTree(probe) }
    for name in ["a", "b", "c"] { _ = try folder.makeFolder(name, mode: 0o700) }
    func works(_ from: String, _ to: String, _ flag: RenameFlag) throws(SpoolError) -> Bool {
      do {
        try folder.rename(from, to: folder, as: to, flag: flag)
        return true
      } catch  where error.errno == EINVAL || error.errno == ENOSYS || error.errno == EOPNOTSUPP {
        return false
      }
    }
    return Capabilities(
      exclusiveRename: try works("a", "d", .noReplace), exchange: try works("b", "c", .exchange))
  }

  // MARK: Asking

  /// What lies at a place.
  public enum Occupant: Sendable, Hashable {
    case nothing
    case directory
    /// A file, a link, anything else; or a part of the way to the place is no directory.
    case other
  }

  /// What lies at a place now. A part of the way that is a symbolic link counts as `.other`: nothing is published
  /// through it.
  public func occupant(of place: String) throws(SpoolError) -> Occupant {
    let place = try checked(place)
    do {
      let found = try root.parent(of: place).status(of: place.name)
      return found.map { $0.kind == .directory ? .directory : .other } ?? .nothing
    } catch  where error.isMissing {
      return .nothing
    } catch  where error.errno == ENOTDIR || error.errno == ELOOP {
      return .other
    }
  }

  /// Whether anything lies at a place.
  public func exists(_ place: String) throws(SpoolError) -> Bool { try occupant(of: place) != .nothing }

  /// Reads a file of a published directory; nil when there is none.
  ///
  /// - Parameter limit: in bytes; `.tooLarge` above it.
  public func read(_ name: String, at place: String, limit: Int) throws(SpoolError) -> [UInt8]? {
    let place = try checked(place)
    let relative = try RelativePath(place.text + "/" + name)
    let full = root.pathOf(relative.text)
    do throws(SpoolError) {
      let file = try root.openBeneath(relative, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY)
      let status = try file.status(path: full)
      guard status.kind == .regular else { throw .refused(path: full, status.unfit ?? .device) }
      guard let bytes = try file.readAll(expected: status.identity.size, limit: limit, path: full) else {
        throw .tooLarge(path: full, limit: limit)
      }
      return bytes
    } catch  where error.isMissing {
      return nil
    }
  }

  /// How much the tree's file system still takes.
  public func freeRoom() throws(SpoolError) -> FreeRoom { try FreeRoom(at: path) }

  // MARK: Making

  /// Begins a directory.
  ///
  /// - Parameter label: begins the staged directory's name, for people who look and for ``cleanStaging(except:)``.
  public func stage(_ label: String) throws(SpoolError) -> StagedDirectory {
    try RelativePath.checkName(label)
    return try StagedDirectory(tree: self, name: label + TemporaryName.next())
  }

  /// Makes an earlier publication durable: the process may have ended between the rename and the sync.
  public func sync(_ place: String) throws(SpoolError) {
    let place = try checked(place)
    try root.parent(of: place).sync()
  }

  /// Removes what a crash left in staging: directories that were never published, and those that were replaced.
  ///
  /// - Parameter labels: whose staged directories stay.
  public func cleanStaging(except labels: Set<String> = []) throws(SpoolError) {
    for name in try staging.names() where !labels.contains(Self.label(of: name)) { try staging.removeTree(name) }
  }

  private static func label(of stagedName: String) -> String {
    // See TemporaryName: a dot, process and number, another dot.
    stagedName.split(separator: ".").dropLast(2).joined(separator: ".")
  }

  /// A place is never the staging folder or beneath it.
  func checked(_ place: String) throws(SpoolError) -> RelativePath {
    let relative = try RelativePath(place)
    for component in relative.components { try RelativePath.checkName(component) }
    return relative
  }
}
