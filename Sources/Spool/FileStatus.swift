import Glibc

/// What a name in a directory names.
public enum FileKind: Sendable, Hashable {
  case regular
  case directory
  case symbolicLink
  case fifo
  case socket
  case device
}

/// What stat(2) says, as far as anyone here asks.
struct FileStatus: Hashable {
  let kind: FileKind
  let identity: FileIdentity
  let device: UInt64
  let links: Int
  let owner: uid_t
  let group: gid_t
  let mode: mode_t
  /// When the inode last changed: a write, but also a rename, a link or a new mode.
  let changed: InodeTime

  /// Seconds and nanoseconds since 1970; Glibc's `timespec` is not Hashable.
  struct InodeTime: Hashable {
    let seconds: Int
    let nanoseconds: Int
  }

  init(_ status: stat) {
    kind = FileKind(mode: status.st_mode)
    identity = FileIdentity(
      inode: UInt64(status.st_ino), size: Int(status.st_size),
      modified: FileIdentity.Time(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec))
    device = UInt64(status.st_dev)
    links = Int(status.st_nlink)
    owner = status.st_uid
    group = status.st_gid
    mode = status.st_mode
    changed = InodeTime(seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec)
  }

  /// Why the file is not read from an inbox; nil when it may be.
  var unfit: UnfitFile? {
    switch kind {
    case .regular: links > 1 ? .hardLinks(links) : nil
    case .directory: .directory
    case .symbolicLink: .symbolicLink
    case .fifo: .fifo
    case .socket: .socket
    case .device: .device
    }
  }
}

extension FileKind {
  /// inode(7): the type is four bits of the mode. What is none of the others is a device, character or block.
  init(mode: mode_t) {
    self =
      switch mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      default: .device
      }
  }
}

/// What tells one version of a file from another, at one path: inode, size and time of modification.
///
/// The device's number is left out on purpose: it may be another after a remount or a restart of the machine, and the
/// file would then be taken for a new one.
public struct FileIdentity: Hashable, Sendable {
  public let inode: UInt64
  /// In bytes.
  public let size: Int
  public let modified: Time

  /// A file system's time: seconds and nanoseconds since 1970 in UTC.
  public struct Time: Hashable, Sendable, Comparable {
    public let seconds: Int
    public let nanoseconds: Int

    public init(seconds: Int, nanoseconds: Int) {
      self.seconds = seconds
      self.nanoseconds = nanoseconds
    }

    public static func < (a: Time, b: Time) -> Bool { (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds) }
  }

  public init(inode: UInt64, size: Int, modified: Time) {
    self.inode = inode
    self.size = size
    self.modified = modified
  }
}

extension FileIdentity: LosslessStringConvertible {
  /// `inode:size:seconds.nanoseconds`, for the ledger: after a restart it tells a claimed file from a new one.
  public var description: String { "\(inode):\(size):\(modified.seconds).\(modified.nanoseconds)" }

  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let inode = UInt64(parts[0]), let size = Int(parts[1]) else { return nil }
    let time = parts[2].split(separator: ".", omittingEmptySubsequences: false)
    guard time.count == 2, let seconds = Int(time[0]), let nanoseconds = Int(time[1]) else { return nil }
    self.init(inode: inode, size: size, modified: Time(seconds: seconds, nanoseconds: nanoseconds))
  }
}
