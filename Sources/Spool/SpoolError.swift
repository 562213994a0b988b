import Glibc

/// Why the disk did not do what it was asked.
public enum SpoolError: Error, Hashable, Sendable {
  /// A system call failed; `call` is its name in the manual, section 2.
  case system(call: String, path: String, errno: Int32)
  /// Another process holds the spool; `holder` is its process id when it could be read.
  case locked(path: String, holder: Int32?)
  /// What lies there is nothing that is read from an inbox.
  case refused(path: String, UnfitFile)
  /// The file was written to while it was read: what was read may be a mixture of two versions.
  case changedWhileReading(path: String)
  /// The file is larger than the caller's limit, in bytes.
  case tooLarge(path: String, limit: Int)
  /// Something lies at the place already, and may not be overwritten.
  case occupied(path: String)
  /// What lies at the place is nothing that a new directory may replace.
  case notReplaceable(path: String, reason: String)
  /// The file system cannot do it; `feature` in the manual's words.
  case unsupported(feature: String, path: String)
  /// The file system has less room than is needed, in bytes; nothing was written.
  case noRoom(path: String, needed: Int64, free: Int64)
  /// The name cannot be used below a tree.
  case badName(name: String, reason: String)
}

/// What a file in an inbox must not be.
public enum UnfitFile: Hashable, Sendable {
  case directory
  case symbolicLink
  case fifo
  case socket
  case device
  /// Other names of the same file exist; whoever holds one could change or keep what was read.
  case hardLinks(Int)
}

extension SpoolError {
  /// What was being done, in the manual's words where a system call failed.
  public var operation: String {
    switch self {
    case .system(let call, _, _): call
    case .locked: "flock"
    case .refused, .changedWhileReading, .tooLarge: "read"
    case .occupied, .notReplaceable, .unsupported: "rename"
    case .noRoom: "statvfs"
    case .badName: "name"
    }
  }

  /// On what it was done: a path as a person would type it.
  public var path: String {
    switch self {
    case .system(_, let path, _), .locked(let path, _), .refused(let path, _), .changedWhileReading(let path),
      .tooLarge(let path, _), .occupied(let path), .notReplaceable(let path, _), .unsupported(_, let path),
      .noRoom(let path, _, _), .badName(let path, _):
      path
    }
  }

  /// The system's error number, where a system call failed or would have.
  public var errno: Int32? {
    switch self {
    case .system(_, _, let number): number
    case .noRoom: ENOSPC
    case .locked, .refused, .changedWhileReading, .tooLarge, .occupied, .notReplaceable, .unsupported, .badName: nil
    }
  }

  /// Nothing lies at the path, yet.
  public var isMissing: Bool { errno == ENOENT }

  /// The disk, a quota or the file system's inodes are used up; it may pass.
  public var isOutOfRoom: Bool { errno == ENOSPC || errno == EDQUOT || errno == EFBIG }

  /// The disk failed, also at an fsync(2): what was written is lost, and may be written anew elsewhere.
  public var isLostWrite: Bool { errno == EIO }

  /// The rights to read, write or remove are lacking.
  public var isDenied: Bool { errno == EACCES || errno == EPERM || errno == EROFS }

  /// What to do next.
  public var advice: String {
    switch self {
    case .system(_, _, let number): Self.advice(forErrno: number)
    case .locked: "stop the other daemon, or give this one a spool of its own"
    case .refused(_, .hardLinks): "put a copy there, a file with one name only"
    case .refused: "put a regular file there"
    case .changedWhileReading: "write to a name that ends in .part, then rename it"
    case .tooLarge: "make it smaller, or raise the limit"
    case .occupied: "take another name, or say collision: suffix or replace"
    case .notReplaceable: "move it away, or take another name"
    case .unsupported: "use another file system, or do without"
    case .noRoom: Self.advice(forErrno: ENOSPC)
    case .badName: "take another name"
    }
  }

  private static func advice(forErrno number: Int32) -> String {
    switch number {
    case ENOSPC, EDQUOT: "make room; the work goes on by itself when there is room"
    case EACCES, EPERM: "give the daemon's user the rights to it"
    case EROFS: "mount it writable, or name it in ReadWritePaths="
    case ENOENT: "see that it exists"
    case EMFILE, ENFILE: "raise the limit of open files (LimitNOFILE=)"
    case EIO: "see the kernel's log: the disk reports an error"
    default: "see the system's message"
    }
  }
}

extension SpoolError: CustomStringConvertible {
  public var description: String { "\(whatFailed); \(advice)" }

  /// What failed, on what, without what to do next.
  public var whatFailed: String {
    switch self {
    case .system(let call, let path, let number): "\(path): \(call) failed: \(Self.words(forErrno: number))"
    case .locked(let path, let holder):
      "\(path) is in use by another daemon" + (holder.map { " (process \($0))" } ?? "")
    case .refused(let path, let what): "\(path) is \(what), not a file to read"
    case .changedWhileReading(let path): "\(path) was written to while it was read"
    case .tooLarge(let path, let limit): "\(path) is larger than \(limit) bytes"
    case .occupied(let path): "\(path) exists already"
    case .notReplaceable(let path, let reason): "\(path) cannot be replaced: \(reason)"
    case .unsupported(let feature, let path): "the file system of \(path) does not support \(feature)"
    case .noRoom(let path, let needed, let free):
      "\(path) has room for \(free) bytes; up to \(needed) are needed"
    case .badName(let name, let reason): "\"\(name)\" cannot be used as a name: \(reason)"
    }
  }

  /// strerror(3)'s words, with the number.
  private static func words(forErrno number: Int32) -> String {
    // strerror(3) returns a terminated string that stays valid until this thread asks again; it is copied at once.
    let words = unsafe strerror(number).map { unsafe String(cString: $0) }
    return "\(words ?? "error") (errno \(number))"
  }
}

extension UnfitFile: CustomStringConvertible {
  public var description: String {
    switch self {
    case .directory: "a directory"
    case .symbolicLink: "a symbolic link"
    case .fifo: "a FIFO"
    case .socket: "a socket"
    case .device: "a device"
    case .hardLinks(let count): "a file with \(count) names (hard links)"
    }
  }
}
