import Control
import Documents
import Ledger
import Spool

/// Follows dropped requests until their jobs have ended, for `submit --wait`.
struct Following: Sendable {
  struct Dropped: Hashable, Sendable {
    /// The file in the inbox.
    var file: String
    /// The path the request goes by: the file's own, or a line's.
    var request: String
    /// How the ledger knows it.
    var identity: String
  }

  let inbox: Inbox
  /// The ledger, once there is one.
  let ledger: @Sendable () throws -> JobLedger?
  /// What has happened in this process.
  let happenings: Happenings
  let blocking: BlockingWork

  /// How often to ask whether something happened, and how often to look although nothing seems to have.
  private static let pause = Duration.milliseconds(50)
  private static let patience = Duration.seconds(1)
  static let most = 10_000

  static func dropped(in about: Particulars) throws(ControlRefusal) -> [Dropped] {
    var dropped: [Dropped] = []
    for drop in try about.objects("dropped") {
      guard let file = drop.string("file"), let request = drop.string("request"), let identity = drop.string("identity")
      else { throw ControlRefusal(.invalid, "a dropped request has a file, a request and an identity") }
      dropped.append(Dropped(file: file, request: request, identity: identity))
    }
    guard (1...most).contains(dropped.count) else {
      throw ControlRefusal(.invalid, "one to \(most) dropped requests are followed at once")
    }
    return dropped
  }

  /// Sends an item for each request that has ended, and for each that begins to wait for something.
  func follow(
    _ dropped: [Dropped], items: @escaping @Sendable ([JSONObject]) async throws -> Void
  ) async throws -> JSONObject {
    var open = dropped
    var reasons: [Dropped: String] = [:]
    while true {
      let seen = happenings.count
      var left: [Dropped] = []
      let standing = try await blocking.run { [open] () throws(any Error) in try open.map { try stand(of: $0) } }
      for (drop, stand) in zip(open, standing) {
        switch stand {
        case .open(let reason):
          left.append(drop)
          if let reason, reasons[drop] != reason {
            reasons[drop] = reason
            try await items([Self.document(drop, "waiting", [("words", .string(reason))])])
          }
        case .ended(let document): try await items([document])
        }
      }
      open = left
      if open.isEmpty { return JSONObject([("followed", .number("\(dropped.count)"))]) }
      let end = ContinuousClock.now + Self.patience
      // Asked rather than told: many may follow at once, and a ``Signal`` wakes one.
      repeat { try await Task.sleep(for: Self.pause) } while happenings.count == seen && .now < end
    }
  }

  private enum Stand: Sendable {
    case open(String?)
    case ended(JSONObject)
  }

  private func stand(of drop: Dropped) throws -> Stand {
    // Asked in this order: the daemon commits the job before it removes the file. What cannot be a path is not there.
    let isInInbox = ((try? inbox.identity(of: drop.file)) ?? nil) != nil
    guard let ledger = try ledger(), let id = try ledger.jobs(claimedFrom: drop.request, identity: drop.identity).last
    else {
      if isInInbox { return .open(happenings.hindrance(of: drop.file)) }
      return .ended(Self.document(drop, "refused", [("words", .string("see its error file in the failed folder"))]))
    }
    let job = try ledger.job(id)
    var details: [(String, JSONValue)] = [("job", .string(id.description)), ("place", .string(job.place))]
    switch job.state {
    case .queued, .calling, .responded:
      return .open(try job.hindrance(in: ledger))
    case .published: break
    case .failed: details.append(("words", .string(job.error ?? "see its error file in the failed folder")))
    case .held:
      // What an operator holds may have had an error before, which is not why.
      let error = job.hold == .operator ? nil : job.error
      details.append(("words", .string(try error ?? job.hindrance(in: ledger) ?? "someone has to look")))
    }
    return .ended(Self.document(drop, job.state.rawValue, details))
  }

  private static func document(_ drop: Dropped, _ end: String, _ details: [(String, JSONValue)]) -> JSONObject {
    JSONObject([("request", .string(drop.request)), ("end", .string(end))] + details)
  }
}
