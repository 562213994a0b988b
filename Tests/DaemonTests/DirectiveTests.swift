import Foundation
import Sandbox
import Testing

@testable import Daemon

/// What becomes of a job for each thing that the local API can be told to do, and what it charges: the table of the
/// design's "The local API". Scenarios 19, 24 to 28.
@Suite(.timeLimit(.minutes(3))) struct DirectiveTests {
  enum End: Equatable, Sendable {
    case published
    case failed
    case held
    case waiting
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var directive: String
    var charged: Bool
    var end: End
    /// Calls that go out.
    var calls = 1
    var pipeline = Workshop.plain
    var timeout = Duration.seconds(60)

    var testDescription: String { directive }
  }

  private static let accepting = Workshop.plain + "\nverify: { on-mismatch: accept, reject: [] }\n"

  static let rows = [
    Row(directive: "", charged: true, end: .published),
    Row(directive: "[sandbox:status=503;times=2]", charged: true, end: .published, calls: 3),
    Row(directive: "[sandbox:status=503]", charged: false, end: .failed, calls: 4),
    Row(directive: "[sandbox:status=500;times=1]", charged: true, end: .published, calls: 2),
    Row(directive: "[sandbox:status=429;retry-after=1;times=1]", charged: true, end: .published, calls: 2),
    Row(directive: "[sandbox:status=400]", charged: false, end: .failed),
    Row(directive: "[sandbox:status=404]", charged: false, end: .failed),
    Row(directive: "[sandbox:status=413]", charged: false, end: .failed),
    Row(directive: "[sandbox:status=415]", charged: false, end: .failed),
    Row(directive: "[sandbox:status=422]", charged: false, end: .failed),
    Row(directive: "[sandbox:status=401]", charged: false, end: .failed),
    Row(directive: "[sandbox:status=402]", charged: false, end: .waiting),
    Row(directive: "[sandbox:status=403]", charged: false, end: .waiting),
    Row(directive: "[sandbox:status=502]", charged: true, end: .held),
    Row(directive: "[sandbox:status=504]", charged: true, end: .held),
    Row(directive: "[sandbox:drop]", charged: true, end: .held),
    Row(directive: "[sandbox:truncate]", charged: true, end: .held),
    Row(directive: "[sandbox:short]", charged: true, end: .failed),
    Row(directive: "[sandbox:garbage]", charged: true, end: .failed),
    Row(directive: "[sandbox:size=512x512]", charged: true, end: .failed),
    Row(directive: "[sandbox:size=512x512]", charged: true, end: .published, pipeline: accepting),
    Row(directive: "[sandbox:format=jpeg]", charged: true, end: .published),
    Row(directive: "[sandbox:blurred]", charged: true, end: .failed),
    Row(directive: "[sandbox:blurred]", charged: true, end: .published, pipeline: accepting),
    Row(directive: "[sandbox:violation]", charged: true, end: .failed),
    Row(directive: "[sandbox:violation]", charged: true, end: .published, pipeline: accepting),
    Row(directive: "[sandbox:latency=1s]", charged: true, end: .published),
    Row(directive: "[sandbox:hang]", charged: true, end: .held, timeout: .seconds(6)),
  ]

  @Test(arguments: rows)
  func jobEndsAndChargesAsTheTableSays(_ row: Row) async throws {
    let workshop = try Workshop()
    let request = Workshop.request("A canal \(row.directive)")
    try workshop.drop(request, as: "canal.json")
    var settings = Workshop.Settings()
    settings.pipelines["default"] = row.pipeline
    settings.timeout = row.timeout
    let run = try await workshop.drain(settings)

    let charges = try workshop.charges()
    #expect(charges.count == (row.charged ? 1 : 0))
    #expect(run.events.count { if case .calling = $0 { true } else { false } } == row.calls)
    let report = run.report
    #expect(report.published == (row.end == .published ? 1 : 0))
    #expect(report.failed == (row.end == .failed ? 1 : 0))
    #expect(report.held == (row.end == .held ? 1 : 0))
    #expect(report.waiting == (row.end == .waiting ? 1 : 0))
    #expect(
      workshop.files(in: "output") == (row.end == .published ? ["canal/canal.png", "canal/manifest.json"] : []))
    #expect(
      workshop.files(in: "failed") == (row.end == .failed ? ["canal.json", "canal.json.error.json"] : []))
    // Whatever became of it, the request was accepted: it left the inbox and is kept in the ledger.
    #expect(workshop.files(in: "inbox").isEmpty)
    #expect(try workshop.ledger("SELECT request FROM documents;") == [request])
    // What was charged and answered whole is kept.
    if row.charged, row.end == .published || row.end == .failed {
      #expect(workshop.files(in: "spool").contains { $0.hasSuffix(".response") })
    }
  }

  @Test func bytesOfAnUnfitAnswerAreKeptAndNamed() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal [sandbox:garbage]"), as: "web/canal.json")
    var settings = Workshop.Settings()
    settings.pipelines["web"] = Workshop.plain
    _ = try await workshop.drain(settings)

    let report = try workshop.json("failed/web/canal.json.error.json")
    #expect(report["stage"] as? String == "answer")
    #expect(report["request"] as? String == "web/canal.json")
    let kept = try #require(report["kept"] as? [String])
    #expect(kept.count == 1)
    let body = try String(decoding: #require(FileManager.default.contents(atPath: kept[0])), as: UTF8.self)
    #expect(body.lowercased().contains("<html"))
  }

  @Test func anAnswerInAnotherFormatIsPublishedWithAWarning() async throws {
    let workshop = try Workshop()
    try workshop.drop(
      Workshop.request("A canal [sandbox:format=jpeg]", more: #", "format": "png""#), as: "canal.json")
    _ = try await workshop.drain()

    let manifest = try workshop.json("output/canal/manifest.json")
    #expect(manifest["warnings"] as? [String] == ["asked for png, the API sent jpeg"])
  }

  @Test func aRetryCarriesTheSameKeyAndAnotherJobAnother() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("One [sandbox:status=503;times=1]"), as: "one.json")
    try workshop.drop(Workshop.request("Two"), as: "two.json")
    let run = try await workshop.drain()

    #expect(run.report.published == 2)
    let keys = try workshop.charges().map(\.key)
    #expect(keys.count == 2)
    #expect(Set(keys).count == 2)
    #expect(keys.allSatisfy { $0?.hasSuffix("-1") == true })
  }

  @Test func aClosedAccountStopsAllOtherCalls() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("Poor [sandbox:status=402]"), as: "a.json")
    for name in ["b", "c", "d"] { try workshop.drop(Workshop.request("Rich \(name)"), as: "\(name).json") }
    var settings = Workshop.Settings()
    settings.concurrency = 1
    let run = try await workshop.drain(settings)

    #expect(run.report == DaemonService.Report(published: 0, failed: 0, held: 0, waiting: 4))
    #expect(try workshop.charges().isEmpty)
    #expect(run.events.count { if case .accountClosed = $0 { true } else { false } } == 1)
    // A new start is a new chance: what waited is called again. The account has money, so that it is this one's fault.
    settings.retry = RetryPolicy(attempts: 4, firstDelay: .milliseconds(20), longestDelay: .seconds(300))
    let second = try await workshop.drain(settings)
    #expect(second.report == DaemonService.Report(published: 3, waiting: 1))
  }
}
