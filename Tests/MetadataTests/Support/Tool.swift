import Foundation

/// Programs that judge what was written: none shares code with Darkroom.
struct Tool {
  static let exiftool = Tool(path: "/usr/bin/exiftool")
  static let exiv2 = Tool(path: "/usr/bin/exiv2")
  static let python = Tool(path: "/usr/bin/python3")
  static let cjpeg = Tool(path: "/usr/bin/cjpeg")
  static let pngcheck = Tool(path: "/usr/bin/pngcheck")

  let path: String

  struct Result {
    let status: Int32
    let output: Data
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }
  }

  /// Runs to the end. Output goes through files, so that no pipe fills up.
  func run(_ arguments: [String], in directory: Scratch) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = directory.url
    let (output, errors) = (directory.url("out-\(UUID())"), directory.url("err-\(UUID())"))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: try Data(contentsOf: output),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }
}

/// A directory of one test's own, removed with it.
final class Scratch: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("metadata-tests-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func url(_ name: String) -> URL { url.appendingPathComponent(name) }

  func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: url(name)) }

  func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url(name))) }

  /// One start of exiftool for many files: its JSON by file name, with groups, duplicates and validation.
  func exiftool(_ names: [String], _ options: [String] = []) throws -> [String: [String: Any]] {
    let arguments = ["-j", "-a", "-G1", "-n", "-validate", "-warning", "-error", "-all"] + options + names
    let result = try Tool.exiftool.run(arguments, in: self)
    let rows = try JSONSerialization.jsonObject(with: result.output) as? [[String: Any]] ?? []
    return rows.reduce(into: [:]) { $0[$1["SourceFile"] as? String ?? ""] = $1 }
  }
}
