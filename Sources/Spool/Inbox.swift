import Glibc

/// The tree that other people write into. Nothing in it can block, redirect or race the reader.
///
/// It is opened anew for each question, so that an inbox that was removed or unmounted works again when it is back.
public struct Inbox: Sendable {
  /// As given.
  public let path: String

  /// Opens nothing yet.
  public init(path: String) {
    self.path = path
  }

  /// Makes the folder where there is none, for its group to write to.
  public func makeWhereMissing() throws(SpoolError) {
    _ = try Folder(makingIt: path, mode: 0o775)
  }

  /// The number of the group that may drop requests.
  public func group() throws(SpoolError) -> UInt32 {
    let root = try Folder(path: path)
    return try root.descriptor.status(path: path).group
  }

  /// Reads a file whole, from one descriptor.
  ///
  /// Opening neither waits for a FIFO's writer nor follows a symbolic link anywhere on the way; what was opened is
  /// looked at by its descriptor.
  ///
  /// - Parameters:
  ///   - relativePath: beneath the inbox.
  ///   - limit: in bytes.
  /// - Throws: `.refused` for what is no regular file with one name, `.tooLarge`, `.changedWhileReading` when it was
  ///   written to meanwhile; `isMissing` and `isDenied` tell the commonest system errors.
  public func claim(_ relativePath: String, limit: Int) throws(SpoolError) -> Claim {
    let relative = try RelativePath(relativePath)
    let root = try Folder(path: path)
    let full = root.pathOf(relative.text)
    let file = try open(relative, in: root)
    let before = try file.status(path: full)
    if let unfit = before.unfit { throw .refused(path: full, unfit) }
    guard before.identity.size <= limit,
      let bytes = try file.readAll(expected: before.identity.size, limit: limit, path: full)
    else { throw .tooLarge(path: full, limit: limit) }
    guard try file.status(path: full) == before, bytes.count == before.identity.size,
      try isOneVersion(bytes, of: file, before, path: full)
    else { throw .changedWhileReading(path: full) }
    return Claim(
      relativePath: relative.text, bytes: bytes, identity: before.identity,
      changed: FileIdentity.Time(seconds: before.changed.seconds, nanoseconds: before.changed.nanoseconds), file: file)
  }

  /// A file system's clock ticks: two writes within one tick may leave one time of modification. A file as young as
  /// that is read a second time; only a writer that is at work this very moment can make a difference.
  private func isOneVersion(
    _ bytes: [UInt8], of file: borrowing Descriptor, _ status: FileStatus, path: String
  ) throws(SpoolError) -> Bool {
    var now = timespec()
    // Fills the time during the call.
    try retrying("clock_gettime", path) { unsafe clock_gettime(CLOCK_REALTIME_COARSE, &now) }
    let age =
      (now.tv_sec - status.identity.modified.seconds) * 1_000_000_000
      + (now.tv_nsec - status.identity.modified.nanoseconds)
    // Ticks are 10 ms at most (CONFIG_HZ=100). A time in the future counts as young: this clock lags a little.
    guard age < 20_000_000 else { return true }
    try retrying("lseek", path) { lseek(file.number, 0, SEEK_SET) }
    return try file.readAll(expected: bytes.count, limit: bytes.count, path: path) == bytes
  }

  func open(_ relative: RelativePath, in root: borrowing Folder) throws(SpoolError) -> Descriptor {
    do {
      return try root.openBeneath(relative, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY)
    } catch {
      let full = root.pathOf(relative.text)
      switch error.errno {
      case ELOOP: throw .refused(path: full, .symbolicLink)
      // open(2): a socket cannot be opened, nor a device without a driver.
      case ENXIO, ENODEV:
        let status = try root.parent(of: relative).status(of: relative.name)
        throw .refused(path: full, status?.unfit ?? .device)
      default: throw error
      }
    }
  }

  /// The file's identity as it is now; nil when there is none. Symbolic links are not followed.
  public func identity(of relativePath: String) throws(SpoolError) -> FileIdentity? {
    try candidate(at: relativePath)?.identity
  }

  /// Why a file could not be removed once it is accepted; nil when it can be. Asked before a job is made of it, so that
  /// no file becomes a job again and again.
  public func obstacleToRemoving(_ relativePath: String) throws(SpoolError) -> SpoolError? {
    let relative = try RelativePath(relativePath)
    let root = try Folder(path: path)
    let folder = try root.parent(of: relative)
    let number = folder.descriptor.number
    do {
      // With the effective user's rights, as unlink(2) does. C borrows the name for the call.
      try retrying("unlink", folder.pathOf(relative.name)) { unsafe faccessat(number, ".", W_OK | X_OK, AT_EACCESS) }
    } catch {
      return error
    }
    // unlink(2): in a sticky folder only root, and the owners of file and folder, may remove.
    let user = geteuid()
    let parent = try folder.descriptor.status(path: folder.path)
    guard parent.mode & mode_t(S_ISVTX) != 0, user != 0, user != parent.owner,
      let file = try folder.status(of: relative.name), file.owner != user
    else { return nil }
    return .system(call: "unlink", path: folder.pathOf(relative.name), errno: EPERM)
  }

  /// Removes a file if it is still the one that was claimed before a restart.
  public func remove(_ relativePath: String, ifStill identity: FileIdentity) throws(SpoolError) -> Removal {
    let relative = try RelativePath(relativePath)
    return try remove(relative) { $0.identity == identity }
  }

  /// Removes a claimed file, if its name still names it. Its writer may have gone on writing meanwhile: the copy is the
  /// truth. A new file that was renamed over the old one stays.
  public func remove(_ claim: borrowing Claim) throws(SpoolError) -> Removal {
    // The open descriptor keeps the inode's number from being given to a new file.
    let claimed = try claim.file.status(path: claim.relativePath)
    return try remove(RelativePath(claim.relativePath)) {
      $0.device == claimed.device && $0.identity.inode == claimed.identity.inode
    }
  }

  private func remove(_ relative: RelativePath, when same: (FileStatus) -> Bool) throws(SpoolError) -> Removal {
    let root = try Folder(path: path)
    do {
      let folder = try root.parent(of: relative)
      guard let found = try folder.status(of: relative.name) else { return .gone }
      guard same(found) else { return .replaced }
      try folder.removeFile(relative.name)
      return .removed
    } catch  where error.isMissing {
      return .gone
    }
  }
}

/// What became of a file that was to be removed.
public enum Removal: Sendable, Hashable {
  case removed
  /// There was none.
  case gone
  /// Another file has the name now; it was left alone.
  case replaced
}

/// A file's bytes as they were read, with the file held open.
public struct Claim: ~Copyable, Sendable {
  /// Beneath the inbox, without `.` and empty components.
  public let relativePath: String
  /// One version of the file, whole.
  public let bytes: [UInt8]
  public let identity: FileIdentity
  /// When the inode last changed: by a write, but also by a rename, a link or a new mode; no copy can preserve it.
  public let changed: FileIdentity.Time

  fileprivate let file: Descriptor

  fileprivate init(
    relativePath: String, bytes: [UInt8], identity: FileIdentity, changed: FileIdentity.Time,
    file: consuming Descriptor
  ) {
    self.relativePath = relativePath
    self.bytes = bytes
    self.identity = identity
    self.changed = changed
    self.file = file
  }
}
