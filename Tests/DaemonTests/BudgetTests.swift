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

  // Reserved at 0.03 with both extras, settled at what the answer shows: the waiting job finds room.
  @Test func aCallThatCostLessThanWasSetAsideLeavesRoomForTheNext() async throws {
    let workshop = try Workshop()
    let more = #", "enhance_prompt": true"#
    for name in ["a", "b"] { try workshop.drop(Workshop.request("Canal \(name)", more: more), as: "\(name).json") }
    // 0.01 + 0.02 are set aside for each; both together are beyond the budget until the first is settled.
    let run = try await workshop.drain(settings(perDay: 60_000, concurrency: 2))
    #expect(run.report == DaemonService.Report(published: 2))
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
