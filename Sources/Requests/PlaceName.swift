import Foundation
import Processing

/// The rules for what becomes a directory's name: a request's `name`, the folders of its `output`, a pipeline's name.
enum PlaceName {
  /// In bytes of UTF-8. A directory's name may have 255 (limits.h, `NAME_MAX`); the rest is for `-2` and `-0001`.
  static let byteLimit = 200
  /// In bytes, for all of `output`.
  static let folderByteLimit = 1024
  /// Folders within one another.
  static let depthLimit = 16

  /// Why a text cannot be a name; `nil` when it can.
  static func flaw(_ name: String) -> String? {
    if name.isEmpty { return "a name has at least one character" }
    if name == "." || name == ".." { return "this would leave the folder" }
    if name.hasPrefix(".") { return "a name does not begin with a dot, which hides it" }
    if let scalar = name.unicodeScalars.first(where: PlannedName.isForbidden) {
      return scalar == "/" || scalar == "\\"
        ? "a name has no \(scalar)"
        : "a name does not have the character U+\(String(scalar.value, radix: 16, uppercase: true))"
    }
    if name.first?.isWhitespace == true || name.last?.isWhitespace == true {
      return "a name neither begins nor ends with a space"
    }
    if name.utf8.count > byteLimit { return "it has \(name.utf8.count) bytes, a name has at most \(byteLimit)" }
    return nil
  }

  /// Why a text cannot be a folder beneath the output tree; `nil` when it can. The empty text is the tree itself.
  static func folderFlaw(_ folder: String) -> String? {
    if folder.isEmpty { return nil }
    if folder.hasPrefix("/") { return "the folder lies beneath the output tree; leave the / in front out" }
    if folder.utf8.count > folderByteLimit {
      return "it has \(folder.utf8.count) bytes, a folder has at most \(folderByteLimit)"
    }
    let names = folder.split(separator: "/", omittingEmptySubsequences: false)
    if names.count > depthLimit { return "folders lie at most \(depthLimit) deep" }
    for name in names {
      if name.isEmpty { return "there is a / too many" }
      if let flaw = flaw(String(name)) { return flaw }
    }
    return nil
  }

  /// Unicode's composed form (NFC), so that one name typed on two systems is one name.
  static func normalized(_ name: String) -> String { name.precomposedStringWithCanonicalMapping }
}
