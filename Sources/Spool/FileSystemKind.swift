import CLinux

/// Who can change what lies on a file system.
public enum FileSystemKind: Hashable, Sendable {
  /// Whoever changes it does so through this kernel, which tells of it.
  case local
  /// It may be changed where this kernel does not see it, on another machine or by the program that serves it. inotify(7)
  /// tells of what is done on this machine only.
  case shared(name: String)

  /// By `f_type` of statfs(2); the numbers are those of `linux/magic.h` and of the file systems' own sources.
  init(type: UInt32) {
    self = Self.sharedNames[type].map { .shared(name: $0) } ?? .local
  }

  private static let sharedNames: [UInt32: String] = [
    0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "SMB", 0xFE53_4D42: "SMB", 0x6573_5546: "FUSE", 0x0102_1997: "9p",
    0x00C3_6400: "Ceph", 0x5346_414F: "AFS", 0x6B41_4653: "AFS", 0x7375_7245: "Coda", 0x0116_1970: "GFS2",
    0x7461_636F: "OCFS2", 0x0BD0_0BD0: "Lustre", 0x4750_4653: "GPFS", 0x1983_0326: "BeeGFS", 0x2003_0528: "OrangeFS",
    0x786F_4256: "vboxsf",
  ]
}

extension Inbox {
  /// What kind of file system it lies on.
  public func fileSystem() throws(SpoolError) -> FileSystemKind {
    var type: UInt32 = 0
    // C borrows the path, and fills the number, during the call.
    try retrying("statfs", path) { unsafe clinux_file_system_type(path, &type) }
    return FileSystemKind(type: type)
  }
}
