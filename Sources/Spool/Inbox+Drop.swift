import Glibc

extension Inbox {
  /// Puts a file into the inbox in one step: a reader sees all of it or nothing. Folders on the way are made.
  ///
  /// - Parameter mode: of the file; the daemon's group should be able to read it.
  /// - Returns: the identity by which the ledger will know it.
  /// - Throws: `.occupied` when a file of that name waits there.
  public func drop(
    _ bytes: Span<UInt8>, as relativePath: String, mode: mode_t = 0o664
  ) throws(SpoolError) -> FileIdentity {
    let relative = try RelativePath(relativePath)
    let root = try Folder(path: path)
    let folder = try root.parentMakingIt(of: relative, mode: 0o775)
    let temporary = TemporaryName.next()
    do throws(SpoolError) {
      try folder.writeSynced(bytes, as: temporary, mode: mode)
      guard let identity = try folder.status(of: temporary)?.identity else {
        throw .system(call: "fstatat", path: folder.pathOf(temporary), errno: ENOENT)
      }
      try folder.renameExclusively(temporary, to: folder, as: relative.name)
      try folder.sync()
      return identity
    } catch {
      try? folder.removeFile(temporary)
      throw error
    }
  }
}
