import Foundation
import Ledger
import Requests
import Spool
import Testing

@testable import Daemon

/// The operator's words on real jobs, their charges counted by the local API.
@Suite(.timeLimit(.minutes(3))) struct OperatorTests {
  private static let strict = """
    verify: { size: requested }
    outputs:
      - file: "{name}.png"
    """
  private static let lenient = """
    verify: { size: requested, on-mismatch: accept }
    outputs:
      - file: "{name}.jpg"
    """

  // MARK: Every word in every state

  private static let wrong = "[sandbox:size=512x512]"

  @Test func everyWordDoesOrRefusesInEveryStateWhatItShould() async throws {
    let workshop = try Workshop()
    // The last one closes the account.
    let prompts = [
      ("answered", "A canal [sandbox:garbage]"), ("published", "A canal"), ("refused", "A canal [sandbox:status=400]"),
      ("unknown", "A canal [sandbox:drop]"), ("waiting", "A canal [sandbox:status=402]"),
    ]
    for (name, prompt) in prompts { try workshop.drop(Workshop.request(prompt), as: "\(name).json") }
    _ = try await workshop.drain()
    let paid = try workshop.charges().count
    try await workshop.operating { words in
      func job(_ name: String) throws -> Job { try words.ledger.named(name) }
      let held = try job("waiting")
      let expected: [(String, OperatorWord, String, String)] = [
        ("waiting", .hold, "possible", "no call goes out until it is released"),
        ("waiting", .release, "needless", "it is not held"),
        ("waiting", .requeue, "needless", "it is on its way"),
        ("waiting", .reprocess, "impossible", "it has no answer to process yet"),
        ("waiting", .cancel, "possible", "cancelled: nothing more is sent"),
        ("unknown", .hold, "needless", "it is held already"),
        ("unknown", .release, "pays twice", "may have been charged (at most 0.01 USD); this one is charged as well"),
        ("unknown", .requeue, "impossible", "release makes its call again"),
        ("unknown", .reprocess, "impossible", "release or cancel it"),
        ("unknown", .cancel, "possible", "Its last call may have been charged (at most 0.01 USD)"),
        ("answered", .hold, "impossible", "it has ended: it is failed"),
        ("answered", .release, "impossible", "it has ended: it is failed"),
        ("answered", .requeue, "possible", "it goes on from the answers that are kept, and nothing is paid"),
        ("answered", .reprocess, "possible", "at no cost: the pipeline \"default\" as it is now"),
        ("answered", .cancel, "needless", "it has failed already"),
        ("refused", .requeue, "possible", "1 of 1 calls are made"),
        ("refused", .reprocess, "impossible", "step 1, picture 1, was never answered"),
        ("published", .hold, "impossible", "it has ended: it is published"),
        ("published", .release, "impossible", "it has ended: it is published"),
        ("published", .requeue, "impossible", "reprocess runs its pipeline again at no cost"),
        ("published", .reprocess, "possible", "its directory published is replaced"),
        ("published", .cancel, "impossible", "it has ended: it is published"),
      ]
      for (name, word, kind, text) in expected {
        let verdict = try words.verdict(word, try job(name))
        #expect(verdict.kind == kind && verdict.words.contains(text), "\(word) of \(name): \(verdict)")
      }
      // What is refused, and what is so already, changes nothing.
      for (name, word, kind, _) in expected where kind != "possible" && kind != "pays twice" {
        let before = try job(name)
        let outcome = try words.say(word, about: before.id)
        #expect(outcome.kind == (kind == "needless" ? .unchanged : .refused))
        #expect(try job(name) == before)
      }
      try words.ledger.hold(held.id, at: .now())
      #expect(try words.verdict(.release, try job("waiting")) == .possible("released: it waits for its turn"))
      // Under way: no word reaches it.
      try workshop.ledger("UPDATE jobs SET state = 'calling', reason = NULL, not_before = NULL WHERE name = 'waiting'")
      for (word, kind, text) in [
        (OperatorWord.hold, "impossible", "cannot be called back"), (.release, "needless", "it is not held"),
        (.requeue, "needless", "it is on its way"), (.reprocess, "impossible", "no answer to process yet"),
        (.cancel, "impossible", "cannot be called back"),
      ] {
        let verdict = try words.verdict(word, try job("waiting"))
        #expect(verdict.kind == kind && verdict.words.contains(text), "\(word) of a calling job: \(verdict)")
      }
      try workshop.ledger("UPDATE jobs SET state = 'responded' WHERE name = 'waiting'")
      for (word, kind, text) in [
        (OperatorWord.hold, "impossible", "is being processed"), (.release, "needless", "it is not held"),
        (.requeue, "needless", "it is on its way"), (.reprocess, "needless", "it is being processed"),
        (.cancel, "impossible", "paid for and is being processed"),
      ] {
        let verdict = try words.verdict(word, try job("waiting"))
        #expect(verdict.kind == kind && verdict.words.contains(text), "\(word) of a responded job: \(verdict)")
      }
    }
    #expect(try workshop.charges().count == paid)
  }

  // MARK: Nothing is paid

  // Scenarios 20 and 28: the original was kept, the pipeline is mended, and nobody is paid again.
  @Test func reprocessRunsThePipelineOfNowFromKeptBytesAndPaysNothing() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal \(Self.wrong)"), as: "canal.json")
    let first = try await workshop.drain(Workshop.Settings(pipelines: ["default": Self.strict]))
    #expect(first.report == DaemonService.Report(failed: 1))
    try await workshop.operating(pipelines: ["default": Self.lenient]) { words in
      let outcome = try words.say(.reprocess, about: words.ledger.named("canal").id)
      #expect(outcome.kind == .done, "\(outcome)")
    }
    let second = try await workshop.drain(Workshop.Settings(pipelines: ["default": Self.lenient]))
    #expect(second.report == DaemonService.Report(published: 1))
    #expect(workshop.files(in: "output") == ["canal/canal.jpg", "canal/manifest.json"])
    // A published one takes the place of its own directory.
    try await workshop.operating(pipelines: ["default": Self.lenient.replacing("jpg", with: "webp")]) { words in
      let outcome = try words.say(.reprocess, about: words.ledger.named("canal").id)
      #expect(outcome.kind == .done, "\(outcome)")
    }
    #expect(try await workshop.drain().report == DaemonService.Report(published: 1))
    #expect(workshop.files(in: "output") == ["canal/canal.webp", "canal/manifest.json"])
    #expect(try workshop.charges().count == 1)
  }

  /// What follows publication is the pipeline's of now as well; the request knew of none.
  @Test func reprocessIsFollowedByWhatThePipelineSaysNow() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal \(Self.wrong)"), as: "canal.json")
    _ = try await workshop.drain(Workshop.Settings(pipelines: ["default": Self.strict]))
    let pipelines = ["default": Self.lenient + "\nafter:\n  - run: [/usr/bin/true]"]
    try await workshop.operating(pipelines: pipelines) { words in
      let outcome = try words.say(.reprocess, about: words.ledger.named("canal").id)
      #expect(outcome.kind == .done)
    }
    #expect(try await workshop.drain().report == DaemonService.Report(published: 1))
    #expect(try workshop.ledger("SELECT kind, state FROM deliveries") == ["run|delivered"])
  }

  private static let chain = """
    {"generate": {"model": "venice-sd35", "prompt": "A canal \(wrong)", "width": 256, "height": 256},
     "then": [{"upscale": {"scale": 2}}]}
    """

  @Test func aChainThatFailedInItsMiddleIsNotReprocessedAndRequeuePaysForWhatIsMissing() async throws {
    let workshop = try Workshop()
    try workshop.drop(Self.chain, as: "canal.json")
    _ = try await workshop.drain(Workshop.Settings(pipelines: ["default": Self.strict]))
    try await workshop.operating(pipelines: ["default": Self.lenient]) { words in
      let job = try words.ledger.named("canal")
      let refused = try words.say(.reprocess, about: job.id)
      #expect(refused.kind == .refused)
      #expect(
        refused.words.contains("step 2, picture 1, was never answered, and processing again never pays; requeue"))
      #expect(try words.ledger.job(job.id) == job)
    }
    _ = try await workshop.drain()
    #expect(try workshop.charges().count == 1)
    try await workshop.operating(pipelines: ["default": Self.lenient]) { words in
      let outcome = try words.say(.requeue, about: words.ledger.named("canal").id)
      #expect(outcome.words == "it goes on from the answers that are kept; 1 calls follow")
    }
    let run = try await workshop.drain(Workshop.Settings(pipelines: ["default": Self.lenient]))
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(try workshop.charges().map(\.endpoint) == ["/image/generate", "/image/upscale"])
  }

  /// A chain that was requeued with all its calls and failed at the first: its old answers are all there, and it stands
  /// before the second call. Processing again must not walk on into paying for that.
  @Test func reprocessNeverWalksOnIntoACall() async throws {
    let workshop = try Workshop()
    let settings = Workshop.Settings(pipelines: ["default": Self.lenient])
    try workshop.drop(Self.chain, as: "canal.json")
    #expect(try await workshop.drain(settings).report == DaemonService.Report(published: 1))
    try workshop.ledger("UPDATE jobs SET state = 'failed', step = 1, item = 1")
    try await workshop.operating(pipelines: settings.pipelines) { words in
      let outcome = try words.say(.reprocess, about: words.ledger.named("canal").id)
      // Its own directory is in the way of a failed job: the place is another's until it is moved away.
      #expect(outcome.kind == .refused, "\(outcome)")
      try FileManager.default.removeItem(atPath: "\(workshop.folder)/output/canal")
      #expect(try words.say(.reprocess, about: words.ledger.named("canal").id).kind == .done)
      #expect(try words.ledger.named("canal").step == 2)
    }
    #expect(try await workshop.drain(settings).report == DaemonService.Report(published: 1))
    #expect(try workshop.charges().count == 2)
  }

  // MARK: Paying again, knowingly

  // Scenario 19.
  @Test func releaseAfterAnUnknownOutcomeCallsAgainUnderASecondKey() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal [sandbox:drop]"), as: "canal.json")
    #expect(try await workshop.drain().report == DaemonService.Report(held: 1))
    let id = try await workshop.operating { words in
      let id = try words.ledger.named("canal").id
      // In a selection nobody has looked at it: nothing happens without a yes.
      var manner = Operator.Manner()
      manner.isConfirmed = false
      #expect(try words.say(.release, about: id, manner).kind == .unconfirmed)
      manner.isRehearsal = true
      #expect(try words.say(.release, about: id, manner).kind == .done)
      #expect(try words.ledger.job(id).state == .held)
      #expect(try words.say(.release, about: id).kind == .done)
      return id
    }
    #expect(try await workshop.drain().report == DaemonService.Report(held: 1))
    #expect(try workshop.charges().map(\.key) == ["\(id)-1", "\(id)-2"])
  }

  @Test func requeueWithAllCallsPaysForAllAgain() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal [sandbox:garbage]"), as: "canal.json")
    _ = try await workshop.drain()
    try await workshop.operating { words in
      let id = try words.ledger.named("canal").id
      #expect(try words.say(.requeue, about: id).kind == .done)
    }
    _ = try await workshop.drain()
    #expect(try workshop.charges().count == 1)
    try await workshop.operating { words in
      var manner = Operator.Manner()
      manner.paysAllAgain = true
      let outcome = try words.say(.requeue, about: words.ledger.named("canal").id, manner)
      #expect(
        outcome.words == "queued: all 1 calls are made and charged again, also the 1 that were answered and paid for")
    }
    _ = try await workshop.drain()
    #expect(try workshop.charges().count == 2)
  }

  // MARK: Holding and ending

  @Test func aHeldJobIsNotCalledUntilItIsReleased() async throws {
    let workshop = try Workshop()
    let settings = Workshop.Settings()
    try workshop.drop(Workshop.request("A canal [sandbox:status=402;times=1]"), as: "canal.json")
    try await workshop.withSandbox(settings) { port in
      #expect(try await workshop.drain(settings, port: port).report == DaemonService.Report(waiting: 1))
      try await workshop.operating { words in
        let outcome = try words.say(.hold, about: words.ledger.named("canal").id)
        #expect(outcome.kind == .done)
      }
      #expect(try await workshop.drain(settings, port: port).report == DaemonService.Report(held: 1))
      #expect(try workshop.charges().isEmpty)
      try await workshop.operating { words in
        let outcome = try words.say(.release, about: words.ledger.named("canal").id)
        #expect(outcome.kind == .done)
      }
      #expect(try await workshop.drain(settings, port: port).report == DaemonService.Report(published: 1))
    }
  }

  @Test func aCancelledRequestLiesInTheFailedFolderWithWhatIsKept() async throws {
    let workshop = try Workshop()
    let request = Workshop.request("A canal [sandbox:truncate]")
    try workshop.drop(request, as: "web/canal.json")
    _ = try await workshop.drain(Workshop.Settings(pipelines: ["default": Workshop.plain, "web": Workshop.plain]))
    let id = try await workshop.operating { words in
      let id = try words.ledger.named("canal").id
      let outcome = try words.say(.cancel, about: id)
      #expect(outcome.words.contains("its request is in the failed folder, what was received is kept in the spool"))
      #expect(try words.ledger.job(id).state == .failed)
      return id
    }
    #expect(try workshop.contents("failed/web/canal.json") == Array(request.utf8))
    let report = try workshop.json("failed/web/canal.json.error.json")
    #expect(report["job"] as? String == id.description)
    #expect(report["error"] as? String == "cancelled by the operator")
    let kept = try #require(report["kept"] as? [String])
    #expect(kept.count == 1 && kept.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    #expect(try await workshop.drain().report.published == 0)
  }
}

