import Glibc

/// The file of a control socket, and the descriptor that listens at it.
///
/// It appears under its name in one step, already listening and with its rights: it is made under another name and
/// renamed. What a daemon left behind that ended without warning is renamed over; the socket of one that lives is not
/// touched.
struct ControlSocket: ~Copyable {
  let path: String
  /// Listens; whoever takes it closes it.
  let descriptor: CInt
  /// Tells our file from one that took its name later.
  private let device: dev_t
  private let inode: ino_t

  private static let mode: mode_t = 0o660
  private static let backlog: CInt = 64
  /// `sun_path` (unix(7)), its terminating NUL taken off.
  static let longestPath = 107

  /// - Parameter group: whose members may ask; `nil`, and a group that this process may not give, is the process's own.
  init(at path: String, group: gid_t?) throws(ControlError) {
    // Room for the other name, too.
    guard path.utf8.count <= Self.longestPath - 8 else { throw Self.tooLong(path) }
    try Self.checkFree(path)
    // Another process of the same number ended long ago.
    let temporary = "\(path).\(getpid())"
    let descriptor = try Self.listening(at: temporary, group: group, named: path)
    var status = stat()
    // C borrows the paths for the calls.
    guard unsafe lstat(temporary, &status) == 0, unsafe rename(temporary, path) == 0 else {
      let reason = systemWords(errno)
      close(descriptor)
      _ = unsafe unlink(temporary)
      throw .unusable(path: path, reason: "the control socket cannot be put there: \(reason)")
    }
    self.path = path
    self.descriptor = descriptor
    device = status.st_dev
    inode = status.st_ino
  }

  /// Removes the file, if it is still ours.
  func remove() {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else { return }
    _ = unsafe unlink(path)
  }

  // MARK: Making it

  /// Nothing lies there, or what a daemon left that is gone.
  private static func checkFree(_ path: String) throws(ControlError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw .unusable(path: path, reason: "the control socket cannot be made: \(systemWords(errno))")
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw .unusable(path: path, reason: "something lies there that is no socket; move it away, or name another path")
    }
    let probe = try newSocket(path)
    defer { close(probe) }
    let isConnected = try unsafe withAddress(path) { unsafe connect(probe, $0, $1) == 0 }
    // A full backlog (EAGAIN) is a living daemon's, too.
    if !isConnected, errno == ECONNREFUSED || errno == ENOENT { return }
    guard isConnected || errno == EAGAIN else {
      throw .unusable(path: path, reason: "whether a daemon listens there cannot be told: \(systemWords(errno))")
    }
    throw .unusable(
      path: path, reason: "another daemon listens there; give this one a path of its own (control:), or none")
  }

  private static func listening(
    at temporary: String, group: gid_t?, named path: String
  ) throws(ControlError) -> CInt {
    _ = unsafe unlink(temporary)
    let descriptor = try newSocket(path)
    let isBound = try unsafe withAddress(temporary) { unsafe bind(descriptor, $0, $1) == 0 }
    // Nobody can connect before it listens, so nobody passes with the umask's rights.
    guard isBound, unsafe chmod(temporary, mode) == 0 else {
      let reason = systemWords(errno)
      close(descriptor)
      _ = unsafe unlink(temporary)
      throw .unusable(path: path, reason: "the control socket cannot be made: \(reason)")
    }
    if let group { _ = unsafe chown(temporary, uid_t.max, group) }
    guard listen(descriptor, backlog) == 0 else {
      let reason = systemWords(errno)
      close(descriptor)
      _ = unsafe unlink(temporary)
      throw .unusable(path: path, reason: "nothing can listen there: \(reason)")
    }
    return descriptor
  }

  /// Not blocking, and closed in programs that this one starts.
  private static func newSocket(_ path: String) throws(ControlError) -> CInt {
    let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { throw .unusable(path: path, reason: "no socket is to be had: \(systemWords(errno))") }
    return descriptor
  }

  // MARK: Reaching it

  /// A descriptor that is connected, and that whoever takes it closes; `nil` while the kernel's queue is full.
  static func connected(to path: String) throws(ControlError) -> CInt? {
    let descriptor = try newSocket(path)
    if try unsafe withAddress(path, { unsafe connect(descriptor, $0, $1) == 0 }) { return descriptor }
    let number = errno
    close(descriptor)
    switch number {
    case EAGAIN: return nil
    case ENOENT, ECONNREFUSED, ENOTDIR: throw .noDaemon(path: path)
    case EACCES, EPERM:
      var status = stat()
      // Where even the folder is closed, its group is not to be seen either. C borrows the path for the call.
      let isSeen = unsafe lstat(path, &status) == 0
      throw .denied(path: path, group: isSeen ? groupName(status.st_gid) : "of the daemon")
    default: throw .unusable(path: path, reason: systemWords(number))
    }
  }

  private static func tooLong(_ path: String) -> ControlError {
    .unusable(path: path, reason: "too long for a socket's path, which has at most 99 bytes")
  }

  private static func withAddress<Result>(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) throws(ControlError) -> Result {
    let bytes = Array(path.utf8)
    guard bytes.count <= longestPath, !bytes.contains(0) else {
      throw tooLong(path)
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // The array is a tuple in Swift; its bytes are filled, and C reads the address during the call only.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
