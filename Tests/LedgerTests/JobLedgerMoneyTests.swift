import Foundation
import Money
import Testing

@testable import Ledger

@Suite struct JobLedgerMoneyTests {
  let scratch: Scratch
  let ledger: JobLedger

  init() throws {
    scratch = try Scratch()
    ledger = try scratch.ledger()
  }

  /// `.at(0)` lies 6400 seconds before midnight.
  private let midnight = Timestamp.at(6400)

  private func begin(
    _ job: JobID, _ reserving: USD?, _ budget: Budget, at now: Timestamp = .at(1)
  ) throws -> BudgetLimit? {
    switch try ledger.beginCall(
      job, endpoint: "/image/generate", model: "sd35", reserving: reserving, within: budget, at: now)
    {
    case .begun: return nil
    case .beyond(let limit): return limit
    }
  }

  // MARK: Budgets

  // Scenario 31.
  @Test func spendingCountsTheWorstPriceUntilTheOutcomeIsKnown() throws {
    let price = USD("0.05")
    let intended = try ledger.accepted(.named("intended"))
    _ = try ledger.called(intended.id, 10, reserving: price)
    #expect(try ledger.spent(onDayOf: .at(0)) == USD("0.05"))
    let jobs = try ["responded", "unpriced", "unknown", "refused", "unsent"].map { try ledger.accepted(.named($0)) }
    let calls = try jobs.map { try ledger.called($0.id, 20, reserving: price) }
    #expect(try ledger.spent(onDayOf: .at(0)) == USD("0.30"))
    for (call, result) in zip(
      calls,
      [
        .responded(.init(status: 200, body: "r", charged: USD("0.01"))), .responded(.init(status: 200, body: "r")),
        .unknown(error: "lost"), .refused(status: 400, error: "", then: .fail), .notSent(error: "", then: .fail),
      ] as [CallResult])
    { _ = try ledger.finishCall(call, result, at: .at(30)) }
    // 0.05 intended, 0.01 charged, 0.05 charged without a price, 0.05 perhaps charged.
    #expect(try ledger.spent(onDayOf: .at(0)) == USD("0.16"))
    #expect(try jobs.map { try ledger.spent(on: $0.id).description } == ["0.01", "0.05", "0.05", "0.00", "0.00"])
    #expect(try ledger.recover(at: .at(40)).held == [intended.id])
    #expect(try ledger.spent(on: intended.id) == USD("0.05"))
    #expect(try scratch.sqlite3("SELECT sum(counted) FROM calls; SELECT counted FROM days") == "160000\n160000")
  }

