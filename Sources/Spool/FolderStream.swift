import Glibc

/// The names in a folder, read one after the other and as slowly as one likes: it holds none of them.
///
/// A name that comes or goes meanwhile may be handed out or not (readdir(3)); each other one is, once.
///
/// The C stream never leaves it, and is closed once.
@safe struct FolderStream: ~Copyable {
  /// A name as the directory holds it.
  enum Name {
    case text(String)
    /// Bytes that are not UTF-8, here mended for messages; such a name cannot be opened again by its text.
    case notUTF8(String)
  }

  private let stream: OpaquePointer
  /// For messages.
  private let path: String

  init(_ folder: borrowing Folder) throws(SpoolError) {
    path = folder.path
    let number = folder.descriptor.number
    // A descriptor of its own: readdir(3) moves the offset, and closedir(3) closes.
    let own = try retrying("openat", path) { unsafe Glibc.openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    // fdopendir(3) takes the descriptor over when it succeeds.
    guard let stream = unsafe fdopendir(own) else {
      let error = errno
      close(own)
      throw .system(call: "fdopendir", path: path, errno: error)
    }
    unsafe self.stream = stream
  }

  deinit { unsafe closedir(stream) }

  /// The next name, without `.` and `..`; nil at the end.
  mutating func next() throws(SpoolError) -> Name? {
    while true {
      // readdir(3) tells its end from an error by errno only.
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        let error = errno
        if error == 0 { return nil }
        throw .system(call: "readdir", path: path, errno: error)
      }
      // d_name is a terminated string within the entry, which lives until the next readdir(3); it is copied at once.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { characters in
          if let text = unsafe String(validatingCString: characters) { return Name.text(text) }
          return unsafe Name.notUTF8(String(cString: characters))
        }
      }
      if case .text(".") = name { continue }
      if case .text("..") = name { continue }
      return name
    }
  }
}