extension OperatorVerdict {
  fileprivate var kind: String {
    switch self {
    case .possible(_, let mayPayTwice): mayPayTwice ? "pays twice" : "possible"
    case .needless: "needless"
    case .impossible: "impossible"
    }
  }

  fileprivate var words: String {
    switch self {
    case .possible(let words, _), .needless(let words), .impossible(let words): words
    }
  }
}

extension JobLedger {
  /// The one job of that name.
  func named(_ name: String) throws -> Job { try #require(try jobs().first { $0.name == name }) }
}

extension Workshop {
  /// Opens the folders as an operator's command does while no daemon runs, and lets go of them.
  @discardableResult
  func operating<Value>(
    pipelines: [String: String] = ["default": Workshop.plain], _ body: (Operator) throws -> Value
  ) async throws -> Value {
    let catalog = try catalog(Settings(pipelines: pipelines))
    let ledger = try JobLedger(path: "\(folder)/spool/ledger.sqlite", mustExist: true)
    let words = Operator(
      trees: Trees(
        inbox: Inbox(path: "\(folder)/inbox"), spool: try SpoolDirectory(path: "\(folder)/spool"),
        output: try OutputTree(path: "\(folder)/output")),
      ledger: ledger, failed: try FailedRequests(path: "\(folder)/failed"), pipelines: { catalog })
    let value = try body(words)
    try ledger.close()
    return value
  }
}
