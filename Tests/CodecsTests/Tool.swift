import Foundation

/// A directory that is gone after use.
enum TemporaryDirectory {
  static func with<R>(_ body: (URL) throws -> R) throws -> R {
    let directory = FileManager.default.temporaryDirectory.appending(path: "codecs-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory)
  }
}

/// The independent programs that tests ask.
enum Tool {
  struct Failure: Error, CustomStringConvertible {
    let command: String
    let words: String
    var description: String { "\(command): \(words)" }
  }

  /// Runs a program to its end.
  static func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    let errors = Pipe()
    process.executableURL = URL(filePath: program.hasPrefix("/") ? program : "/usr/bin/\(program)")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(command: ([program] + arguments).joined(separator: " "), words: words)
    }
  }

  /// Gives `input` to a program as a file in `directory` and returns the file it writes, if any; `{in}` and `{out}` in
  /// the arguments are their names.
  static func convert(
    _ input: [UInt8], named name: String, in directory: URL, _ program: String, _ arguments: [String]
  ) throws -> [UInt8] {
    let source = directory.appending(path: name)
    let target = directory.appending(path: "out")
    try Data(input).write(to: source)
    try run(
      program,
      arguments.map {
        $0.replacingOccurrences(of: "{in}", with: source.path).replacingOccurrences(of: "{out}", with: target.path)
      })
    guard arguments.contains("{out}") else { return [] }
    return [UInt8](try Data(contentsOf: target))
  }
}
