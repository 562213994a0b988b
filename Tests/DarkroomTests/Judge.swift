import Foundation
import Testing

/// Debian's Python: its arithmetic is decimal, and it shares nothing with the program.
enum Judge {
  static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// What a script of this folder prints; what goes wrong with it is printed too.
  static func verdict(_ script: String, _ arguments: String...) async throws -> String {
    let path = tests.appending(path: "DarkroomTests/\(script)").path()
    let words = FileManager.default.temporaryDirectory.appending(path: "verdict-\(UUID().uuidString)")
    try Data().write(to: words)
    defer { try? FileManager.default.removeItem(at: words) }
    let handle = try FileHandle(forWritingTo: words)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-B", path] + arguments
    process.standardOutput = handle
    process.standardError = handle
    let (ended, end) = AsyncStream<Int32>.makeStream()
    process.terminationHandler = {
      end.yield($0.terminationStatus)
      end.finish()
    }
    try process.run()
    var status: Int32 = -1
    for await found in ended { status = found }
    let verdict = String(decoding: try Data(contentsOf: words), as: UTF8.self)
    return status == 0 || !verdict.isEmpty ? verdict : "exit code \(status)"
  }
}

/// One JSON document a line, for what is not money.
func documents(_ text: String) throws -> [[String: Any]] {
  try text.split(separator: "\n").map { line in
    try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
  }
}
