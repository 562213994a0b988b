import Glibc

extension Folder {
  /// The names in the folder, without `.` and `..`, in no order. Names that are not UTF-8 are left out.
  borrowing func names() throws(SpoolError) -> [String] {
    var names: [String] = []
    try forEachName { name in
      if case .text(let text) = name { names.append(text) }
    }
    return names
  }

  /// A name as the directory holds it.
  enum EntryName {
    case text(String)
    /// Bytes that are not UTF-8, here mended for messages; such a name cannot be opened again by its text.
    case notUTF8(String)
  }

  /// Hands out one name after the other, without `.` and `..`, holding none: a folder may have hundreds of thousands.
  borrowing func forEachName(_ body: (EntryName) -> Void) throws(SpoolError) {
    // A descriptor of its own: readdir(3) moves the offset, and closedir(3) closes.
    let number = descriptor.number
    let own = try retrying("openat", path) { unsafe Glibc.openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    // fdopendir(3) takes the descriptor over when it succeeds.
    guard let stream = unsafe fdopendir(own) else {
      let error = errno
      close(own)
      throw .system(call: "fdopendir", path: path, errno: error)
    }
    defer { unsafe closedir(stream) }
    while true {
      // readdir(3) tells its end from an error by errno only.
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        let error = errno
        if error == 0 { return }
        throw .system(call: "readdir", path: path, errno: error)
      }
      // d_name is a terminated string within the entry, which lives until the next readdir(3); it is copied at once.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { characters in
          if let text = unsafe String(validatingCString: characters) { return EntryName.text(text) }
          return unsafe EntryName.notUTF8(String(cString: characters))
        }
      }
      if case .text(".") = name { continue }
      if case .text("..") = name { continue }
      body(name)
    }
  }
}
