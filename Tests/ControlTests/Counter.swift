import Documents
import Foundation
import Synchronization
import Testing

@testable import Control

/// A desk for tests: it echoes, lists, waits and refuses.
final class Counter: ControlDesk {
  struct Failure: Error, CustomStringConvertible { let description = "the disk is on fire" }

  let waiting = Mutex(0)
  let peers = Mutex<[ControlPeer]>([])

  func answer(
    _ question: ControlQuestion, from peer: ControlPeer,
    items: @escaping @Sendable ([JSONObject]) async throws -> Void
  ) async throws -> JSONObject {
    peers.withLock { $0.append(peer) }
    switch question.word {
    case "echo": return question.about
    case "list":
      let size = question.about["size"]?.integer ?? 0
      let text = JSONValue.string(String(repeating: "x", count: size))
      let objects = (0..<(question.about["count"]?.integer ?? 0)).map {
        JSONObject([("number", .number("\($0)")), ("text", text)])
      }
      // Small ones in handfuls, large ones by themselves.
      let handful = size > 1000 ? 1 : 50
      for start in stride(from: 0, to: objects.count, by: handful) {
        try await items(Array(objects[start..<min(start + handful, objects.count)]))
      }
      return JSONObject()
    case "wait":
      waiting.withLock { $0 += 1 }
      defer { waiting.withLock { $0 -= 1 } }
      // Longer than any test: it ends by being cancelled.
      try await Task.sleep(for: .seconds(600))
      return JSONObject()
    case "no": throw ControlRefusal(.refused, "not today")
    case "break": throw Failure()
    default: throw ControlRefusal(.unknownWord, "there is no word \(question.word)")
    }
  }
}

/// A server in a folder of its own.
struct Post {
  let folder: String
  let path: String
  let counter: Counter
  var client: ControlClient { ControlClient(path: path, spool: "/spool") }

  /// Runs a server for as long as `body` runs.
  static func open<Value: Sendable>(
    limits: ControlServer.Limits = ControlServer.Limits(), group: UInt32? = nil,
    _ body: @escaping @Sendable (Post) async throws -> Value
  ) async throws -> Value {
    let folder = NSTemporaryDirectory() + "control-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let post = Post(folder: folder, path: "\(folder)/control.sock", counter: Counter())
    return try await post.serve(limits: limits, group: group) { try await body(post) }
  }

  func serve<Value: Sendable>(
    limits: ControlServer.Limits = ControlServer.Limits(), group: UInt32? = nil,
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let server = ControlServer(path: path, spool: "/spool", group: group, limits: limits)
    let (ready, isReady) = AsyncStream<Void>.makeStream()
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask {
        defer { isReady.finish() }
        try await server.run(counter) { isReady.yield() }
        return nil
      }
      group.addTask {
        for await _ in ready { return try await body() }
        return nil
      }
      for try await value in group {
        guard let value else { continue }
        group.cancelAll()
        // The server's own end is part of the test.
        while try await group.next() != nil {}
        return value
      }
      throw CancellationError()
    }
  }

  /// Waits until something holds; whatever it is rings no bell, so that it is looked at again and again.
  static func until(_ holds: @Sendable () async throws -> Bool) async throws {
    while try await !holds() { try await Task.sleep(for: .milliseconds(5)) }
  }
}
