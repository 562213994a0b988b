import Money

@testable import Ledger

/// SplitMix64: the same walk on every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}

/// A random walk of a few jobs through all that changes what calls count for, beside a model that only knows what each
/// call counts for.
struct MoneyWalk {
  enum Move: CaseIterable { case begin, respond, refuse, lose, recover, advance, fail, release, requeue, requeueAll }

  struct Entry {
    let job: JobID
    let day: Timestamp
    var counted: USD
  }

  let ledger: JobLedger
  let jobs: [JobID]
  let days = [0, 86_400, 172_800].map { Timestamp.at($0).startOfDay }
  private(set) var taken: Set<Move> = []
  /// How many calls a budget stopped.
  private(set) var refusals = 0
  /// By the call's key and attempt.
  private var entries: [String: Entry] = [:]

  init(ledger: JobLedger, jobs: [JobID]) {
    self.ledger = ledger
    self.jobs = jobs
  }

  func spent(where isCounted: (Entry) -> Bool) -> USD {
    entries.values.filter(isCounted).reduce(.zero) { $0 + $1.counted }
  }

  private func entry(of call: Call) -> String { "\(call.key)/\(call.attempt)" }

  mutating func step(using random: inout SeededGenerator) throws {
    let job = try ledger.job(jobs[Int.random(in: 0..<jobs.count, using: &random)])
    let now =
      days[Int.random(in: 0..<days.count, using: &random)] + .seconds(Int.random(in: 0..<86_400, using: &random))
    let price = USD(microdollars: Int64.random(in: 0...100_000, using: &random))
    switch job.state {
    case .queued: try begin(job, price, at: now, using: &random)
    case .calling: try finish(job, price, at: now, using: &random)
    case .responded:
      if Bool.random(using: &random) {
        try ledger.advance(job.id, step: job.step, item: job.item + 1, model: nil, at: now)
        taken.insert(.advance)
      } else {
        try ledger.fail(job.id, error: "", at: now)
        taken.insert(.fail)
      }
    case .held:
      try ledger.release(job.id, at: now)
      taken.insert(.release)
    case .failed:
      let isMissing = Bool.random(using: &random)
      let again = try ledger.requeue(
        job.id, calls: isMissing ? .missing : .all(model: nil), isOccupied: { _ in false }, at: now)
      taken.insert(isMissing ? .requeue : .requeueAll)
      // A bad answer: begin anew, or it would fail for ever.
      if again.state == .responded { try ledger.advance(job.id, step: job.step + 1, item: 1, model: nil, at: now) }
    case .published: break
    }
  }

  private mutating func begin(
    _ job: Job, _ price: USD, at now: Timestamp, using random: inout SeededGenerator
  ) throws {
    let day = now.startOfDay
    let needed = Int.random(in: 0..<5, using: &random) == 0 ? nil : price
    let (ofDay, ofJob) = (spent { $0.day == day }, spent { $0.job == job.id })
    // Around what is spent, so that it often is a matter of millionths.
    let slack = USD(microdollars: Int64.random(in: -1...1, using: &random))
    let tight = (needed ?? .zero) + slack
    let wide = USD(microdollars: 100_000)
    let (jobsRoom, daysRoom) =
      [(tight, wide), (wide, tight), (wide, wide)].randomElement(using: &random) ?? (wide, wide)
    let room = min(jobsRoom, daysRoom)
    let budget = Budget(perJob: ofJob + jobsRoom, perDay: ofDay + daysRoom)
    let start = try ledger.beginCall(
      job.id, endpoint: "e", model: nil, reserving: needed, within: budget, at: now)
    switch start {
    case .begun(let call):
      guard needed ?? .zero <= room else { throw WalkedBeyond(job: job.id, start: start) }
      entries[entry(of: call)] = Entry(job: job.id, day: day, counted: needed ?? .zero)
      taken.insert(.begin)
    case .beyond:
      guard room < needed ?? .zero else { throw WalkedBeyond(job: job.id, start: start) }
      refusals += 1
    }
  }

  private mutating func finish(
    _ job: Job, _ price: USD, at now: Timestamp, using random: inout SeededGenerator
  ) throws {
    guard let call = try ledger.calls(of: job.id).last else { throw LedgerError.noSuchJob(job.id) }
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      _ = try ledger.finishCall(call, .refused(status: 503, error: "", then: .wait(.retry, until: now)), at: now)
      entries[entry(of: call)]?.counted = .zero
      try ledger.resume(.retry)
      taken.insert(.refuse)
    case 1:
      _ = try ledger.finishCall(call, .notSent(error: "", then: .fail), at: now)
      entries[entry(of: call)]?.counted = .zero
      taken.insert(.refuse)
    case 2:
      _ = try ledger.finishCall(call, .unknown(error: ""), at: now)
      taken.insert(.lose)
    case 3:
      _ = try ledger.recover(at: now)
      taken.insert(.recover)
    case 4:
      _ = try ledger.finishCall(call, .responded(.init(status: 200, body: "")), at: now)
      taken.insert(.respond)
    default:
      _ = try ledger.finishCall(call, .responded(.init(status: 200, body: "", charged: price)), at: now)
      entries[entry(of: call)]?.counted = price
      taken.insert(.respond)
    }
  }

  /// The ledger begins what the model forbids, or the other way round.
  struct WalkedBeyond: Error {
    let job: JobID
    let start: CallStart
  }
}
