/// A path that stays beneath a tree: no empty text, no leading slash, no `..`, no NUL.
///
/// `.` and empty components are dropped, so `./a//b` is `a/b`. Symbolic links are another matter: see
/// ``Folder/openBeneath(_:flags:)``.
struct RelativePath: Hashable, Sendable {
  /// At least one; each a name that Linux takes.
  let components: [String]

  /// NAME_MAX of every Linux file system, in bytes.
  static let longestName = 255

  init(_ text: String) throws(SpoolError) {
    guard !text.isEmpty else { throw .badName(name: text, reason: "it is empty") }
    guard text.utf8.first != UInt8(ascii: "/") else {
      throw .badName(name: text, reason: "it must be relative, and begins with a slash")
    }
    guard !text.utf8.contains(0) else { throw .badName(name: text, reason: "it contains a NUL") }
    // The bytes are what Linux looks at; a combining character behind a slash would hide it from `split` on characters.
    let parts = text.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
    guard !parts.isEmpty else { throw .badName(name: text, reason: "it names no file") }
    for part in parts {
      guard part != ".." else { throw .badName(name: text, reason: "it contains \"..\"") }
      guard part.utf8.count <= Self.longestName else {
        throw .badName(name: text, reason: "a part of it is longer than \(Self.longestName) bytes")
      }
    }
    components = parts
  }

  /// The components, joined.
  var text: String { components.joined(separator: "/") }
  /// The last component.
  var name: String { components[components.count - 1] }
  /// All but the last component; empty for a name in the tree's root.
  var parents: ArraySlice<String> { components.dropLast() }
}

extension RelativePath {
  /// Checks a single name, which may hold no separator and not begin with a dot (those are the spool's own).
  static func checkName(_ name: String) throws(SpoolError) {
    guard name.utf8.first != UInt8(ascii: ".") else { throw .badName(name: name, reason: "it begins with a dot") }
    guard !name.utf8.contains(UInt8(ascii: "/")) else { throw .badName(name: name, reason: "it contains a slash") }
    _ = try RelativePath(name)
  }
}
