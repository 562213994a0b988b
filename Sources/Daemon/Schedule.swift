import ImageAPI
import Ledger

/// When paid calls may go out, and what their outcomes mean. Decisions only: no clock, no network, no disk.
///
/// Times are points of the monotonic clock, so that a jump of the wall clock neither hurries nor stalls anything.
struct Schedule: Sendable {
  typealias Instant = ContinuousClock.Instant

  struct Configuration: Sendable, Hashable {
    var concurrency: Int
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
    /// Nothing is called until the account is open again; the job keeps its turn.
    case waitForAccount(WaitReason)
    /// 401 means the key, or a model beyond the key's plan. A free request tells which.
    case checkKey
  }

  private let configuration: Configuration
  private(set) var active = 0
  /// Calls begun in the last minute, oldest first.
  private var begun: [Instant] = []
  private var keyPausedUntil: Instant?
  private var modelPausedUntil: [String: Instant] = [:]
  /// Why no call goes out at all; `nil` while the account is open.
  private(set) var closed: WaitReason?

  /// Calls of one operation that may each have been charged: even an owner who wants them repeated does not want more.
  static let mostUnknowns = 3

  /// The longest that a server's wish to wait is believed: clocks differ, and headers lie.
  static let longestPause = Duration.seconds(600)

  init(_ configuration: Configuration) {
    self.configuration = configuration
  }

  mutating func gate(now: Instant) -> Gate {
    if let closed { return .closed(closed) }
    if let until = keyPausedUntil, until > now { return .busy(until: until) }
    guard active < configuration.concurrency else { return .busy(until: nil) }
    begun.removeAll { $0 + .seconds(60) <= now }
    if begun.count >= configuration.requestsPerMinute, let oldest = begun.first {
      return .busy(until: oldest + .seconds(60))
    }
    return .open
  }

  /// Models that are at capacity, and when the first of them may be asked again.
  mutating func pausedModels(now: Instant) -> (models: Set<String>, until: Instant?) {
    modelPausedUntil = modelPausedUntil.filter { $0.value > now }
    return (Set(modelPausedUntil.keys), modelPausedUntil.values.min())
  }

  mutating func began(now: Instant) {
    active += 1
    begun.append(now)
  }

  /// - Parameters:
  ///   - attempt: of this call, 1 being the first.
  ///   - unknowns: calls of this operation whose outcome nobody knows, this one included.
  ///   - wallClock: seconds since 1970 by our clock; the rate headers speak of absolute times.
  ///   - jitter: 0 to 1.
  mutating func finished(
    _ outcome: CallOutcome, model: String?, attempt: Int, unknowns: Int = 1, retriesUnknown: Bool, now: Instant,
    wallClock: Int, jitter: Double
  ) -> Verdict {
    active -= 1
    switch outcome {
    case .response: return .responded
    case .notSent(.uploads): return .fail
    case .notSent(.connect), .notSent(.tls), .notSent(.timedOut), .notSent(.cancelled):
      // The network comes back, and nothing was spent: as often as it takes.
      return .retry(after: configuration.retry.delay(afterAttempt: attempt, jitter: jitter), reason: .network)
    case .unknown:
      guard retriesUnknown, unknowns < Self.mostUnknowns else { return .hold }
      return .retry(after: configuration.retry.delay(afterAttempt: unknowns, jitter: jitter), reason: .retry)
    case .refused(let refusal): return refused(refusal, model, attempt, now, wallClock, jitter)
    }
  }

  private mutating func refused(
    _ refusal: Refusal, _ model: String?, _ attempt: Int, _ now: Instant, _ wallClock: Int, _ jitter: Double
  ) -> Verdict {
    switch refusal.kind {
    case .badRequest, .notFound, .tooLarge, .unsupportedMediaType, .unprocessable, .otherClientError:
      return .fail
    case .unauthorized: return .checkKey
    case .paymentRequired:
      closed = .account
      return .waitForAccount(.account)
    case .forbidden:
      closed = .key
      return .waitForAccount(.key)
    case .rateLimited:
      let own = configuration.retry.delay(afterAttempt: attempt, jitter: jitter)
      let asked = Self.pause(refusal.head, wallClock: wallClock)
      let pause = asked ?? own
      if refusal.head.rateLimit != nil || asked != nil {
        keyPausedUntil = max(keyPausedUntil ?? now, now + pause)
        return .retry(after: pause, reason: .rate)
      }
      pauseModel(model, until: now + pause)
      return .retry(after: pause, reason: .capacity)
    case .inferenceFailed:
      return again(attempt: attempt, jitter: jitter, reason: .retry) ?? .fail
    case .overloaded:
      guard case .retry(let own, let reason)? = again(attempt: attempt, jitter: jitter, reason: .capacity) else {
        return .fail
      }
      let pause = max(own, Self.retryAfter(refusal.head, wallClock: wallClock) ?? .zero)
      return .retry(after: pause, reason: reason)
    }
  }

  /// What a free request tells of the key.
  enum KeyState {
    case works
    case refused
    /// The request did not get through.
    case unknown
  }

  /// What a 401 means, once a free request has been tried.
  mutating func keyChecked(_ state: KeyState, attempt: Int, jitter: Double) -> Verdict {
    switch state {
    case .works: return .fail
    case .unknown:
      return .retry(after: configuration.retry.delay(afterAttempt: attempt, jitter: jitter), reason: .network)
    case .refused:
      closed = .key
      return .waitForAccount(.key)
    }
  }

  mutating func accountOpened() {
    closed = nil
  }

  private func again(attempt: Int, jitter: Double, reason: WaitReason) -> Verdict? {
    guard attempt < configuration.retry.attempts else { return nil }
    return .retry(after: configuration.retry.delay(afterAttempt: attempt, jitter: jitter), reason: reason)
  }

  private mutating func pauseModel(_ model: String?, until: Instant) {
    modelPausedUntil[model ?? ""] = max(modelPausedUntil[model ?? ""] ?? until, until)
  }

  /// How long a server that limits the rate asks to wait; `nil` when it does not say. The absolute time of the rate
  /// headers is measured by the server's own `Date` where it sends one.
  static func pause(_ head: ResponseHead, wallClock: Int) -> Duration? {
    if let asked = retryAfter(head, wallClock: wallClock) { return asked }
    return head.rateLimit?.reset.map { believable($0 - (head.date ?? wallClock)) }
  }

  /// `Retry-After`, within bounds.
  private static func retryAfter(_ head: ResponseHead, wallClock: Int) -> Duration? {
    switch head.retryAfter {
    case .seconds(let seconds): believable(seconds)
    case .date(let date): believable(date - (head.date ?? wallClock))
    case nil: nil
    }
  }

  private static func believable(_ seconds: Int) -> Duration {
    min(max(.seconds(min(seconds, 1 << 30)), .seconds(1)), longestPause)
  }
}
