import Glibc

/// A dot file that is made in an inbox and removed at once, so that a watch which is told of it is known to see what
/// happens there.
enum WatchCookie {
  private static let prefix = ".darkroom-watch-"

  /// A name that no other cookie has.
  static func nextName() -> String { prefix + TemporaryName.next().trimmingDots }

  static func isOne(_ name: String) -> Bool { name.hasPrefix(prefix) }
}

extension String {
  fileprivate var trimmingDots: Substring { drop { $0 == "." } }
}

extension Inbox {
  /// Makes a cookie and removes it: a moment later nothing is left of it.
  ///
  /// - Returns: its name, by which a ``FolderWatch`` tells of it.
  public func touchCookie() throws(SpoolError) -> String {
    let root = try Folder(path: path)
    let name = WatchCookie.nextName()
    let file = try root.makeFile(name, mode: 0o600)
    try root.removeFile(name)
    _ = consume file
    return name
  }

  /// Removes the cookies that a crash left between the making and the removal.
  public func sweepCookies() throws(SpoolError) {
    let root = try Folder(path: path)
    var names = try FolderStream(root)
    while let name = try names.next() {
      if case .text(let text) = name, WatchCookie.isOne(text) { try root.removeFile(text) }
    }
  }
}
