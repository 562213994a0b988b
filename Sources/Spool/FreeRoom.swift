import Glibc

/// How much a file system still takes from this user.
public struct FreeRoom: Hashable, Sendable {
  /// In bytes, without what is kept for root.
  public let bytes: Int64
  /// Free inodes; nil where the file system makes them as needed (Btrfs).
  public let files: Int64?

  /// Asks statvfs(3) about the file system that holds `path`. A quota is not seen by it.
  public init(at path: String) throws(SpoolError) {
    var answer = statvfs()
    // C borrows the path and fills the answer during the call.
    try retrying("statvfs", path) { unsafe statvfs(path, &answer) }
    bytes = Int64(clamping: UInt64(answer.f_bavail).multipliedFullWidth(by: UInt64(answer.f_frsize)).low)
    files = answer.f_files == 0 ? nil : Int64(clamping: answer.f_favail)
  }
}
