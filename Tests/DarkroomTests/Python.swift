import Foundation

/// Debian's Python, which has Pillow.
enum Python {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Runs a program that lies beside the tests.
  ///
  /// - Returns: its standard output.
  /// - Throws: when it ends with another status than 0, with what it said on standard error.
  static func run(_ script: String, _ arguments: String...) async throws -> String { try await run(script, arguments) }

  static func run(_ script: String, _ arguments: [String]) async throws -> String {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: script).path()
    return String(decoding: try await output(of: script, [path] + arguments), as: UTF8.self)
  }

  /// Runs a program that is given as text.
  static func bytes(of program: String) async throws -> [UInt8] {
    [UInt8](try await output(of: "a program", ["-c", program]))
  }

  private static func output(of name: String, _ arguments: [String]) async throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = arguments
    // Files rather than pipes: nobody has to read them while the program writes.
    let folder = FileManager.default.temporaryDirectory.appending(path: "darkroom-python-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (output, errors) = (folder.appending(path: "output"), folder.appending(path: "errors"))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    let status = try await withCheckedThrowingContinuation { (done: CheckedContinuation<Int32, any Error>) in
      process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { done.resume(throwing: error) }
    }
    guard status == 0 else {
      throw Failure(description: "\(name) ended with \(status): \(try String(contentsOf: errors, encoding: .utf8))")
    }
    return try Data(contentsOf: output)
  }
}
