import CLinux
import Glibc

/// An open directory. Everything is asked of the descriptor, so that a rename of the path above changes nothing.
///
/// The calls are marked unsafe for one reason: C borrows a Swift string as a terminated one for the length of the call.
struct Folder: ~Copyable, Sendable {
  let descriptor: Descriptor
  /// For messages.
  let path: String

  /// Opens a directory by its path, symbolic links on the way included: the path is the administrator's.
  init(path: String) throws(SpoolError) {
    descriptor = try Descriptor("open", path) { unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    self.path = path
  }

  /// Opens a directory by its path, and makes it before, durably and with all on the way, where there is none.
  init(makingIt path: String, mode: mode_t) throws(SpoolError) {
    do {
      try self.init(path: path)
    } catch  where error.isMissing {
      try Self.make(path, mode: mode)
      try self.init(path: path)
    }
  }

  private static func make(_ path: String, mode: mode_t) throws(SpoolError) {
    do {
      try retrying("mkdir", path) { unsafe Glibc.mkdir(path, mode) }
    } catch  where error.errno == EEXIST {
      return  // Another was quicker.
    } catch  where error.isMissing {
      let above = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
      guard !above.isEmpty else { throw error }
      try make(above, mode: mode)
      return try make(path, mode: mode)
    }
    let made = try Folder(path: path)
    try made.descriptor.setMode(mode, path: path)
    try made.folderAbove().sync()
  }

  /// The directory that holds this one.
  private borrowing func folderAbove() throws(SpoolError) -> Folder {
    let number = descriptor.number
    let full = pathOf("..")
    let opened = try Descriptor("openat", full) {
      unsafe Glibc.openat(number, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    return Folder(opened, path: full)
  }

  private init(_ descriptor: consuming Descriptor, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  borrowing func pathOf(_ name: String) -> String { "\(path)/\(name)" }

  // MARK: Opening

  /// Opens a directory in this one; never through a symbolic link: that is ELOOP, as openat2(2) has it.
  borrowing func folder(_ name: String) throws(SpoolError) -> Folder {
    let full = pathOf(name)
    let number = descriptor.number
    do {
      let opened = try Descriptor("openat", full) {
        unsafe Glibc.openat(number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      }
      return Folder(opened, path: full)
    } catch  where error.errno == ENOTDIR {
      // With O_DIRECTORY, Linux says ENOTDIR of a link too.
      guard try status(of: name)?.kind == .symbolicLink else { throw error }
      throw .system(call: "openat", path: full, errno: ELOOP)
    }
  }

  /// Opens a directory in this one, and makes it before, durably, where there is none.
  borrowing func folderMakingIt(_ name: String, mode: mode_t) throws(SpoolError) -> Folder {
    do {
      return try folder(name)
    } catch  where error.isMissing {
      do {
        let made = try makeFolder(name, mode: mode)
        try sync()
        return made
      } catch  where error.errno == EEXIST {
        return try folder(name)  // Another thread was quicker.
      }
    }
  }

  /// Makes a directory that must not exist. The caller syncs this folder.
  borrowing func makeFolder(_ name: String, mode: mode_t) throws(SpoolError) -> Folder {
    let number = descriptor.number
    try retrying("mkdir", pathOf(name)) { unsafe Glibc.mkdirat(number, name, mode) }
    let made = try folder(name)
    try made.descriptor.setMode(mode, path: made.path)
    return made
  }

  /// Makes a file that must not exist, with this mode whatever the umask.
  borrowing func makeFile(_ name: String, mode: mode_t) throws(SpoolError) -> Descriptor {
    let full = pathOf(name)
    let number = descriptor.number
    let made = try Descriptor("openat", full) {
      unsafe Glibc.openat(number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    }
    try made.setMode(mode, path: full)
    return made
  }

  /// Opens what lies at a path beneath this folder; no part of the path may be a symbolic link.
  ///
  /// openat2(2) does it in one call. Where the kernel has none (before 5.6), or a seccomp filter forbids it, the path
  /// is walked: each step opens one name in the folder before, never through a link and never `..`.
  borrowing func openBeneath(_ relative: RelativePath, flags: Int32) throws(SpoolError) -> Descriptor {
    do {
      return try openBeneathAtOnce(relative, flags: flags)
    } catch  where error.errno == ENOSYS || error.errno == EPERM {
      return try openBeneathStepwise(relative, flags: flags)
    }
  }

  borrowing func openBeneathAtOnce(_ relative: RelativePath, flags: Int32) throws(SpoolError) -> Descriptor {
    let text = relative.text
    let full = pathOf(text)
    let number = descriptor.number
    while true {
      do {
        // C borrows the string for the call.
        return try Descriptor("openat2", full) {
          unsafe clinux_open_beneath(number, text, flags | O_NOFOLLOW | O_CLOEXEC)
        }
      } catch  where error.errno == EAGAIN {
        continue  // openat2(2): something on the path was renamed meanwhile; ask again.
      }
    }
  }

  borrowing func openBeneathStepwise(_ relative: RelativePath, flags: Int32) throws(SpoolError) -> Descriptor {
    guard let first = relative.parents.first else { return try openName(relative.name, flags: flags) }
    var parent = try folder(first)
    for name in relative.parents.dropFirst() { parent = try parent.folder(name) }
    return try parent.openName(relative.name, flags: flags)
  }

  private borrowing func openName(_ name: String, flags: Int32) throws(SpoolError) -> Descriptor {
    let number = descriptor.number
    return try Descriptor("openat", pathOf(name)) { unsafe Glibc.openat(number, name, flags | O_NOFOLLOW | O_CLOEXEC) }
  }

  // MARK: Asking

  /// What lies under a name, a symbolic link itself and not what it names; nil for nothing.
  borrowing func status(of name: String) throws(SpoolError) -> FileStatus? {
    var status = stat()
    let number = descriptor.number
    do {
      try retrying("fstatat", pathOf(name)) { unsafe Glibc.fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) }
    } catch  where error.isMissing {
      return nil
    }
    return FileStatus(status)
  }

  // MARK: Changing

  /// Makes what was renamed, made or removed in this folder last. See ``Descriptor/sync(path:)``.
  borrowing func sync() throws(SpoolError) {
    try descriptor.sync(path: path)
  }

  /// rename(2): replaces a file that lies at the new name.
  borrowing func rename(_ name: String, to target: borrowing Folder, as newName: String) throws(SpoolError) {
    let (from, to) = (descriptor.number, target.descriptor.number)
    try retrying("rename", target.pathOf(newName)) { unsafe Glibc.renameat(from, name, to, newName) }
  }

  /// Gives a file another name, in another folder of the same file system.
  borrowing func link(_ name: String, to target: borrowing Folder, as newName: String) throws(SpoolError) {
    let (from, to) = (descriptor.number, target.descriptor.number)
    try retrying("link", pathOf(name)) { unsafe Glibc.linkat(from, name, to, newName, 0) }
  }

  /// renameat2(2) with RENAME_NOREPLACE or RENAME_EXCHANGE.
  borrowing func rename(
    _ name: String, to target: borrowing Folder, as newName: String, flag: RenameFlag
  ) throws(SpoolError) {
    let (from, to) = (descriptor.number, target.descriptor.number)
    try retrying("renameat2", target.pathOf(newName)) {
      // C borrows both strings for the call.
      unsafe clinux_renameat2(from, name, to, newName, flag.bits)
    }
  }

  /// Removes a file's name; nothing when there is none.
  borrowing func removeFile(_ name: String) throws(SpoolError) {
    let number = descriptor.number
    do {
      try retrying("unlink", pathOf(name)) { unsafe Glibc.unlinkat(number, name, 0) }
    } catch  where error.isMissing {
      return
    }
  }

  /// Removes whatever lies under a name, a directory with all it holds; nothing when there is none.
  borrowing func removeTree(_ name: String) throws(SpoolError) {
    let number = descriptor.number
    guard let status = try status(of: name) else { return }
    guard status.kind == .directory else { return try removeFile(name) }
    let doomed = try folder(name)
    for entry in try doomed.names() { try doomed.removeTree(entry) }
    do {
      try retrying("rmdir", pathOf(name)) { unsafe Glibc.unlinkat(number, name, AT_REMOVEDIR) }
    } catch  where error.isMissing {
      return
    }
  }
}

/// A flag of renameat2(2).
enum RenameFlag {
  /// Fails when something lies at the new name.
  case noReplace
  /// Swaps what lies at the two names.
  case exchange

  var bits: UInt32 {
    switch self {
    case .noReplace: clinux_rename_noreplace
    case .exchange: clinux_rename_exchange
    }
  }
}

extension Folder {
  /// The folder in which the last component of a path lies; reached through no symbolic link.
  borrowing func parent(of relative: RelativePath) throws(SpoolError) -> Folder {
    guard let first = relative.parents.first else { return try reopened() }
    var parent = try folder(first)
    for name in relative.parents.dropFirst() { parent = try parent.folder(name) }
    return parent
  }

  private borrowing func reopened() throws(SpoolError) -> Folder {
    let number = descriptor.number
    let again = try Descriptor("openat", path) {
      unsafe Glibc.openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    return Folder(again, path: path)
  }

  /// The same, with folders made, durably, where there are none.
  borrowing func parentMakingIt(of relative: RelativePath, mode: mode_t) throws(SpoolError) -> Folder {
    guard let first = relative.parents.first else { return try reopened() }
    var parent = try folderMakingIt(first, mode: mode)
    for name in relative.parents.dropFirst() { parent = try parent.folderMakingIt(name, mode: mode) }
    return parent
  }
}
