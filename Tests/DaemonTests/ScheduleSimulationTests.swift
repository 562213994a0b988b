import ImageAPI
import Ledger
import Testing

@testable import Daemon

/// The schedule under a virtual clock: thousands of calls, an API that fails in every way it can, and restarts.
@Suite struct ScheduleSimulationTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func thePromisesHoldWhateverHappens(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    simulation.run()
    #expect(simulation.broken == [])
    #expect(simulation.calls >= 5000)
    #expect(simulation.ends.values.reduce(0, +) == simulation.jobCount)
    // Free requests may come on top.
    #expect(simulation.mostFailures <= Schedule.queryRoom)
    // Every kind of end was met, and every fault of the world happened.
    for end in Simulation.End.allCases { #expect(simulation.ends[end, default: 0] > 0, "no job ended \(end)") }
    #expect(simulation.restarts > 0)
    #expect(simulation.closures > 0)
    #expect(simulation.openBreakers > 0)
  }
}

/// A daemon without network and disk around a schedule, and an observer who knows only what went out and came back.
///
/// Times are whole milliseconds since the beginning.
private struct Simulation {
  enum End: Hashable, CaseIterable { case done, failed, held }

  private struct Job {
    let model: String?
    let retriesUnknown: Bool
    /// When it may be called; `nil` while it waits for the account.
    var due: Int?
    var attempt = 1
    var serverErrors = 0
    var unknowns = 0
    var accountRefusals = 0
  }

  private struct Running {
    let job: Int
    let started: Int
    let ends: Int
    /// Not the call any more, but the free question that follows its 401, 402 or 403.
    var question: Schedule.Verdict?

    var isKeyCheck: Bool { question != nil }
  }

  /// What the ledger would tell after a restart.
  private struct Record {
    let started: Int
    var finished: Int?
    var failed = false
  }

  /// What the observer knows of a model.
  private struct Health {
    var failuresInARow = 0
    var openSince: Int?
    var running = 0
  }

  private(set) var jobCount = 0
  private(set) var calls = 0
  private(set) var restarts = 0
  private(set) var closures = 0
  private(set) var openBreakers = 0
  private(set) var mostFailures = 0
  private(set) var ends: [End: Int] = [:]
  private(set) var broken: [String] = []

  private var dice: Dice
  private let configuration: Schedule.Configuration
  private var schedule: Schedule
  private var now = 0
  private var jobs: [Int: Job] = [:]
  private var running: [Running] = []
  private var records: [Record] = []
  private var nextCheck: Int?
  private var nextRestart: Int
  /// Begins and failures, oldest first.
  private var begins: [Int] = []
  private var failures: [Int] = []
  private var keyPausedUntil = 0
  private var serverLimit = Int.max
  private var health: [String: Health] = [:]
  /// Until when each model, and the network, is ill.
  private var ill: [String: Int] = [:]
  private static let models: [String?] = ["a", "b", "c", "d", nil]

  init(seed: UInt64) {
    dice = Dice(state: seed)
    configuration = Schedule.Configuration(
      concurrency: .random(in: 1...24, using: &dice), requestsPerMinute: .random(in: 20...300, using: &dice),
      retry: RetryPolicy(attempts: .random(in: 1...6, using: &dice)))
    schedule = Schedule(configuration, now: Pace.start)
    nextRestart = .random(in: 100_000...2_000_000, using: &dice)
  }

  private var instant: Schedule.Instant { Pace.start + .milliseconds(now) }
  /// Of our clock, in seconds since 1970.
  private var wallClock: Int { Pace.wallClock + now / 1000 }

  mutating func run() {
    var steps = 0
    while broken.count < 5 {
      steps += 1
      guard steps < 200_000 else { return broken.append("\(jobs.count) jobs never end") }
      receiveJobs()
      if jobs.isEmpty { return }
      if now >= nextRestart { restart() }
      for index in running.indices.reversed() where running[index].ends <= now { end(running.remove(at: index)) }
      checkAccount()
      guard let next = begin() else {
        if !jobs.isEmpty { broken.append("nothing will ever happen at \(now)") }
        return
      }
      now = max(next, now + 1)
    }
  }

  // MARK: The daemon

  /// There is always more to do, until 5,000 calls have gone out; then what is there comes to its end.
  private mutating func receiveJobs() {
    while calls < 5000, jobs.count < 50 {
      jobs[jobCount] = Job(
        model: Self.models.randomElement(using: &dice) ?? nil, retriesUnknown: dice.chance(0.5), due: now)
      jobCount += 1
    }
  }

