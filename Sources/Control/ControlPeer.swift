import Glibc

/// Who asks: as the kernel knows it (SO_PEERCRED, unix(7)), at the time of its connect.
public struct ControlPeer: Hashable, Sendable {
  public let user: UInt32
  public let group: UInt32
  public let process: Int32

  public init(user: UInt32, group: UInt32, process: Int32) {
    self.user = user
    self.group = group
    self.process = process
  }

  /// This process, when it answers itself.
  public static var own: ControlPeer { ControlPeer(user: geteuid(), group: getegid(), process: getpid()) }
}

extension ControlPeer: CustomStringConvertible {
  /// For the log: numbers, for a name may be anybody's tomorrow.
  public var description: String { "uid \(user) (process \(process))" }
}

/// `struct ucred` of <sys/socket.h>, which Glibc shows only under _GNU_SOURCE.
struct KernelCredentials: Sendable {
  var process: pid_t
  var user: uid_t
  var group: gid_t
}

/// A group's name, or its number where it has none.
func groupName(_ group: gid_t) -> String {
  var entry = unsafe Glibc.group()
  var found: UnsafeMutablePointer<Glibc.group>?
  var buffer = [CChar](repeating: 0, count: 16 << 10)
  // The entry's strings lie in the buffer; the name is copied while both live.
  return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
    let status = unsafe getgrgid_r(group, &entry, buffer.baseAddress, buffer.count, &found)
    guard status == 0, unsafe found != nil, let name = unsafe entry.gr_name else { return "\(group)" }
    return unsafe String(cString: name)
  }
}
