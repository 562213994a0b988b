import Foundation
import Glibc

/// A directory of a test's own, removed with it.
///
/// All tests run under a umask that takes everything from group and others: what is 0644 here was made so.
final class Scratch: Sendable {
  let path: String

  private static let strictUmask: mode_t = umask(0o077)

  init(in folder: String = NSTemporaryDirectory()) throws {
    _ = Self.strictUmask
    path = URL(filePath: folder).appending(path: "spool-test-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func path(_ name: String) -> String { "\(path)/\(name)" }

  @discardableResult
  func folder(_ name: String) throws -> String {
    try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
    return path(name)
  }

  @discardableResult
  func file(_ name: String, _ text: String = "text") throws -> String {
    try Data(text.utf8).write(to: URL(filePath: path(name)))
    return path(name)
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path(name))), as: UTF8.self)
  }

  func exists(_ name: String) -> Bool { access(path(name), F_OK) == 0 }

  /// Everything beneath a folder, hidden names too, sorted.
  func tree(_ name: String = "") throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: name.isEmpty ? path : path(name)).sorted()
  }

  /// The permission bits.
  func mode(_ name: String) -> mode_t {
    var status = stat()
    return lstat(path(name), &status) == 0 ? status.st_mode & 0o7777 : 0
  }
}

extension [UInt8] {
  init(_ text: String) { self.init(text.utf8) }
  var text: String { String(decoding: self, as: UTF8.self) }
}