  /// Begins what may begin.
  ///
  /// - Returns: when something may happen next.
  private mutating func begin() -> Int? {
    var next = [nextRestart]
    while true {
      let gate = schedule.gate(now: instant)
      var until: Int?
      switch gate {
      case .closed: until = nextCheck
      case .busy(let time):
        until = time.map(milliseconds)
        if let until, until <= now { broken.append("the gate opens at \(until), and it is \(now)") }
      case .open: break
      }
      let paused = schedule.pausedModels(now: instant)
      if gate == .open {
        let ready = jobs.filter { job in
          job.value.due.map { $0 <= now } ?? false && !paused.models.contains(job.value.model ?? "")
            && !running.contains { $0.job == job.key }
        }
        // The oldest first.
        if let number = ready.keys.min() {
          call(number)
          continue
        }
        until = paused.until.map(milliseconds)
        if let until, until <= now { broken.append("models rest until \(until), and it is \(now)") }
        next += jobs.filter { job in !running.contains { $0.job == job.key } }.compactMap(\.value.due).filter {
          $0 > now
        }
      }
      // A restart is no event to wait for.
      let events = running.map(\.ends) + [until].compactMap(\.self) + next.dropFirst()
      return events.isEmpty ? nil : (events + next).min()
    }
  }

  private mutating func call(_ number: Int) {
    guard let job = jobs[number] else { return }
    observeBegin(of: job.model)
    schedule.began(model: job.model, now: instant)
    calls += 1
    running.append(
      Running(job: number, started: now, ends: now + .random(in: 50...20_000, using: &dice)))
    records.removeAll { $0.started < now - 300_000 }
    records.append(Record(started: now))
  }

  private mutating func end(_ ended: Running) {
    guard var job = jobs[ended.job] else { return }
    let jitter = Double.random(in: 0...1, using: &dice)
    let verdict: Schedule.Verdict
    if let question = ended.question {
      let state = [Schedule.AccountState.works, .works, .refused, .unknown].randomElement(using: &dice) ?? .works
      if case .checkBalance(let wait) = question {
        // An empty balance is a good answer.
        if state == .unknown { failures.append(now) }
        verdict = schedule.balanceChecked(state, wait: wait, attempt: job.attempt, now: instant, jitter: jitter)
      } else {
        if state != .works { failures.append(now) }
        verdict = schedule.keyChecked(state, attempt: job.attempt, now: instant, jitter: jitter)
      }
    } else {
      let outcome = outcome(for: job.model)
      if case .refused(let refusal) = outcome, refusal.head.status == 500 || refusal.head.status == 503 {
        job.serverErrors += 1
      }
      if case .refused(let refusal) = outcome, refusal.head.status == 402 || refusal.head.status == 403 {
        job.accountRefusals += 1
      }
      if case .unknown = outcome { job.unknowns += 1 }
      observeEnd(outcome, of: job.model, started: ended.started)
      verdict = schedule.finished(
        outcome, model: job.model, attempt: job.attempt, serverErrors: job.serverErrors, unknowns: job.unknowns,
        accountRefusals: job.accountRefusals, retriesUnknown: job.retriesUnknown, now: instant, wallClock: wallClock,
        jitter: jitter)
    }
    job.attempt += 1
    switch verdict {
    case .responded: finish(ended.job, .done)
    case .fail: finish(ended.job, .failed)
    case .hold: finish(ended.job, .held)
    case .retry(let delay, _):
      job.due = now + milliseconds(delay)
      jobs[ended.job] = job
    case .waitForAccount(_, let isNew):
      job.due = nil
      jobs[ended.job] = job
      if isNew {
        closures += 1
        if nextCheck == nil { nextCheck = now + milliseconds(schedule.accountCheck(after: .seconds(60))) }
      }
    case .checkKey, .checkBalance:
      jobs[ended.job] = job
      running.append(Running(job: ended.job, started: now, ends: now + 500, question: verdict))
    }
    observeFailures()
  }

  private mutating func finish(_ number: Int, _ end: End) {
    jobs[number] = nil
    ends[end, default: 0] += 1
  }

  private mutating func checkAccount() {
    guard let time = nextCheck, time <= now else { return }
    guard schedule.queryBegan(now: instant) else {
      nextCheck = now + 1000
      return
    }
    nextCheck = nil
    let isFailure = dice.chance(0.3)
    if isFailure { failures.append(now) }
    schedule.queryEnded(isFailure: isFailure, now: instant)
    if !isFailure, schedule.accountOpened(now: instant) {
      for number in jobs.keys where jobs[number]?.due == nil { jobs[number]?.due = now }
      return
    }
    nextCheck = now + milliseconds(schedule.accountCheck(after: .seconds(60)))
  }

  /// A kill, and a start at once: what was under way is held, and may have failed at the other end.
  private mutating func restart() {
    restarts += 1
    for ended in running {
      if !ended.isKeyCheck { failures.append(now) }
      finish(ended.job, .held)
    }
    for index in records.indices where records[index].finished == nil { records[index].failed = true }
    schedule = Schedule(
      configuration,
      recent: records.map { record in
        RecentCall(
          started: .milliseconds(now - record.started),
          finished: record.finished.map { .milliseconds(now - $0) }, failed: record.failed)
      }, now: instant)
    for index in records.indices where records[index].finished == nil { records[index].finished = now }
    for number in jobs.keys where jobs[number]?.due == nil { jobs[number]?.due = now }
    (running, health, keyPausedUntil, serverLimit, nextCheck) = ([], [:], 0, .max, nil)
    nextRestart = now + .random(in: 100_000...2_000_000, using: &dice)
    observeFailures()
  }

