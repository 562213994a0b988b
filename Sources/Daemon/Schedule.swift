import ImageAPI
import Ledger

/// When paid calls may go out, and what their outcomes mean. Decisions only: no clock, no network, no disk, no chance.
///
/// Times are points of the monotonic clock, so that a jump of the wall clock neither hurries nor stalls anything. One
/// schedule stands for one key.
struct Schedule: Sendable {
  typealias Instant = ContinuousClock.Instant

  struct Configuration: Sendable, Hashable {
    /// Calls in flight at once; at least 1.
    var concurrency: Int
    /// Calls begun in any minute; at least 1.
    var requestsPerMinute: Int
    var retry: RetryPolicy
  }

  /// Whether any call may go out now.
  enum Gate: Hashable {
    case open
    /// `until` is `nil` when no time will open it: a running call has to end first.
    case busy(until: Instant?)
    /// Until the account is open again.
    case closed(WaitReason)
  }

  /// What becomes of a job after a call.
  enum Verdict: Hashable {
    /// The answer is kept: on with it.
    case responded
    case retry(after: Duration, reason: WaitReason)
    case fail
    case hold
    /// Nothing is called until the account is open again; the job keeps its turn. `isNew` tells the first call that
    /// found it so: its news is worth an alert.
    case waitForAccount(WaitReason, isNew: Bool)
    /// The key is at fault, or this call alone: a model beyond the key's plan. A free request tells which:
    /// ``keyChecked(_:attempt:now:jitter:)``.
    case checkKey
    /// The account is empty, or this call alone is dearer than what is left. A free request tells which:
    /// ``balanceChecked(_:wait:attempt:now:jitter:)``; in the second case the call waits by itself.
    case checkBalance(wait: Duration)
  }

  /// Calls of one operation that may each have been charged: even an owner who wants them repeated does not want more.
  static let mostUnknowns = 3

  /// The vendor blocks a key for half a minute after 20 failed requests in half a minute. A call begins only while
  /// failures of that time and calls in flight, which may all fail, are fewer than this together; so no half minute
  /// sees more failures.
  static let failureRoom = 12

  /// The same for free requests, which are few: there is always room for one beside calls, however many of these fail.
  static let queryRoom = 14

  /// A call that is dearer than what is left waits no longer than this before it is tried again.
  static let longestLoneWait = Duration.seconds(3600)

  private let configuration: Configuration
  private(set) var active = 0
  private var begun = SlidingWindow(.seconds(60))
  private var failures = SlidingWindow(.seconds(30))
  private var keyPausedUntil: Instant?
  /// A minute, as the server's headers say; the last word counts.
  private var serverLimit: Int?
  private var breakers: [String: Breaker] = [:]
  private var account = AccountGate()
  private var isCheckingAccount = false
  private var queries = 0

  /// - Parameter recent: calls of the last minute, of before a restart; the server still counts them.
  init(_ configuration: Configuration, recent: [RecentCall] = [], now: Instant) {
    self.configuration = configuration
    for call in recent {
      // An age below zero comes of a clock that was set back.
      begun.add(now - max(call.started, .zero))
      if call.failed { failures.add(now - max(call.finished ?? .zero, .zero)) }
    }
  }

  // MARK: Before a call

  mutating func gate(now: Instant) -> Gate {
    if let closed { return .closed(closed) }
    if let until = keyPausedUntil, until > now { return .busy(until: until) }
    guard active < configuration.concurrency else { return .busy(until: nil) }
    guard hasFailureRoom(now: now) else { return .busy(until: failures.time(below: Self.failureRoom - underWay)) }
    let limit = min(configuration.requestsPerMinute, serverLimit ?? .max)
    guard begun.count(now: now) < limit else { return .busy(until: begun.time(below: limit)) }
    return .open
  }

  /// Models that may not be called, and when the first of them may; `nil` when none is, or a running call has to end
  /// first. The empty name stands for calls without a model.
  mutating func pausedModels(now: Instant) -> (models: Set<String>, until: Instant?) {
    breakers = breakers.filter { !$0.value.isForgettable(now: now) }
    let paused = breakers.filter { $0.value.isPaused(now: now) }
    return (Set(paused.keys), paused.values.compactMap { $0.pausedUntil(now: now) }.min())
  }

