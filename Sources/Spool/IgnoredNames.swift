/// Names in an inbox that are somebody's work in progress: hidden files, `*.part`, `*.tmp`, `*~`, `.#*`, editors' swap
/// files (`.name.swp` of Vim, `#name#` of Emacs). They are left alone, and so is all that a hidden folder holds.
public enum IgnoredNames {
  private static let endings = [".part", ".tmp", "~", ".swp", ".swo", ".swx"]

  /// Whether a file or folder of this name is ignored; letters count in either case.
  public static func contains(_ name: String) -> Bool {
    if name.hasPrefix(".") { return true }
    if name.hasPrefix("#"), name.hasSuffix("#") { return true }
    let lower = name.lowercased()
    return endings.contains { lower.hasSuffix($0) }
  }

  /// Whether any component of a path is ignored.
  public static func contains(path: String) -> Bool {
    path.split(separator: "/").contains { contains(String($0)) }
  }
}
