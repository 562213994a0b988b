import Control
import Documents
import Foundation
import Spool
import Synchronization

/// Follows dropped requests until their jobs have ended.
struct JobWatch {
  struct Dropped: Sendable {
    /// The file in the inbox.
    var file: String
    /// The path the request goes by: the file's own, or a line's.
    var request: String
    /// How the ledger knows it.
    var identity: String
  }

  let desk: JobsDesk

  /// How long a daemon may be away, as when it is restarted.
  private static let patience = Duration.seconds(60)
  /// How long a connection lasts at least that is more than a daemon's last breath.
  private static let answering = Duration.seconds(5)

  /// - Returns: how many did not end as published.
  func follow(_ dropped: [Dropped]) async throws -> Int {
    let progress = Progress(dropped)
    var lost: ContinuousClock.Instant?
    while !progress.open.isEmpty {
      progress.show()
      let asked = ContinuousClock.now
      do {
        _ = try await desk.ask(
          "wait", about: Self.question(progress.open), mayBeWithoutLedger: true, item: { progress.take($0) },
          fallback: { error in
            // A daemon that is just being started again has no socket yet.
            if lost != nil { throw error }
            Console.note("\(error); the requests wait in the inbox until a daemon runs", .warning)
          })
      } catch let error as ControlError {
        // It answered meanwhile, and has gone anew.
        if case .cutOff = error, asked + Self.answering < .now { lost = nil }
        let since = lost ?? .now
        if lost == nil { Console.note("\(error)", .warning) }
        lost = since
        guard .now < since + Self.patience else {
          throw CommandFailure(
            "\(error); \(progress.open.count) requests are in its hands", code: DarkroomCommand.Exit.tryAgainLater)
        }
        // A daemon that is started again tells nobody that it listens.
        try await Task.sleep(for: .seconds(1))
      }
    }
    Console.progress(nil)
    return progress.failures
  }

  private static func question(_ open: [Dropped]) -> JSONObject {
    JSONObject([
      (
        "dropped",
        .array(
          open.prefix(1000).map {
            .object(
              JSONObject([
                ("file", .string($0.file)), ("request", .string($0.request)), ("identity", .string($0.identity)),
              ]))
          })
      )
    ])
  }
}

/// What is still under way, told as it ends.
private final class Progress: Sendable {
  private struct State {
    var open: [JobWatch.Dropped]
    var failures = 0
  }

  private let state: Mutex<State>
  private let count: Int

  init(_ dropped: [JobWatch.Dropped]) {
    state = Mutex(State(open: dropped))
    count = dropped.count
  }

  var open: [JobWatch.Dropped] { state.withLock { $0.open } }
  var failures: Int { state.withLock { $0.failures } }

  func take(_ item: JSONObject) {
    guard let request = item.string("request"), let end = item.string("end") else { return }
    let words = item.string("words") ?? ""
    if end == "waiting" {
      Console.progress(nil)
      Console.note("waiting    \(request): \(words)", .warning)
      return show()
    }
    state.withLock { state in
      state.open.removeAll { $0.request == request }
      if end != "published" { state.failures += 1 }
    }
    Console.progress(nil)
    if end == "published" {
      Console.note("published  \(request): \(item.string("place") ?? "")/", .done)
    } else {
      Console.note("\(end.padding(toLength: 10, withPad: " ", startingAt: 0)) \(words) (\(request))", .failed)
    }
    show()
  }

  func show() {
    let left = open.count
    Console.progress(left == 0 ? nil : "waiting for \(left) of \(count)")
  }
}