  /// A call goes out: the gate was open, and its model not paused.
  mutating func began(model: String?, now: Instant) {
    active += 1
    begun.add(now)
    breakers[model ?? "", default: Breaker()].began()
  }

  /// Requests that may yet fail: paid calls, the free one that tells what a refusal means, and the other free ones.
  private var underWay: Int { active + (isCheckingAccount ? 1 : 0) + queries }

  private mutating func hasFailureRoom(now: Instant) -> Bool {
    failures.count(now: now) + underWay < Self.failureRoom
  }

  // MARK: Free requests

  /// A free request goes out: the catalogue, or the question whether the account is open again.
  ///
  /// - Returns: `false` when it could be a failure too many; then it has to wait.
  mutating func queryBegan(now: Instant) -> Bool {
    guard failures.count(now: now) + underWay < Self.queryRoom else { return false }
    queries += 1
    return true
  }

  /// Due after every ``queryBegan(now:)`` that was let go.
  mutating func queryEnded(isFailure: Bool, now: Instant) {
    queries -= 1
    if isFailure { failures.add(now) }
  }

  // MARK: After a call

  /// - Parameters:
  ///   - attempt: of this call, 1 being the first.
  ///   - serverErrors: answers of 500 and 503 to this call, this one included. `nil`: every attempt counts as one, also
  ///     those that never went out.
  ///   - unknowns: calls of this operation whose outcome nobody knows, this one included.
  ///   - accountRefusals: answers of 402 and 403 to this call, this one included.
  ///   - wallClock: seconds since 1970 by our clock; headers speak of absolute times.
  ///   - jitter: 0 to 1.
  mutating func finished(
    _ outcome: CallOutcome, model: String?, attempt: Int, serverErrors: Int? = nil, unknowns: Int = 1,
    accountRefusals: Int = 1, retriesUnknown: Bool, now: Instant, wallClock: Int, jitter: Double
  ) -> Verdict {
    active -= 1
    var news = Breaker.News.none
    defer { breakers[model ?? ""]?.ended(news, now: now) }
    switch outcome {
    case .response(let head):
      news = .good
      account.callSucceeded()
      noteRate(head, now: now, wallClock: wallClock)
      return .responded
    case .notSent(.uploads): return .fail
    case .notSent(.connect), .notSent(.tls), .notSent(.timedOut), .notSent(.cancelled):
      // The network comes back, and nothing was spent: as often as it takes.
      return .retry(after: delay(attempt, jitter), reason: .network)
    case .unknown:
      failures.add(now)
      guard retriesUnknown, unknowns < Self.mostUnknowns else { return .hold }
      return .retry(after: delay(unknowns, jitter), reason: .retry)
    case .refused(let refusal):
      failures.add(now)
      noteRate(refusal.head, now: now, wallClock: wallClock)
      let own = delay(attempt, jitter)
      switch refusal.kind {
      case .badRequest, .notFound, .tooLarge, .unsupportedMediaType, .unprocessable, .otherClientError:
        return .fail
      case .unauthorized: return unauthorized(own, now: now)
      case .paymentRequired:
        guard isDoubted(accountRefusals) else {
          return .waitForAccount(.account, isNew: account.closeForWantOfMoney())
        }
        return unpaid(accountRefusals, own, now: now)
      case .forbidden:
        guard isDoubted(accountRefusals) else { return .waitForAccount(.key, isNew: account.closeForKey()) }
        return unauthorized(own, now: now)
      case .rateLimited:
        let asked = refusal.head.ratePause(wallClock: wallClock)
        let pause = asked ?? own
        if asked != nil || refusal.head.rateLimit != nil {
          pauseKey(until: now + pause)
          return .retry(after: pause, reason: .rate)
        }
        // "Model overloaded": others may be well.
        news = .bad(pause: pause)
        return .retry(after: pause, reason: .capacity)
      case .inferenceFailed, .overloaded:
        news = .bad(pause: nil)
        guard (serverErrors ?? attempt) < configuration.retry.attempts else { return .fail }
        let pause = max(own, refusal.head.retryPause(wallClock: wallClock) ?? .zero)
        return .retry(after: pause, reason: refusal.kind == .overloaded ? .capacity : .retry)
      }
    }
  }

