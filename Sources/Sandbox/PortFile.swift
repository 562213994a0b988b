import Glibc

/// The file that says where the server listens: its port in decimal and a newline. It appears whole, by a rename, and
/// only once connections are accepted, so whoever waits for it can connect at once.
enum PortFile {
  static func write(_ port: Int, to path: String) throws(SandboxError) {
    let temporary = "\(path).\(getpid()).tmp"
    let text = Array("\(port)\n".utf8)
    // open(2), write(2) and rename(2) take C strings and the array's bytes for the length of the call.
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .file(call: "open", path: temporary, errno: errno) }
    let written = unsafe text.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    let writeError = errno
    close(descriptor)
    guard written == text.count else {
      unsafe unlink(temporary)
      throw .file(call: "write", path: temporary, errno: writeError)
    }
    guard unsafe rename(temporary, path) == 0 else {
      let renameError = errno
      unsafe unlink(temporary)
      throw .file(call: "rename", path: path, errno: renameError)
    }
  }
}