  // Scenario 31.
  @Test func callBeyondTheDayIsNotBegunAndLeavesNoTrace() throws {
    let limit = try #require(USD("0.10"))
    let budget = Budget(perDay: limit)
    let jobs = try ["a", "b", "c"].map { try ledger.accepted(.named($0)) }
    #expect(try begin(jobs[0].id, USD("0.06"), budget) == nil)
    let refusal = BudgetLimit.day(
      limit: limit, spent: try #require(USD("0.06")), needed: try #require(USD("0.040001")), until: midnight)
    #expect(try begin(jobs[1].id, USD("0.040001"), budget) == refusal)
    #expect(
      refusal.description
        == "the day's budget is 0.10 USD: 0.06 are spent or set aside, and this call may cost 0.040001; "
        + "the next day begins at 2023-11-15T00:00:00.000000Z")
    #expect(try ledger.job(jobs[1].id) == jobs[1])
    #expect(try ledger.calls(of: jobs[1].id) == [])
    // To the last millionth.
    #expect(try begin(jobs[1].id, USD("0.04"), budget) == nil)
    #expect(
      try begin(jobs[2].id, USD("0.000001"), budget)
        == .day(limit: limit, spent: limit, needed: USD(microdollars: 1), until: midnight))
    #expect(try begin(jobs[2].id, nil, budget) == nil)
    #expect(try scratch.sqlite3("SELECT sum(counted) FROM calls") == "100000")
  }

  @Test func whatWasNotChargedCanBeSpent() throws {
    let budget = Budget(perDay: USD("0.10"))
    let jobs = try ["a", "b"].map { try ledger.accepted(.named($0)).id }
    let results: [CallResult] = [
      .refused(status: 503, error: "", then: .wait(.retry, until: .at(1))),
      .notSent(error: "", then: .wait(.network, until: .at(1))),
      .responded(.init(status: 200, body: "r", charged: .zero)),
    ]
    for result in results {
      #expect(try begin(jobs[0], USD("0.10"), budget) == nil)
      #expect(try begin(jobs[1], USD("0.01"), budget) != nil)
      let call = try #require(try ledger.calls(of: jobs[0]).last)
      _ = try ledger.finishCall(call, result, at: .at(1))
    }
    #expect(try begin(jobs[1], USD("0.10"), budget) == nil)
  }

  @Test func callCountsForTheDayItBegan() throws {
    let budget = Budget(perDay: USD("0.10"))
    let jobs = try (0..<4).map { try ledger.accepted(.named("\($0)")).id }
    let last = Timestamp(microseconds: midnight.microseconds - 1)
    #expect(try begin(jobs[0], USD("0.10"), budget, at: last) == nil)
    #expect(
      try begin(jobs[1], USD("0.01"), budget, at: last)
        == .day(
          limit: USD(microdollars: 100_000), spent: USD(microdollars: 100_000), needed: USD(microdollars: 10_000),
          until: midnight))
    #expect(try begin(jobs[1], USD("0.09"), budget, at: midnight) == nil)
    let call = try #require(try ledger.calls(of: jobs[0]).last)
    _ = try ledger.finishCall(
      call, .responded(.init(status: 200, body: "r", charged: USD("0.03"))), at: midnight + .seconds(5))
    #expect(try ledger.spent(onDayOf: last) == USD("0.03"))
    #expect(try ledger.spent(onDayOf: midnight) == USD("0.09"))
    #expect(try ledger.spent(onDayOf: midnight.startOfNextDay) == .zero)
    #expect(try begin(jobs[2], USD("0.02"), budget, at: midnight + .seconds(6)) != nil)
    #expect(try begin(jobs[2], USD("0.01"), budget, at: midnight + .seconds(6)) == nil)
    // The clock has jumped back: what began yesterday counts for yesterday.
    #expect(try begin(jobs[3], USD("0.07"), budget, at: last) == nil)
  }

  @Test func jobsBudgetCountsAllItsCallsOnAllDays() throws {
    let limit = try #require(USD("0.10"))
    let budget = Budget(perJob: limit)
    let other = try ledger.accepted(.named("other")).id
    #expect(try begin(other, USD("0.10"), budget) == nil)
    let job = try ledger.accepted(.named("job")).id
    #expect(try begin(job, USD("0.06"), budget) == nil)
    _ = try ledger.finishCall(
      try #require(try ledger.calls(of: job).last), .responded(.init(status: 200, body: "r")), at: .at(2))
    try ledger.advance(job, step: 2, item: 1, model: nil, at: .at(2))
    let nextDay = midnight + .seconds(1)
    let refusal = BudgetLimit.job(
      limit: limit, spent: try #require(USD("0.06")), needed: try #require(USD("0.05")))
    #expect(try begin(job, USD("0.05"), budget, at: nextDay) == refusal)
    #expect(
      refusal.description
        == "the job's budget is 0.10 USD: 0.06 are spent or set aside, and this call may cost 0.05")
    // Both are passed: the one that does not pass by itself is named.
    #expect(try begin(job, USD("0.05"), Budget(perJob: limit, perDay: .zero), at: nextDay) == refusal)
    #expect(try begin(job, USD("0.040001"), budget, at: nextDay) != nil)
    #expect(try begin(job, USD("0.04"), budget, at: nextDay) == nil)
  }

  @Test func budgetDoesNotHideThatTheStateForbidsTheCall() throws {
    let job = try ledger.published(.named("a"))
    #expect(throws: LedgerError.illegalTransition(job.id, from: .published, operation: "a call")) {
      _ = try begin(job.id, USD("5"), Budget(perJob: .zero, perDay: .zero))
    }
  }

  /// Scenario 31: many begin and end at once, on two connections, with hardly any room. A trigger of the test's own notes
  /// what the calls count for after each write, as SQLite adds it up.
  @Test func manyAtOnceNeverPassTheBudget() async throws {
    let price = Int64(12_345)
    let budget = Budget(perDay: USD(microdollars: price * 3 - 1))
    let other = try scratch.ledger()
    let noting = { (event: String) in
      """
      CREATE TRIGGER note_\(event) AFTER \(event) ON calls BEGIN
        INSERT INTO notes SELECT sum(counted) FROM calls;
      END;
      """
    }
    let error = try scratch.sqlite3("CREATE TABLE notes (counted INTEGER);" + noting("INSERT") + noting("UPDATE"))
    #expect(error == "")
    let jobs = (0..<480).map { NewJob.named("\($0)") }
    #expect(try ledger.accept(jobs, isOccupied: { _ in false }).count == 480)
    let begun = try await withThrowingTaskGroup(of: Int.self) { group in
      for worker in 0..<8 {
        let ledger = worker % 2 == 0 ? ledger : other
        group.addTask {
          var begun = 0
          for index in stride(from: worker, to: jobs.count, by: 8) {
            let start = try ledger.beginCall(
              jobs[index].id, endpoint: "/image/generate", model: nil, reserving: USD(microdollars: price),
              within: budget, at: .at(1))
            guard case .begun(let call) = start else { continue }
            begun += 1
            await Task.yield()
            // Not charged: it makes room for another. The last ones stay.
            guard index < 400 else { continue }
            _ = try ledger.finishCall(call, .refused(status: 503, error: "", then: .fail), at: .at(2))
          }
          return begun
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(begun > 8)
    #expect(try scratch.sqlite3("SELECT max(counted) FROM notes") == "\(price * 2)")
    #expect(
      try scratch.sqlite3("SELECT sum(counted), count(*) FROM calls WHERE state = 'intended'") == "\(price * 2)|2")
    #expect(try ledger.spent(onDayOf: .at(1)) == USD(microdollars: price * 2))
  }

  /// The model is a list of what each call counts for.
  @Test func dayIsTheSumOfItsCallsWhateverHappens() throws {
    var random = SeededGenerator(state: 20_231_114)
    var walk = MoneyWalk(ledger: ledger, jobs: try (0..<6).map { try ledger.accepted(.named("\($0)")).id })
    for _ in 0..<600 {
      try walk.step(using: &random)
      for day in walk.days {
        #expect(try ledger.spent(onDayOf: day + .seconds(4711)) == walk.spent { $0.day == day })
      }
      for job in walk.jobs { #expect(try ledger.spent(on: job) == walk.spent { $0.job == job }) }
    }
    #expect(walk.refusals > 10)
    #expect(walk.taken.count == MoneyWalk.Move.allCases.count, "\(walk.taken)")
    #expect(
      try scratch.sqlite3("SELECT day, counted FROM days ORDER BY day")
        == scratch.sqlite3(
          "SELECT started / 86400000000 * 86400000000 AS day, sum(counted) FROM calls GROUP BY day ORDER BY day"))
    #expect(try scratch.sqlite3("SELECT count(*) FROM days") == "3")
  }

  @Test func dayBefore1970IsADayToo() throws {
    let job = try ledger.accepted(.named("a")).id
    #expect(try begin(job, USD("0.10"), Budget(), at: Timestamp(microseconds: -1)) == nil)
    #expect(try ledger.spent(onDayOf: Timestamp(microseconds: -86_400_000_000)) == USD("0.10"))
    #expect(try ledger.spent(onDayOf: Timestamp(microseconds: 0)) == .zero)
    #expect(try ledger.charges().map(\.day) == [Timestamp(microseconds: -86_400_000_000)])
  }

  /// With 100,000 calls today, too: what a begin asks about calls, it asks by their job, and the day is one row.
  @Test func beginOfACallReadsNoOtherJobsCalls() throws {
    let job = try ledger.accepted(.named("a")).id
    let budget = Budget(perJob: USD("1"), perDay: USD("1"))
    let plan = try scratch.plan(ledger) { _ = try begin(job, USD("0.01"), budget) }
    #expect(
      Set(plan) == [
        "SEARCH jobs USING PRIMARY KEY (id=?)", "SEARCH days USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH calls USING PRIMARY KEY (job=?)",
        "SEARCH calls USING PRIMARY KEY (job=? AND ordinal=? AND attempt=?)",
      ])
  }

  // MARK: Charges

  @Test func chargesAreAddedUpByDayPipelineAndModel() throws {
    // Pipeline, model, seconds, price set aside, outcome.
    let rows: [(String, String?, Int64, String?, CallResult?)] = [
      ("web", "sd35", 1, "0.05", .responded(.init(status: 200, body: "r", charged: USD("0.01")))),
      ("web", "sd35", 2, "0.05", .responded(.init(status: 200, body: "r", charged: USD("0.020001")))),
      ("web", "sd35", 3, "0.05", .responded(.init(status: 200, body: "r"))),
      ("web", "sd35", 4, "0.07", .unknown(error: "lost")),
      ("web", "sd35", 5, "0.09", .refused(status: 400, error: "", then: .fail)),
      ("web", "flux", 6, nil, .unknown(error: "lost")),
      ("web", "refused-only", 7, "0.09", .notSent(error: "", then: .fail)),
      ("web", nil, 8, "0.30", nil),
      ("mail", "sd35", 9, "0.05", .responded(.init(status: 200, body: "r", charged: .zero))),
      ("web", "sd35", 6399, "0.05", .responded(.init(status: 200, body: "r", charged: USD("0.04")))),
      ("web", "sd35", 6400, "0.05", .responded(.init(status: 200, body: "r", charged: USD("0.05")))),
    ]
    for (index, row) in rows.enumerated() {
      let job = try ledger.accepted(.named("\(index)", pipeline: row.0))
      let call = try ledger.called(job.id, row.2, model: row.1, reserving: row.3.flatMap { USD($0) })
      if let result = row.4 { _ = try ledger.finishCall(call, result, at: .at(6500)) }
    }
    let today = Timestamp.at(0).startOfDay
    func line(
      _ day: Timestamp, _ pipeline: String, _ model: String, calls: Int = 0, _ charged: String = "0",
      unpriced: (Int, String) = (0, "0"), uncertain: (Int, String) = (0, "0")
    ) throws -> ChargeLine {
      ChargeLine(
        day: day, pipeline: pipeline, model: model, calls: calls, charged: try #require(USD(charged)),
        unpricedCalls: unpriced.0, unpriced: try #require(USD(unpriced.1)), uncertainCalls: uncertain.0,
        uncertain: try #require(USD(uncertain.1)))
    }
    let lines = [
      try line(today, "mail", "sd35", calls: 1),
      try line(today, "web", "/image/generate", uncertain: (1, "0.30")),
      try line(today, "web", "flux", uncertain: (1, "0")),
      try line(today, "web", "sd35", calls: 4, "0.070001", unpriced: (1, "0.05"), uncertain: (1, "0.07")),
      try line(midnight, "web", "sd35", calls: 1, "0.05"),
    ]
    #expect(try ledger.charges() == lines)
    #expect(try ledger.charges(since: midnight) == [lines[4]])
    #expect(try ledger.charges(until: midnight) == Array(lines.prefix(4)))
    #expect(try ledger.charges(since: .at(9), until: .at(10)) == [lines[0]])
    #expect(try ledger.charges(since: .at(10), until: .at(9)) == [])
    // The days' sums, as SQLite and the budget see them.
    for day in [today, midnight] {
      let sum = try ledger.charges().filter { $0.day == day }.reduce(USD.zero) {
        $0 + $1.charged + $1.unpriced + $1.uncertain
      }
      #expect(try ledger.spent(onDayOf: day) == sum)
      let counted = try scratch.sqlite3(
        "SELECT sum(counted) FROM calls WHERE date(started / 1000000, 'unixepoch') = '\(day.day)'")
      #expect(counted == "\(sum.microdollars)")
    }
  }
}