  // MARK: The API

  private mutating func outcome(for model: String?) -> CallOutcome {
    let model = model ?? ""
    if dice.chance(0.004) { ill[model] = now + .random(in: 5_000...400_000, using: &dice) }
    if dice.chance(0.001) { ill["network"] = now + .random(in: 5_000...100_000, using: &dice) }
    if ill["network", default: 0] > now { return dice.chance(0.5) ? Outcomes.offline : Outcomes.lost }
    if ill[model, default: 0] > now, dice.chance(0.9) {
      return [Outcomes.overloaded, Outcomes.inferenceFailed, Outcomes.modelBusy].randomElement(using: &dice)
        ?? Outcomes.overloaded
    }
    let reset = wallClock + .random(in: -5...50, using: &dice)
    switch Double.random(in: 0..<1, using: &dice) {
    case ..<0.44: return Outcomes.success
    case ..<0.50: return Outcomes.response(["x-ratelimit-limit-requests": "\(Int.random(in: 10...400, using: &dice))"])
    case ..<0.52:
      return Outcomes.response(["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "\(reset)"])
    case ..<0.60: return Outcomes.badRequest
    case ..<0.66: return Outcomes.lost
    case ..<0.80: return Outcomes.offline
    case ..<0.84: return Outcomes.rateLimited(["retry-after": "\(Int.random(in: 0...40, using: &dice))"])
    case ..<0.86: return Outcomes.rateLimited(["x-ratelimit-reset-requests": "\(reset)"])
    case ..<0.90: return Outcomes.modelBusy
    case ..<0.94: return Outcomes.overloaded
    case ..<0.985: return Outcomes.inferenceFailed
    case ..<0.993: return Outcomes.unauthorized
    case ..<0.997: return Outcomes.noMoney
    default: return Outcomes.forbidden
    }
  }

  // MARK: The observer

  private mutating func observeBegin(of model: String?) {
    begins.append(now)
    begins.removeAll { $0 <= now - 60_000 }
    let lastMinute = begins.count
    if lastMinute > min(configuration.requestsPerMinute, serverLimit) {
      broken.append("\(lastMinute) calls in a minute at \(now)")
    }
    if running.count(where: { !$0.isKeyCheck }) >= configuration.concurrency {
      broken.append("too many calls in flight at \(now)")
    }
    if now < keyPausedUntil { broken.append("a call at \(now), while the key is paused until \(keyPausedUntil)") }
    var health = health[model ?? "", default: Health()]
    if let since = health.openSince, now < since + 30_000 || health.running > 0 {
      broken.append("a call of \(model ?? "no model") at \(now), which rests since \(since)")
    }
    health.running += 1
    self.health[model ?? ""] = health
  }

  private mutating func observeEnd(_ outcome: CallOutcome, of model: String?, started: Int) {
    var health = health[model ?? "", default: Health()]
    health.running -= 1
    var failed = false
    var isModelsFault = false
    switch outcome {
    case .response(let head):
      health = Health(running: health.running)
      observeRate(head)
    case .notSent: break
    case .unknown: failed = true
    case .refused(let refusal):
      failed = true
      observeRate(refusal.head)
      isModelsFault = [500, 503].contains(refusal.head.status) || outcome == Outcomes.modelBusy
      if refusal.head.status == 429, let pause = refusal.head.ratePause(wallClock: wallClock) {
        keyPausedUntil = max(keyPausedUntil, now + milliseconds(pause))
      }
    }
    if isModelsFault {
      health.failuresInARow += 1
      if health.failuresInARow == 3, health.openSince == nil {
        health.openSince = now
        openBreakers += 1
      }
    }
    self.health[model ?? ""] = health
    if failed { failures.append(now) }
    if let index = records.lastIndex(where: { $0.started == started && $0.finished == nil }) {
      records[index].finished = now
      records[index].failed = failed
    }
  }

  private mutating func observeRate(_ head: ResponseHead) {
    if let limit = head.rateLimit?.limit { serverLimit = limit }
    if head.rateLimit?.remaining == 0, let pause = head.ratePause(wallClock: wallClock) {
      keyPausedUntil = max(keyPausedUntil, now + milliseconds(pause))
    }
  }

  private mutating func observeFailures() {
    failures.removeAll { $0 <= now - 30_000 }
    let count = failures.count
    mostFailures = max(mostFailures, count)
    if count >= 15 { broken.append("\(count) failures in the 30 s before \(now)") }
  }

  /// Rounded up, since nothing happens between two milliseconds.
  private func milliseconds(_ duration: Duration) -> Int { Int((duration / .milliseconds(1)).rounded(.up)) }
  private func milliseconds(_ instant: Schedule.Instant) -> Int { milliseconds(instant - Pace.start) }
}
