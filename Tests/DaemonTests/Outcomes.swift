import ImageAPI

@testable import Daemon

/// Outcomes of calls, made on the spot.
enum Outcomes {
  static let success = CallOutcome.response(head(200))
  static let lost = CallOutcome.unknown(
    UnknownOutcome(reason: .timedOut(.seconds(1)), head: nil, bytesReceived: 0))
  static let offline = CallOutcome.notSent(.connect("refused"))

  static func response(_ headers: [String: String]) -> CallOutcome { .response(head(200, headers)) }

  static func refused(_ kind: Refusal.Kind, _ status: Int, _ headers: [String: String] = [:]) -> CallOutcome {
    .refused(Refusal(kind: kind, error: VendorError(message: "no"), head: head(status, headers)))
  }

  static let badRequest = refused(.badRequest, 400)
  static let unauthorized = refused(.unauthorized, 401)
  static let noMoney = refused(.paymentRequired(.insufficientBalance), 402)
  static let forbidden = refused(.forbidden, 403)
  static let inferenceFailed = refused(.inferenceFailed, 500)
  static let overloaded = refused(.overloaded, 503)
  /// 429 without a word on the key's rate.
  static let modelBusy = refused(.rateLimited, 429)

  static func rateLimited(_ headers: [String: String]) -> CallOutcome { refused(.rateLimited, 429, headers) }

  static func head(_ status: Int, _ headers: [String: String] = [:]) -> ResponseHead {
    ResponseHead(status: status, headers: headers.map { ResponseHead.Header(name: $0.key, value: $0.value) })
  }
}

/// A schedule whose clock is moved by hand: seconds since its start.
struct Pace {
  static let start = ContinuousClock.now
  /// Our wall clock at the start, seconds since 1970.
  static let wallClock = 1_000_000

  var schedule: Schedule
  var seconds: Double = 0

  init(
    concurrency: Int = 4, perMinute: Int = 1000,
    retry: RetryPolicy = RetryPolicy(attempts: 3, firstDelay: .seconds(2), longestDelay: .seconds(60)),
    recent: [RecentCall] = []
  ) {
    schedule = Schedule(
      Schedule.Configuration(concurrency: concurrency, requestsPerMinute: perMinute, retry: retry), recent: recent,
      now: Self.start)
  }

  var now: Schedule.Instant { Self.instant(seconds) }
  static func instant(_ seconds: Double) -> Schedule.Instant { start + .milliseconds(Int(seconds * 1000)) }

  mutating func gate() -> Schedule.Gate { schedule.gate(now: now) }
  mutating func paused() -> Set<String> { schedule.pausedModels(now: now).models }

  mutating func begin(_ model: String? = "m") { schedule.began(model: model, now: now) }

  mutating func finish(
    _ outcome: CallOutcome, _ model: String? = "m", attempt: Int = 1, serverErrors: Int? = nil, unknowns: Int = 1,
    accountRefusals: Int = 1, retriesUnknown: Bool = false
  ) -> Schedule.Verdict {
    schedule.finished(
      outcome, model: model, attempt: attempt, serverErrors: serverErrors, unknowns: unknowns,
      accountRefusals: accountRefusals, retriesUnknown: retriesUnknown, now: now,
      wallClock: Self.wallClock + Int(seconds), jitter: 1)
  }

  /// A call that begins and ends at once.
  @discardableResult
  mutating func call(
    _ outcome: CallOutcome, _ model: String? = "m", attempt: Int = 1, serverErrors: Int? = nil, unknowns: Int = 1,
    accountRefusals: Int = 1, retriesUnknown: Bool = false
  ) -> Schedule.Verdict {
    begin(model)
    return finish(
      outcome, model, attempt: attempt, serverErrors: serverErrors, unknowns: unknowns,
      accountRefusals: accountRefusals, retriesUnknown: retriesUnknown)
  }

  mutating func keyChecked(_ state: Schedule.AccountState, attempt: Int = 1) -> Schedule.Verdict {
    schedule.keyChecked(state, attempt: attempt, now: now, jitter: 1)
  }

  mutating func balanceChecked(_ state: Schedule.AccountState, wait: Double) -> Schedule.Verdict {
    schedule.balanceChecked(state, wait: .milliseconds(Int(wait * 1000)), attempt: 1, now: now, jitter: 1)
  }

  @discardableResult
  mutating func reopen() -> Bool { schedule.accountOpened(now: now) }
}
