import Foundation
import Testing

@testable import Sandbox

/// The vendor's schema as judge: `Tests/Venice/validate.py`, which shares nothing with the server's own tables.
enum VendorSchema {
  static func request(_ path: String, _ body: JSON, contentType: String = "application/json") -> JSON {
    ["kind": "request", "method": "POST", "path": .string(path), "contentType": .string(contentType), "body": body]
  }

  static func response(_ method: String, _ path: String, _ response: WireClient.Response) -> JSON {
    [
      "kind": "response", "method": .string(method), "path": .string(path), "status": .number(Decimal(response.status)),
      "contentType": .string(response.headers["content-type"] ?? ""),
      "body": response.mediaType == "application/json" ? JSON(parsing: response.body) ?? "not JSON" : .null,
    ]
  }

  /// What is wrong with the messages; empty when nothing is.
  static func faults(_ messages: [JSON]) async throws -> String {
    try await withTemporaryFolder { folder in
      let file = URL(fileURLWithPath: folder).appendingPathComponent("messages.jsonl")
      try Data(messages.map { $0.serialized + "\n" }.joined().utf8).write(to: file)
      let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Venice/validate.py")
      let (status, output) = try await run("/usr/bin/python3", script.path, file.path)
      try #require(status <= 1, "\(output)")
      #expect((status == 0) == output.isEmpty)
      return output
    }
  }

  static func run(_ program: String, _ arguments: String...) async throws -> (status: Int32, output: String) {
    try await run(program, arguments: arguments)
  }

  static func run(_ program: String, arguments: [String]) async throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    let ended = AsyncStream<Void> { continuation in
      process.terminationHandler = { _ in continuation.finish() }
    }
    try process.run()
    let output = try await Task.detached { try pipe.fileHandleForReading.readToEnd() ?? Data() }.value
    for await _ in ended {}
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
