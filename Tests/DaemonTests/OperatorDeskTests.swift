import Control
import Documents
import Foundation
import Ledger
import Spool
import Synchronization
import Testing

@testable import Daemon

/// Questions and words as they come over the control socket, on real jobs.
@Suite(.timeLimit(.minutes(3))) struct OperatorDeskTests {
  private static let peer = ControlPeer(user: 7, group: 8, process: 9)

  private struct Answer {
    var items: [JSONObject]
    var end: JSONObject
    var events: [DaemonEvent]
  }

  /// A desk that has the spool to itself: no daemon runs.
  private struct Desk {
    let desk: OperatorDesk
    private let events = Log()

    init(_ workshop: Workshop, pipelines: [String: String] = ["default": Workshop.plain]) throws {
      let catalog = try workshop.catalog(Workshop.Settings(pipelines: pipelines))
      let path = "\(workshop.folder)/spool/ledger.sqlite"
      let inbox = Inbox(path: "\(workshop.folder)/inbox")
      let words = Operator(
        trees: Trees(
          inbox: inbox, spool: try SpoolDirectory(path: "\(workshop.folder)/spool"),
          output: try OutputTree(path: "\(workshop.folder)/output")),
        ledger: try JobLedger(path: path, mustExist: true),
        failed: try FailedRequests(path: "\(workshop.folder)/failed"), pipelines: { catalog })
      desk = OperatorDesk(
        ledgerPath: path, inbox: inbox, client: nil, happenings: Happenings(),
        say: { try words.say($0, about: $1, $2) }, observe: { [events] in events.add($0) })
    }

    func ask(_ word: String, _ about: String) async throws -> Answer {
      let items = Mutex<[JSONObject]>([])
      let object = try #require(try DocumentReader.json(Array(about.utf8)).value.object)
      let end = try await desk.answer(ControlQuestion(word, about: object), from: OperatorDeskTests.peer) { found in
        items.withLock { $0 += found }
      }
      return Answer(items: items.withLock { $0 }, end: end, events: events.take())
    }
  }

  /// What the daemon's log would tell.
  private final class Log: Sendable {
    private let events = Mutex<[DaemonEvent]>([])

    func add(_ event: DaemonEvent) { events.withLock { $0.append(event) } }

    func take() -> [DaemonEvent] {
      events.withLock { events in
        defer { events = [] }
        return events
      }
    }
  }

  /// A job that waits for the account, and one whose call may have been charged.
  private func workshop() async throws -> Workshop {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal [sandbox:status=402]"), as: "waiting.json")
    try workshop.drop(Workshop.request("A canal [sandbox:drop]"), as: "unknown.json")
    #expect(try await workshop.drain().report == DaemonService.Report(held: 1, waiting: 1))
    return workshop
  }

  private func states(_ workshop: Workshop) throws -> [String] {
    try workshop.ledger("SELECT name, state, reason FROM jobs ORDER BY name")
  }

  private static let untouched = ["unknown|held|unknown-outcome", "waiting|queued|account"]

  // MARK: Words

  @Test func aRehearsalSaysWhatWouldBeAndDoesNothing() async throws {
    let workshop = try await workshop()
    let desk = try Desk(workshop)
    for (word, count) in [("hold", 1), ("release", 1), ("cancel", 2)] {
      let answer = try await desk.ask(word, #"{"jobs": ["ALL"], "rehearsal": true, "confirmed": true}"#)
      #expect(answer.items.map { $0.string("outcome") } == Array(repeating: "done", count: count), "\(word)")
      // The log tells what was done, not what would have been.
      #expect(answer.events == [], "\(word)")
    }
    #expect(try states(workshop) == Self.untouched)
    #expect(workshop.files(in: "failed") == [])
  }

  @Test func whatIsDoneIsToldOnceWithWhoSaidIt() async throws {
    let workshop = try await workshop()
    let desk = try Desk(workshop)
    let job = try #require(try workshop.ledger("SELECT id FROM jobs WHERE name = 'waiting'").first)
    let about = #"{"jobs": ["\#(job)"]}"#
    let done = try await desk.ask("hold", about)
    #expect(
      done.events == [
        .said(
          word: "hold", job: job, by: "uid 7 (process 9)", words: "held: no call goes out until it is released")
      ])
    #expect(done.end.number("done") == "1")
    // What is so already, and what is refused, is no news.
    let again = try await desk.ask("hold", about)
    #expect(again.items.map { $0.string("outcome") } == ["unchanged"])
    #expect(again.events == [])
    let refused = try await desk.ask("requeue", about)
    #expect(refused.items.map { $0.string("outcome") } == ["refused"])
    #expect(refused.events == [])
  }

  private static let slips = [
    #"{"state": "held"}"#, #"{"state": []}"#, #"{"state": ["held", 7]}"#, #"{"state": ["lost"]}"#,
    #"{"state": ["held"], "pipelines": "web"}"#, #"{"state": ["held"], "pipeline": null}"#,
    #"{"state": ["held"], "reason": "rain"}"#, #"{"jobs": []}"#, #"{"jobs": "ALL"}"#, "{}",
    #"{"jobs": ["ALL"], "rehearsal": "yes"}"#, #"{"jobs": ["ALL"], "rehearsel": true}"#,
    #"{"jobs": ["ALL"], "confirmed": 1}"#, #"{"jobs": ["01a2"], "state": ["held"]}"#,
  ]

  /// A condition that is passed over would let a word reach more jobs than was meant.
  @Test func aSelectionThatIsNotUnderstoodReachesNoJob() async throws {
    let workshop = try await workshop()
    let desk = try Desk(workshop)
    for slip in Self.slips {
      await #expect("\(slip)") {
        _ = try await desk.ask("cancel", slip)
      } throws: {
        ($0 as? ControlRefusal)?.kind == .invalid
      }
    }
    #expect(try states(workshop) == Self.untouched)
  }

  // MARK: Why it does not go on

  private func hindrance(_ workshop: Workshop, _ desk: Desk, _ name: String) async throws -> String? {
    let job = try #require(try workshop.ledger("SELECT id FROM jobs WHERE name = '\(name)' ORDER BY id DESC").first)
    return try await desk.ask("show", #"{"job": "\#(job)"}"#).end.string("hindrance")
  }

  @Test func whatWaitsOrIsHeldSaysWhatHelps() async throws {
    let workshop = try await workshop()
    let desk = try Desk(workshop)
    #expect(
      try await hindrance(workshop, desk, "waiting")
        == "the account cannot pay; add credit, and all that waits goes on by itself")
    #expect(
      try await hindrance(workshop, desk, "unknown")
        == "its call may have been charged, and no answer is kept; release calls again and may pay twice, cancel gives "
        + "it up")
    _ = try await desk.ask("hold", #"{"state": ["queued"]}"#)
    let job = try #require(try workshop.ledger("SELECT id FROM jobs WHERE name = 'waiting'").first)
    #expect(
      try await hindrance(workshop, desk, "waiting")
        == "an operator holds it; darkroom jobs release \(job) lets it go on")
  }

  /// Scenario 36: two on their way to one place, the second to replace the first.
  @Test func whatWaitsForItsPlaceSaysWhoHasIt() async throws {
    let workshop = try Workshop()
    let pipelines = ["default": Workshop.plain, "web": "collision: replace\n" + Workshop.plain]
    let settings = Workshop.Settings(pipelines: pipelines)
    try workshop.drop(Workshop.request("A canal [sandbox:drop]"), as: "web/canal.json")
    #expect(try await workshop.drain(settings).report == DaemonService.Report(held: 1))
    let first = try #require(try workshop.ledger("SELECT id FROM jobs").first)
    try workshop.drop(Workshop.request("A bridge"), as: "web/canal.json")
    #expect(try await workshop.drain(settings).report == DaemonService.Report(held: 1, waiting: 1))
    #expect(
      try await hindrance(workshop, try Desk(workshop, pipelines: pipelines), "canal")
        == "it is to replace web/canal, which another job is on its way to: \(first), which is held; it goes on when "
        + "that one has ended (darkroom jobs show \(first))")
  }

  // MARK: Following

  @Test func whoFollowsIsToldOfEachEnd() async throws {
    let workshop = try Workshop()
    let prompts = ["whole": "A canal", "refused": "A canal [sandbox:status=400]", "unknown": "A canal [sandbox:drop]"]
    for (name, prompt) in prompts { try workshop.drop(Workshop.request(prompt), as: "\(name).json") }
    _ = try await workshop.drain()
    let identities = try workshop.ledger("SELECT name, source_identity FROM jobs").map { $0.split(separator: "|") }
    let dropped = identities.map { row in
      #"{"file": "\#(row[0]).json", "request": "\#(row[0]).json", "identity": "\#(row[1])"}"#
    }
    let about = #"{"dropped": [\#(dropped.joined(separator: ", "))]}"#
    let answer = try await Desk(workshop).ask("wait", about)
    let ends = answer.items.map { "\($0.string("request") ?? "") \($0.string("end") ?? "")" }
    #expect(ends.sorted() == ["refused.json failed", "unknown.json held", "whole.json published"])
    let whole = try #require(answer.items.first { $0.string("end") == "published" })
    #expect(whole.string("place") == "whole")
    #expect(answer.end == JSONObject([("followed", .number("3"))]))
  }
}
