import Testing

@testable import Ledger

@Suite struct JobLedgerOperatorTests {
  let scratch: Scratch
  let ledger: JobLedger

  init() throws {
    scratch = try Scratch()
    ledger = try scratch.ledger()
  }

  /// The limit itself still counts, as in qshape(1); what is younger than now, by a clock set back, counts as new.
  @Test func agesAreCountedByPipelineStateAndReason() throws {
    for (name, pipeline, received) in [
      ("a", "web", 0), ("b", "web", 700), ("c", "web", 701), ("d", "web", 1000), ("e", "web", 2000),
      ("f", "print", 400),
    ] {
      _ = try ledger.accepted(.named(name, pipeline: pipeline, received: .at(Int64(received))))
    }
    let waiting = try ledger.accepted(.named("g", pipeline: "web", received: .at(990)))
    try ledger.wait(waiting.id, .budget, until: nil, at: .at(995))
    let held = try ledger.accepted(.named("h", pipeline: "web", received: .at(10)))
    try ledger.hold(held.id, at: .at(11))
    try ledger.published(.named("i", pipeline: "web", received: .at(1)))
    let ages = try ledger.ages(in: [.queued, .held], limits: [.seconds(300), .seconds(600)], at: .at(1000))
    #expect(ages.map(\.pipeline) == ["print", "web", "web", "web"])
    #expect(ages.map(\.state) == [.queued, .held, .queued, .queued])
    #expect(ages.map(\.counts) == [[0, 1, 0], [0, 0, 1], [4, 0, 1], [1, 0, 0]])
    #expect(ages.map(\.wait) == [nil, nil, nil, .budget])
    #expect(ages.map(\.hold) == [nil, .operator, nil, nil])
    #expect(ages.map(\.oldest) == [.at(400), .at(10), .at(0), .at(990)])
    #expect(try ledger.ages(in: [], limits: [], at: .at(1000)) == [])
    #expect(try ledger.ages(in: [.held], limits: [], at: .at(1000)).map(\.counts) == [[1]])
  }

  @Test func jobsAreFoundByTheBeginningOfTheirIDs() throws {
    let ids = try (0..<5).map { try ledger.accepted(.named("\($0)")).id }
    for id in ids { #expect(try ledger.jobs(withPrefix: id.description, limit: 2) == [id]) }
    let shared = String(ids[0].description.prefix(4))
    #expect(try ledger.jobs(withPrefix: shared, limit: 10) == ids)
    #expect(try ledger.jobs(withPrefix: shared, limit: 2) == Array(ids.prefix(2)))
    #expect(try ledger.jobs(withPrefix: "ffff", limit: 2) == [])
  }

  @Test func callsOfATimeHaveItsBeginningAndNotItsEnd() throws {
    let starts = try (0..<4).map { number in
      let job = try ledger.accepted(.named("\(number)"))
      return try ledger.called(job.id, Int64(number * 10)).started
    }
    #expect(try ledger.calls(from: .at(10), until: .at(30)).map(\.started) == Array(starts[1...2]))
  }

  /// A job that goes through its pipeline again stands behind all its calls, wherever it stood.
  @Test func aReprocessedJobStandsAtItsLastCall() throws {
    let job = try ledger.fail(try ledger.responded(.named("canal")).id, error: "cut", at: .at(3))
    let again = try ledger.reprocess(
      job.id, standingAt: (step: 2, item: 3, model: "upscaler"), isOccupied: { _ in false }, at: .at(4))
    #expect(again.state == .responded)
    #expect((again.step, again.item) == (2, 3))
    #expect(again.model == "upscaler")
    #expect(try ledger.fail(job.id, error: "cut", at: .at(5)).step == 2)
  }
}
