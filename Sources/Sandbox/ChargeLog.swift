import Glibc

/// The file of charges: one JSON line for each, on the disk before the response to the call goes out.
struct ChargeLog: Sendable {
  let path: String
  private let descriptor: CInt

  /// Opens for appending, and makes the file where there is none. The descriptor stays open as long as the process.
  init(path: String) throws(SandboxError) {
    self.path = path
    // open(2) and fsync(2) take C strings and plain numbers.
    descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .file(call: "open", path: path, errno: errno) }
    try syncFolder(of: path)
  }

  /// Appends one line durably. The whole line is one write(2): with `O_APPEND`, lines never mix.
  func append(_ charge: JSON) throws(SandboxError) {
    let line = Array((charge.serialized + "\n").utf8)
    // write(2) reads the array's bytes for the length of the call.
    let written = unsafe line.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    guard written == line.count else {
      throw .file(call: "write", path: path, errno: written < 0 ? errno : ENOSPC)
    }
    guard fsync(descriptor) == 0 else { throw .file(call: "fsync", path: path, errno: errno) }
  }
}

/// Makes a new or renamed entry of a file's folder durable.
func syncFolder(of path: String) throws(SandboxError) {
  let folder: String
  switch path.lastIndex(of: "/") {
  case nil: folder = "."
  case path.startIndex: folder = "/"
  case let slash?: folder = String(path[..<slash])
  }
  // open(2) takes a C string.
  let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .file(call: "open", path: folder, errno: errno) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw .file(call: "fsync", path: folder, errno: errno) }
}
