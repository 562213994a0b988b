import Testing

@testable import Ledger

@Suite struct JobLedgerQueriesTests {
  let scratch: Scratch
  let ledger: JobLedger

  init() throws {
    scratch = try Scratch()
    ledger = try scratch.ledger()
  }

  // Scenario 16.
  @Test func queueIsByPriorityThenArrival() throws {
    for (name, priority) in [("a", 0), ("b", 100), ("c", 0), ("d", -100), ("e", 100)] {
      _ = try ledger.accepted(.named(name, priority: priority))
    }
    #expect(try ledger.ready(now: .at(1)).map(\.name) == ["b", "e", "a", "c", "d"])
    #expect(try ledger.nextQueued(now: .at(1))?.name == "b")
  }

  // Scenario 16.
  @Test func pipelinesOfOnePriorityTakeTurns() throws {
    for (name, pipeline) in [
      ("w1", "web"), ("w2", "web"), ("w3", "web"), ("p1", "print"), ("a1", "art"), ("w4", "web"),
    ] {
      _ = try ledger.accepted(.named(name, pipeline: pipeline))
    }
    _ = try ledger.accepted(.named("w0", priority: 1, pipeline: "web"))
    #expect(try ledger.ready(now: .at(1)).map(\.name) == ["w0", "a1", "p1", "w1", "w2", "w3", "w4"])
    #expect(try ledger.nextQueued(afterPipeline: "print", now: .at(1))?.name == "w0")
    try ledger.wait(try #require(try ledger.nextQueued(now: .at(1))).id, .rate, until: nil, at: .at(1))
    #expect(try ledger.nextQueued(afterPipeline: "print", now: .at(1))?.name == "w1")
    #expect(try ledger.nextQueued(afterPipeline: "art", now: .at(1))?.name == "p1")
    #expect(try ledger.nextQueued(afterPipeline: "web", now: .at(1))?.name == "a1")
  }

  // Scenarios 21, 25.
  @Test func pausedModelsArePassedOver() throws {
    _ = try ledger.accepted(.named("a", model: "flux"))
    _ = try ledger.accepted(.named("b", model: "sd35"))
    _ = try ledger.accepted(.named("c", model: nil))
    #expect(try ledger.ready(excludingModels: ["flux"], now: .at(1)).map(\.name) == ["b", "c"])
    #expect(try ledger.ready(excludingModels: ["flux", "sd35"], now: .at(1)).map(\.name) == ["c"])
    #expect(try ledger.ready(excludingModels: ["", "sd35"], now: .at(1)).map(\.name) == ["a"])
  }

  @Test func waitingJobIsHandedOutWhenItsTimeHasCome() throws {
    let job = try ledger.accepted(.named("a", priority: 1))
    _ = try ledger.accepted(.named("b"))
    try ledger.wait(job.id, .retry, until: .at(10), error: "503", at: .at(1))
    #expect(try ledger.nextDue() == .at(10))
    #expect(try ledger.ready(now: .at(9)).map(\.name) == ["b"])
    #expect(try ledger.ready(now: .at(10)).map(\.name) == ["a", "b"])
    #expect(try ledger.job(job.id).wait == nil)
    #expect(try ledger.job(job.id).error == "503")
    #expect(try ledger.nextDue() == nil)
  }

  @Test func jobsAreListedPageByPage() throws {
    let names = (0..<25).map { "job-\($0)" }
    for name in names { _ = try ledger.accepted(.named(name)) }
    var listed: [String] = []
    var last: JobID?
    while true {
      let page = try ledger.jobs(in: [.queued], after: last, limit: 10)
      listed += page.map(\.name)
      guard let end = page.last else { break }
      last = end.id
    }
    #expect(listed == names)
    #expect(try ledger.jobs(in: [.failed, .held]) == [])
    #expect(try ledger.jobs(in: []) == [])
  }

  private func pages(
    _ states: Set<JobState>, pipeline: String? = nil, reason: String? = nil, _ order: JobOrder, limit: Int
  ) throws -> [[String]] {
    var pages: [[String]] = []
    var last: JobID?
    repeat {
      let page = try ledger.jobs(
        in: states, pipeline: pipeline, reason: reason, order: order, after: last, limit: limit)
      if !page.isEmpty { pages.append(page.map(\.name)) }
      last = page.last?.id
    } while last != nil
    return pages
  }

  @Test func jobsOfSomeStatesAndAPipelineAreListedEitherWay() throws {
    // By threes: web, mail, web … and queued, held, failed.
    for number in 0..<12 {
      let job = try ledger.accepted(.named("\(number)", pipeline: number % 3 == 1 ? "mail" : "web"))
      if number % 4 == 1 { try ledger.hold(job.id, at: .at(1)) }
      if number % 4 == 2 { try ledger.fail(job.id, error: "", at: .at(1)) }
    }
    #expect(try pages([.held, .failed], .oldestFirst, limit: 4) == [["1", "2", "5", "6"], ["9", "10"]])
    #expect(try pages([.held, .failed], .newestFirst, limit: 2) == [["10", "9"], ["6", "5"], ["2", "1"]])
    #expect(try pages([.queued, .held], pipeline: "mail", .oldestFirst, limit: 2) == [["1", "4"], ["7"]])
    #expect(try pages(Set(JobState.allCases), pipeline: "mail", .newestFirst, limit: 3) == [["10", "7", "4"], ["1"]])
    #expect(try pages(Set(JobState.allCases), pipeline: "none", .newestFirst, limit: 3) == [])
    let queued = try ledger.jobs(in: [.queued]).map(\.id)
    for job in queued.dropFirst(3) { try ledger.wait(job, .budget, until: nil, at: .at(2)) }
    let all = Set(JobState.allCases)
    #expect(try pages(all, reason: "budget", .oldestFirst, limit: 2) == [["7", "8"], ["11"]])
    #expect(try pages(all, pipeline: "web", reason: "operator", .newestFirst, limit: 2) == [["9", "5"]])
    #expect(try pages([.held], reason: "budget", .oldestFirst, limit: 2) == [])
  }

  @Test func recentCallsAreThoseThatBeganOrEndedSince() throws {
    let jobs = try ["old", "long", "new", "running"].map { try ledger.accepted(.named($0)).id }
    let calls = [
      try ledger.called(jobs[0], 10), try ledger.called(jobs[1], 11), try ledger.called(jobs[2], 30),
      try ledger.called(jobs[3], 29),
    ]
    _ = try ledger.finishCall(calls[0], .responded(.init(status: 200, body: "r")), at: .at(19))
    _ = try ledger.finishCall(calls[1], .refused(status: 503, error: "", then: .fail), at: .at(20))
    _ = try ledger.finishCall(calls[2], .unknown(error: "lost"), at: .at(31))
    let recent = try ledger.recentCalls(since: .at(20))
    #expect(recent.map(\.job) == [jobs[1], jobs[3], jobs[2]])
    #expect(recent.map(\.state) == [.refused, .intended, .unknown])
    #expect(recent.map(\.finished) == [.at(20), nil, .at(31)])
    #expect(try ledger.recentCalls(since: .at(32)) == [])
  }

  @Test func countsTellStateReasonAndAge() throws {
    _ = try ledger.accepted(.named("a", received: .at(5)))
    _ = try ledger.accepted(.named("b", received: .at(3)))
    let waiting = try ledger.accepted(.named("c", received: .at(1)))
    try ledger.wait(waiting.id, .budget, until: nil, at: .at(6))
    let held = try ledger.accepted(.named("d", received: .at(2)))
    try ledger.hold(held.id, at: .at(6))
    try ledger.published(.named("e", received: .at(4)))
    #expect(
      try ledger.counts() == [
        JobCount(state: .queued, wait: nil, hold: nil, count: 2, oldest: .at(3)),
        JobCount(state: .queued, wait: .budget, hold: nil, count: 1, oldest: .at(1)),
        JobCount(state: .published, wait: nil, hold: nil, count: 1, oldest: .at(4)),
        JobCount(state: .held, wait: nil, hold: .operator, count: 1, oldest: .at(2)),
      ])
  }

