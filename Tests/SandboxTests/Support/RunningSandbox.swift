import Foundation
import Testing

@testable import Sandbox

/// Starts a server of its own on a free port, runs `body` against it, and stops it.
func withSandbox<Value: Sendable>(
  _ configuration: SandboxConfiguration = SandboxConfiguration(),
  _ body: @Sendable (WireClient) async throws -> Value
) async throws -> Value {
  let (ready, isReady) = AsyncStream<Int>.makeStream()
  let server = SandboxServer(configuration: configuration) { port in isReady.yield(port) }
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { isReady.finish() }
      try await server.run()
    }
    defer { group.cancelAll() }
    var iterator = ready.makeAsyncIterator()
    guard let port = await iterator.next() else {
      try await group.next()
      throw StoppedBeforeReady()
    }
    return try await body(WireClient(port: port))
  }
}

struct StoppedBeforeReady: Error {}

/// Runs `body` with a charge log, and returns its lines.
func chargesOf(
  _ configuration: SandboxConfiguration = SandboxConfiguration(),
  _ body: @Sendable (WireClient) async throws -> Void
) async throws -> [JSON] {
  try await withTemporaryFolder { folder in
    var configuration = configuration
    configuration.chargesFile = "\(folder)/charges.jsonl"
    try await withSandbox(configuration, body)
    return try charges("\(folder)/charges.jsonl")
  }
}

func charges(_ path: String) throws -> [JSON] {
  try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
    try #require(JSON(parsing: Array($0.utf8)))
  }
}

func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sandbox-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder.path)
}
