import Catalogue
import Foundation
import Ledger
import Money
import Testing

@testable import Daemon

/// Budgets: reserved at the worst price before a call, settled after it.
@Suite(.timeLimit(.minutes(3))) struct BudgetTests {
  private func settings(perJob: Int64? = nil, perDay: Int64? = nil, concurrency: Int = 4) -> Workshop.Settings {
    var settings = Workshop.Settings()
    settings.budget = Budget(
      perJob: perJob.map(USD.init(microdollars:)), perDay: perDay.map(USD.init(microdollars:)))
    settings.concurrency = concurrency
    return settings
  }

  @Test func aRequestBeyondTheJobsBudgetIsRefusedBeforeAnyCall() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal", more: #", "variants": 3"#), as: "canal.json")
    let run = try await workshop.drain(settings(perJob: 29_999))
    #expect(run.report == DaemonService.Report(failed: 1))
    #expect(try workshop.charges().isEmpty)
    let report = try workshop.json("failed/canal.json.error.json")
    #expect((report["error"] as? String)?.contains("0.03 USD") == true)
    #expect((report["error"] as? String)?.contains("budget.per-job-usd") == true)
  }

  // Scenario 31.
  @Test(arguments: [1, 8]) func theDaysBudgetIsReachedAndNeverPassed(_ concurrency: Int) async throws {
    let workshop = try Workshop()
    for number in 1...12 { try workshop.drop(Workshop.request("Canal \(number)"), as: "canal-\(number).json") }
    let run = try await workshop.drain(settings(perDay: 70_000, concurrency: concurrency))
    #expect(run.report == DaemonService.Report(published: 7, waiting: 5))
    #expect(try workshop.charges().count == 7)
    // Raised, the rest goes on.
    let more = try await workshop.drain(settings(perDay: 120_000, concurrency: concurrency))
    #expect(more.report == DaemonService.Report(published: 5))
  }

  // What a refused call had set aside is free again.
  @Test func aRefusedCallCountsForNothing() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("One [sandbox:status=400]"), as: "a.json")
    try workshop.drop(Workshop.request("Two"), as: "b.json")
    let run = try await workshop.drain(settings(perDay: 10_000, concurrency: 1))
    #expect(run.report == DaemonService.Report(published: 1, failed: 1))
  }

  // A call whose outcome nobody knows counts at its worst price.
  @Test func anUnknownOutcomeCountsFully() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("One [sandbox:drop]"), as: "a.json")
    try workshop.drop(Workshop.request("Two"), as: "b.json")
    let run = try await workshop.drain(settings(perDay: 10_000, concurrency: 1))
    #expect(run.report == DaemonService.Report(held: 1, waiting: 1))
    #expect(try workshop.charges().count == 1)
  }

  private static func tiered(_ prompt: String) -> String {
    #"{"generate": {"model": "tiered", "prompt": "\#(prompt)"}}"#
  }

  /// 0.03 USD are set aside, for a rewritten prompt; without a rewriting it costs 0.01.
  private static func perhapsRewritten(_ prompt: String) -> String {
    #"{"generate": {"model": "plain", "prompt": "\#(prompt)", "enhance_prompt": true}}"#
  }

  // Both together fit only once the first is settled.
  @Test func aCallThatCostLessThanWasSetAsideLeavesRoomForTheNext() async throws {
    let stub = try StubAPI { _ in nil }
    let workshop = try Workshop()
    for name in ["a", "b"] { try workshop.drop(Self.perhapsRewritten(name), as: "\(name).json") }
    let run = try await workshop.drain(settings(perDay: 40_000), port: stub.port)
    #expect(run.report == DaemonService.Report(published: 2))
    #expect(
      try workshop.ledger("SELECT reserved, charged, counted FROM calls;") == [
        "30000|10000|10000", "30000|10000|10000",
      ])
  }

  // What counts before a call is its worst price, not the expected one; what waits, waits until midnight.
  @Test func aCallWhoseWorstPriceIsBeyondTheDayWaitsForTheNext() async throws {
    let stub = try StubAPI { _ in nil }
    let workshop = try Workshop()
    for name in ["a", "b"] { try workshop.drop(Self.tiered(name), as: "\(name).json") }
    let run = try await workshop.drain(settings(perDay: 69_999), port: stub.port)
    #expect(run.report == DaemonService.Report(published: 1, waiting: 1))
    let midnight = "(unixepoch('now', 'start of day', '+1 day') * 1000000)"
    #expect(
      try workshop.ledger("SELECT reason, not_before = \(midnight) FROM jobs WHERE state = 'queued';") == ["budget|1"])
  }

  // Of those that wait, whoever needs least finds room first.
  @Test func roomForACheapCallIsNotKeptForADearOne() async throws {
    let stub = try StubAPI { _ in nil }
    let workshop = try Workshop()
    for name in ["a", "b"] { try workshop.drop(Self.perhapsRewritten(name), as: "\(name).json") }
    try workshop.drop(#"{"generate": {"model": "plain", "prompt": "c"}}"#, as: "c.json")
    let run = try await workshop.drain(settings(perDay: 30_000), port: stub.port)
    #expect(run.report == DaemonService.Report(published: 2, waiting: 1))
    #expect(workshop.files(in: "output").filter { $0.hasSuffix(".png") } == ["a/a.png", "c/c.png"])
  }

  // What is paid for, or may be, counts against the job's budget; the job fails, since waiting does not help it.
  @Test func aJobsEarlierCallsCountAgainstItsBudget() async throws {
    let stub = try StubAPI { $0.isPaid ? .lost : nil }
    let workshop = try Workshop()
    var settings = settings(perJob: 24_999)
    settings.pipelines["default"] = "on-unknown: retry\n" + Workshop.plain
    try workshop.drop(#"{"generate": {"model": "plain", "prompt": "x"}}"#, as: "canal.json")
    let run = try await workshop.drain(settings, port: stub.port)
    #expect(run.report == DaemonService.Report(failed: 1))
    #expect(stub.calls.count == 2)
    let report = try workshop.json("failed/canal.json.error.json")
    #expect((report["error"] as? String)?.contains("0.02 are spent or set aside") == true)
    #expect((report["next"] as? String)?.contains("budget.per-job-usd") == true)
  }

  // A request that no day has room for would wait for ever.
  @Test func aRequestBeyondTheDaysBudgetIsRefusedBeforeAnyCall() async throws {
    let stub = try StubAPI { _ in nil }
    let workshop = try Workshop()
    try workshop.drop(Self.tiered("x"), as: "canal.json")
    let run = try await workshop.drain(settings(perDay: 49_999), port: stub.port)
    #expect(run.report == DaemonService.Report(failed: 1))
    #expect(stub.calls.isEmpty)
    let report = try workshop.json("failed/canal.json.error.json")
    #expect((report["error"] as? String)?.contains("budget.per-day-usd") == true)
  }

  // Exactly the budget is within it, be it the job's or the day's.
  @Test func whatCostsExactlyTheBudgetIsCalled() async throws {
    let stub = try StubAPI { _ in nil }
    let workshop = try Workshop()
    try workshop.drop(Self.tiered("x"), as: "canal.json")
    let run = try await workshop.drain(settings(perJob: 50_000, perDay: 50_000), port: stub.port)
    #expect(run.report == DaemonService.Report(published: 1))
  }

  // "Additional credits are charged when a rewrite is generated", says the schema of `enhance_prompt`; how many it does
  // not say.
  @Test func aRewriteThatDidNotComeIsNotCharged() async throws {
    let rewrites = ["x-venice-enhanced-prompt": "A%20canal"]
    let stub = try StubAPI { request in
      guard request.isPaid else { return nil }
      var reply = StubAPI.Reply.generated(Workshop.picture(width: 256, height: 256))
      if request.text.contains("rewritten") { reply.headers = rewrites }
      return reply
    }
    let workshop = try Workshop()
    for name in ["rewritten", "plain"] { try workshop.drop(Self.perhapsRewritten(name), as: "\(name).json") }
    #expect(try await workshop.drain(settings(), port: stub.port).report == DaemonService.Report(published: 2))
    let rows = try workshop.ledger("SELECT name, reserved, charged FROM jobs JOIN calls ON job = id ORDER BY name;")
    #expect(rows == ["plain|30000|10000", "rewritten|30000|"])
  }

  @Test func chargesInTheManifestAreTheLocalAPIs() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal", more: #", "variants": 4"#), as: "canal.json")
    try workshop.drop(Workshop.picture(width: 300, height: 300), as: "photo.png")
    try workshop.drop(
      "multi-edit: { images: [photo.png, photo.png], prompt: Join, modelId: flux-2-max-edit }", as: "two.yaml")
    _ = try await workshop.drain()
    #expect(workshop.files(in: "failed").isEmpty)
    let usd = try ["canal", "two"].map { name -> Double? in
      let calls = try workshop.json("output/\(name)/manifest.json")["calls"] as? [[String: Any]]
      return calls?.first?["usd"] as? Double
    }
    #expect(usd == [0.04, 0.1545])
    #expect(Set(try workshop.charges().map(\.usd)) == [0.04, 0.1545])
  }
}
