import Control
import Documents
import ImageAPI
import Ledger
import Spool
import Synchronization

/// Answers what people ask about jobs and carries out what they say: over the control socket of a daemon, or in the
/// process of a command where no daemon runs. Both sides answer with this code.
///
/// | word | about | answer |
/// |---|---|---|
/// | list | state, pipeline, reason, newest, limit | an item a job |
/// | show | job | the job's document |
/// | queue | state | the queue's shape |
/// | summary | by, since | counts and charges |
/// | wait | dropped | an item for each request that ends |
/// | hold, release, requeue, reprocess, cancel | jobs, or state, pipeline, reason; pays-again, confirmed, rehearsal | an item a job |
public struct OperatorDesk: ControlDesk {
  private let ledger: ReadingLedger
  private let following: Following
  private let inquiry: UsageInquiry?
  private let blocking: BlockingWork
  /// Carries out a word.
  private let say: @Sendable (OperatorWord, JobID, Operator.Manner) async throws -> OperatorOutcome
  private let observe: @Sendable (DaemonEvent) -> Void

  /// - Parameters:
  ///   - client: asks the API what it charged; `nil` without a key.
  ///   - happenings: what has happened in this process that may end a job.
  init(
    ledgerPath: String, inbox: Inbox, client: APIClient?, happenings: Happenings,
    say: @escaping @Sendable (OperatorWord, JobID, Operator.Manner) async throws -> OperatorOutcome,
    observe: @escaping @Sendable (DaemonEvent) -> Void
  ) {
    let ledger = ReadingLedger(path: ledgerPath)
    let blocking = BlockingWork(name: "desk", threads: 2)
    self.ledger = ledger
    self.blocking = blocking
    self.say = say
    self.observe = observe
    inquiry = client.map(UsageInquiry.init)
    following = Following(
      inbox: inbox, ledger: { try ledger.openedIfThere() }, happenings: happenings, blocking: blocking)
  }

  public func answer(
    _ question: ControlQuestion, from peer: ControlPeer, items: @escaping @Sendable ([JSONObject]) async throws -> Void
  ) async throws -> JSONObject {
    func about(_ known: [String]) throws(ControlRefusal) -> Particulars {
      try Particulars(question.about, known: known)
    }
    switch question.word {
    case "list": return try await list(try about(JobSelection.traits + ["newest", "limit"]), items)
    case "show": return try await show(try about(["job"]))
    case "queue":
      let states = try JobSelection.states(try about(["state"])) ?? QueueShape.open
      return try await reading { try QueueShape.document(of: $0, in: states, at: .now()) }
    case "summary":
      let about = try about(["by", "since"])
      return try await reading { try JobSummary.document(of: $0, about) }
    case "wait": return try await following.follow(try Following.dropped(in: try about(["dropped"])), items: items)
    default:
      guard let word = OperatorWord(rawValue: question.word) else {
        throw ControlRefusal(
          .unknownWord, "this daemon, version \(Darkroom.version), does not know the word \(question.word.prefix(40))")
      }
      let about = try about(JobSelection.traits + ["jobs", "pays-again", "confirmed", "rehearsal"])
      return try await carryOut(word, about, by: peer, items)
    }
  }

  // MARK: Asking

  private func reading<Value: Sendable>(
    _ body: @escaping @Sendable (JobLedger) throws -> Value
  ) async throws -> Value {
    try await blocking.run { [ledger] () throws(any Error) in try body(try ledger.opened()) }
  }

  private static let pageSize = 200

  private func list(
    _ about: Particulars, _ items: @Sendable ([JSONObject]) async throws -> Void
  ) async throws -> JSONObject {
    let selection = try JobSelection(about)
    let limit = try about.count("limit") ?? .max
    let order: JobOrder = try about.flag("newest") ? .newestFirst : .oldestFirst
    var last: JobID?
    var count = 0
    while count < limit {
      let size = min(Self.pageSize, limit - count)
      let page = try await reading { [last] ledger in
        try ledger.jobs(
          in: selection.states ?? Set(JobState.allCases), pipeline: selection.pipeline, reason: selection.reason,
          order: order, after: last, limit: size)
      }
      let now = Timestamp.now()
      try await items(page.map { $0.document(at: now) })
      count += page.count
      guard page.count == size, let end = page.last else { break }
      last = end.id
    }
    return JSONObject([("listed", .number("\(count)"))])
  }

