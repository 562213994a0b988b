import Glibc

/// Why the local API could not start or go on.
public enum SandboxError: Error, Hashable, Sendable {
  /// The port is taken or not allowed; `reason` is the system's word.
  case cannotListen(port: Int, reason: String)
  /// A system call on the charge log or the port file failed.
  case file(call: String, path: String, errno: CInt)
  /// A model that is to be called deprecated, or to come after one, is not in the catalogue.
  case unknownModel(id: String)
  /// The server stopped by itself; `reason` is its own word.
  case stopped(reason: String)
}

extension SandboxError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotListen(let port, let reason):
      "the local API cannot listen on 127.0.0.1:\(port): \(reason). Choose another port with --port, or none for any "
        + "free one"
    case .file(let call, let path, let errno):
      // strerror(3) returns a string of the C library's, copied here.
      "\(call) of \(path) failed: \(unsafe String(cString: strerror(errno))). Choose another place for --charges or "
        + "--port-file, or make room"
    case .unknownModel(let id): "the local API has no model \"\(id)\"; GET /models lists those that it has"
    case .stopped(let reason): "the local API stopped: \(reason). Start it again; --port-file tells the new port"
    }
  }
}
