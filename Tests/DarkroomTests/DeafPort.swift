import Glibc

/// A port on loopback at which nobody answers, and which knows whether anybody called.
final class DeafPort: Sendable {
  struct Unavailable: Error { var errno: Int32 }

  let number: UInt16
  private let descriptor: Int32

  init() throws {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isOpen = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(socket, address, length) == 0 && listen(socket, 8) == 0 && getsockname(socket, address, &length) == 0
      }
    }
    descriptor = socket
    number = UInt16(bigEndian: address.sin_port)
    guard isOpen else { throw Unavailable(errno: errno) }
  }

  deinit { close(descriptor) }

  /// The system takes connections by itself (listen(2)): one that was made is there, although nobody took it yet.
  var wasCalled: Bool {
    let connection = accept(descriptor, nil, nil)
    if connection >= 0 { close(connection) }
    return connection >= 0
  }
}