  private func show(_ about: Particulars) async throws -> JSONObject {
    guard let text = try about.text("job") else { throw ControlRefusal(.invalid, "no job is named") }
    let (job, calls, document) = try await reading { ledger in
      let job = try ledger.job(try JobSelection.job(text, in: ledger))
      let calls = try ledger.calls(of: job.id)
      var document = job.document(at: .now())
      document["hindrance"] = try job.hindrance(in: ledger).map(JSONValue.string) ?? .null
      document["calls"] = .array(calls.map { .object($0.document) })
      document["outputs"] = .array(try ledger.outputs(of: job.id).map { .object($0.document) })
      document["warnings"] = .array(try ledger.warnings(of: job.id).map(JSONValue.string))
      document["deliveries"] = .array(try ledger.deliveries(of: job.id).map { .object($0.document) })
      return (job, calls, document)
    }
    // What an operator held has nothing to be found out.
    guard job.state == .held, let call = calls.last, call.state == .unknown else { return document }
    var reconciled = document
    reconciled["reconciliation"] = .object(try await reconciliation(of: call))
    return reconciled
  }

  private func reconciliation(of call: Call) async throws -> JSONObject {
    guard let inquiry else { return UsageInquiry.unavailable("there is no API key here to ask with") }
    return try await inquiry.document(about: call) { [self] start, end in
      try await reading { try $0.calls(from: start, until: end) }
    }
  }

  // MARK: Saying

  private func carryOut(
    _ word: OperatorWord, _ about: Particulars, by peer: ControlPeer,
    _ items: @Sendable ([JSONObject]) async throws -> Void
  ) async throws -> JSONObject {
    let selection = try JobSelection(about)
    var manner = Operator.Manner()
    manner.paysAllAgain = try about.flag("pays-again")
    manner.isRehearsal = try about.flag("rehearsal")
    // Who names a job has looked at it; a selection may hold what nobody has looked at.
    let isConfirmed = try about.flag("confirmed")
    manner.isConfirmed = !selection.isByTrait || isConfirmed
    let jobs = try await reading { try selection.jobs(for: word, in: $0) }
    var counts: [OperatorOutcome.Kind: Int] = [:]
    for job in jobs {
      let outcome = try await say(word, job, manner)
      counts[outcome.kind, default: 0] += 1
      if outcome.kind == .done, !manner.isRehearsal {
        observe(.said(word: word.rawValue, job: job.description, by: "\(peer)", words: outcome.words))
      }
      try await items([outcome.document(word)])
    }
    return JSONObject([
      ("jobs", .number("\(jobs.count)")), ("done", .number("\(counts[.done, default: 0])")),
      ("refused", .number("\(counts[.refused, default: 0])")),
      ("unconfirmed", .number("\(counts[.unconfirmed, default: 0])")),
    ])
  }
}

/// A connection of its own for readers: they wait for no writer, and no writer waits for them. Opened when first asked,
/// because opening checks the whole file.
private final class ReadingLedger: Sendable {
  private let path: String
  private let ledger = Mutex<JobLedger?>(nil)

  init(path: String) {
    self.path = path
  }

  func opened() throws(LedgerError) -> JobLedger {
    try ledger.withLock { (opened) throws(LedgerError) in
      if let opened { return opened }
      let ledger = try JobLedger(path: path, mustExist: true)
      opened = ledger
      return ledger
    }
  }

  /// The daemon makes the ledger when it first starts.
  func openedIfThere() throws(LedgerError) -> JobLedger? {
    do {
      return try opened()
    } catch .database(_, _, let code, _) where code & 0xFF == 14 {
      // SQLITE_CANTOPEN
      return nil
    }
  }
}