  @Test func valueOfNoKnownVersionIsNamed() throws {
    let job = try ledger.accepted(.named("a"))
    _ = try scratch.sqlite3("UPDATE jobs SET reason = 'boredom', not_before = 5")
    #expect(throws: LedgerError.unreadable(table: "jobs", column: "reason", value: "boredom")) {
      _ = try ledger.job(job.id)
    }
  }

  /// Scenario 16: what is asked for each call reads an index, never all rows. The plan is SQLite's own word.
  @Test(arguments: [
    "SELECT priority FROM jobs INDEXED BY jobs_ready WHERE state = 'queued' AND not_before IS NULL "
      + "ORDER BY priority DESC LIMIT 1",
    "SELECT * FROM jobs INDEXED BY jobs_ready WHERE state = 'queued' AND not_before IS NULL AND priority = 0 "
      + "AND pipeline > 'p' ORDER BY pipeline, id LIMIT 1",
    "SELECT * FROM jobs INDEXED BY jobs_ready WHERE state = 'queued' AND not_before IS NULL AND priority = 0 "
      + "ORDER BY pipeline, id LIMIT 1",
    "SELECT * FROM jobs INDEXED BY jobs_responded WHERE state = 'responded' AND not_before IS NULL "
      + "ORDER BY priority DESC, id LIMIT 1",
    "SELECT 1 FROM jobs WHERE not_before <= 5 LIMIT 1", "SELECT min(not_before) FROM jobs WHERE not_before < 5",
    "SELECT id FROM jobs WHERE reason = 'place' AND place = 'x' ORDER BY id LIMIT 1",
    "SELECT id FROM jobs WHERE state = 'published' AND place = 'x' ORDER BY published DESC, id DESC LIMIT 1",
    "SELECT place FROM jobs WHERE state = 'published' AND place > 'x/' AND place < 'x0' ORDER BY place, published DESC",
    "SELECT id FROM jobs WHERE source = 'x' AND source_identity = 'y' ORDER BY id",
    "SELECT job FROM places WHERE job = 'x'",
  ]) func questionIsAnsweredByAnIndex(_ sql: String) throws {
    let plan = try scratch.sqlite3("EXPLAIN QUERY PLAN \(sql)")
    #expect(!plan.contains("SCAN jobs\n") && !plan.hasSuffix("SCAN jobs"), "\(plan)")
    #expect(plan.contains("INDEX") || plan.contains("PRIMARY KEY"), "\(plan)")
    #expect(!plan.contains("TEMP B-TREE") || sql.contains("published DESC"), "\(plan)")
  }

  @Test(arguments: [JobOrder.oldestFirst, .newestFirst]) func pageIsReadFromAnIndexInItsOrder(_ order: JobOrder) throws
  {
    let plan = try scratch.plan(ledger) {
      _ = try ledger.jobs(
        in: [.held, .failed], pipeline: "web", reason: "operator", order: order, after: .next(), limit: 5)
      _ = try ledger.jobs(in: [.queued], order: order, limit: 5)
    }
    let comparison = order == .oldestFirst ? ">" : "<"
    // Several states are merged as they are read; nothing is sorted.
    #expect(
      plan == [
        "MERGE (UNION ALL)",
        "LEFT", "SEARCH jobs USING INDEX jobs_listed (state=? AND id\(comparison)?)",
        "RIGHT", "SEARCH jobs USING INDEX jobs_listed (state=? AND id\(comparison)?)",
        "SEARCH jobs USING INDEX jobs_listed (state=?)",
      ])
  }

  @Test func recentCallsAreLookedUpByTheirTimes() throws {
    let plan = try scratch.plan(ledger) { _ = try ledger.recentCalls(since: .at(5)) }
    #expect(
      plan == [
        "MULTI-INDEX OR", "INDEX 1", "SEARCH calls USING INDEX calls_started (started>?)", "INDEX 2",
        "SEARCH calls USING INDEX calls_finished (finished>?)", "USE TEMP B-TREE FOR ORDER BY",
      ])
  }
}