  private func delay(_ attempt: Int, _ jitter: Double) -> Duration {
    configuration.retry.delay(afterAttempt: attempt, jitter: jitter)
  }

  /// What an answer says of the key's rate, whatever else it says.
  private mutating func noteRate(_ head: ResponseHead, now: Instant, wallClock: Int) {
    guard let rate = head.rateLimit else { return }
    if let limit = rate.limit { serverLimit = max(limit, 1) }
    guard let remaining = rate.remaining, remaining <= 0 else { return }
    // The limit is one of a minute; without a word on its end, it ends within one.
    pauseKey(until: now + (head.ratePause(wallClock: wallClock) ?? begun.length))
  }

  private mutating func pauseKey(until time: Instant) {
    keyPausedUntil = max(keyPausedUntil ?? time, time)
  }

  // MARK: The account

  /// Why no call goes out at all; `nil` while the account is open.
  var closed: WaitReason? { account.closed }

  /// What a free request tells of the key, or of the balance.
  enum AccountState {
    case works
    case refused
    /// The request did not get through.
    case unknown
  }

  /// Whether a 402 or 403 may be this call's own fault. The first of them closes the account, and a free request opens
  /// it again; what is refused after that would close it for ever, and no other call would have its turn.
  private func isDoubted(_ accountRefusals: Int) -> Bool { accountRefusals > 1 || account.isOnProbation }

  /// One question at a time, and none that could be a failure too many: whoever may not ask tries again later.
  private mutating func unauthorized(_ own: Duration, now: Instant) -> Verdict {
    if closed == .key { return .waitForAccount(.key, isNew: false) }
    guard !isCheckingAccount, hasFailureRoom(now: now) else { return .retry(after: own, reason: .key) }
    isCheckingAccount = true
    return .checkKey
  }

  private mutating func unpaid(_ accountRefusals: Int, _ own: Duration, now: Instant) -> Verdict {
    if let closed { return .waitForAccount(closed, isNew: false) }
    guard !isCheckingAccount, hasFailureRoom(now: now) else { return .retry(after: own, reason: .account) }
    isCheckingAccount = true
    var wait = configuration.retry.longestDelay
    for _ in 2..<max(accountRefusals, 2) where wait < Self.longestLoneWait {
      wait = min(wait * 2, Self.longestLoneWait)
    }
    return .checkBalance(wait: wait)
  }

  /// What a 401 or 403 means, once a free request has been tried. Due after every ``Verdict/checkKey``.
  mutating func keyChecked(_ state: AccountState, attempt: Int, now: Instant, jitter: Double) -> Verdict {
    isCheckingAccount = false
    switch state {
    case .works: return .fail
    case .unknown:
      failures.add(now)
      return .retry(after: delay(attempt, jitter), reason: .network)
    case .refused:
      failures.add(now)
      return .waitForAccount(.key, isNew: account.closeForKey())
    }
  }

  /// What a 402 means, once a free request has been tried. Due after every ``Verdict/checkBalance(wait:)``.
  ///
  /// - Parameter wait: the verdict's.
  mutating func balanceChecked(
    _ state: AccountState, wait: Duration, attempt: Int, now: Instant, jitter: Double
  ) -> Verdict {
    isCheckingAccount = false
    switch state {
    // Cheaper calls go first meanwhile.
    case .works: return .retry(after: wait, reason: .account)
    case .unknown:
      failures.add(now)
      return .retry(after: delay(attempt, jitter), reason: .network)
    case .refused: return .waitForAccount(.account, isNew: account.closeForWantOfMoney())
    }
  }

  /// What ``closed`` names is over.
  ///
  /// - Returns: whether calls may go out again. They may not when the key was refused and the account is empty too.
  @discardableResult
  mutating func accountOpened(now: Instant) -> Bool {
    account.open()
  }

  /// How long to wait before asking whether the account is open again: doubled each time that it closed anew without a
  /// success since it had opened, up to an hour.
  ///
  /// - Parameter usual: at least some seconds, since a question that is refused counts as a failed request.
  func accountCheck(after usual: Duration) -> Duration {
    account.checkInterval(usual)
  }
}
