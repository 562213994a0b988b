extension Folder {
  /// The names in the folder, without `.` and `..`, in no order. Names that are not UTF-8 are left out.
  borrowing func names() throws(SpoolError) -> [String] {
    var stream = try FolderStream(self)
    var names: [String] = []
    while let name = try stream.next() {
      if case .text(let text) = name { names.append(text) }
    }
    return names
  }
}
