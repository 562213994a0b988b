import Glibc
import Synchronization

extension Folder {
  /// What a durable write does about a file of that name.
  enum Placement {
    /// Takes its place in one step: a reader sees the old file or the new one.
    case replacing
    /// Leaves it alone, and throws `.occupied`.
    case exclusive
  }

  /// Writes a file so that after any crash it is there whole or not at all: write under a temporary name, fsync,
  /// rename, fsync of the folder.
  ///
  /// - Parameter staging: where the temporary name lies; a folder of the same file system that is swept at start.
  borrowing func writeDurably(
    _ bytes: Span<UInt8>, as name: String, mode: mode_t, placement: Placement, staging: borrowing Folder
  ) throws(SpoolError) {
    let temporary = TemporaryName.next()
    do {
      try staging.writeSynced(bytes, as: temporary, mode: mode)
      switch placement {
      case .replacing: try staging.rename(temporary, to: self, as: name)
      case .exclusive: try staging.renameExclusively(temporary, to: self, as: name)
      }
    } catch {
      // An error of fsync is a lost write: what lies there is not to be trusted, and not to be synced again.
      try? staging.removeFile(temporary)
      throw error
    }
    try sync()
  }

  /// Writes a new file and syncs its bytes; its name is durable when the caller has synced the folder.
  borrowing func writeSynced(_ bytes: Span<UInt8>, as name: String, mode: mode_t) throws(SpoolError) {
    let file = try makeFile(name, mode: mode)
    let full = pathOf(name)
    try file.writeAll(bytes, path: full)
    try file.sync(path: full)
  }

  /// Renames a file or directory to a name that must be free; throws `.occupied` when it is not.
  ///
  /// Where the file system has no RENAME_NOREPLACE, the name is looked at, then renamed to: in between, a stranger's
  /// file can be lost, but not a directory that holds something, which rename(2) refuses to replace.
  borrowing func renameExclusively(
    _ name: String, to target: borrowing Folder, as newName: String
  ) throws(SpoolError) {
    do {
      try rename(name, to: target, as: newName, flag: .noReplace)
    } catch  where error.errno == EEXIST {
      throw .occupied(path: target.pathOf(newName))
    } catch  where error.errno == EINVAL || error.errno == ENOSYS {
      try renameWhereFree(name, to: target, as: newName)
    }
  }

  /// What serves as ``renameExclusively(_:to:as:)`` without RENAME_NOREPLACE.
  borrowing func renameWhereFree(
    _ name: String, to target: borrowing Folder, as newName: String
  ) throws(SpoolError) {
    guard try target.status(of: newName) == nil else { throw .occupied(path: target.pathOf(newName)) }
    do {
      try rename(name, to: target, as: newName)
    } catch  where error.errno == EEXIST || error.errno == ENOTEMPTY || error.errno == ENOTDIR {
      throw .occupied(path: target.pathOf(newName))
    }
  }
}

/// Names that no other writer of this machine takes: process and number.
enum TemporaryName {
  /// Marks what a crash may leave; never a name of anything that counts.
  static let suffix = ".part"

  private static let last = Atomic<UInt64>(0)

  static func next() -> String {
    let number = last.add(1, ordering: .relaxed).newValue
    return ".\(getpid())-\(number)\(suffix)"
  }
}
