/// What follows a publication: one thing to be done, at least once.
public struct Delivery: Hashable, Sendable {
  public let job: JobID
  /// Counts the job's deliveries from 1, over all its publications.
  public let number: Int
  /// The idempotency key: all attempts share it, and no other delivery has it.
  public let key: String
  public let kind: Kind
  /// A JSON array of arguments, or a URL.
  public let target: String
  public let state: State
  /// Those that were begun, the one under way included.
  public let attempts: Int
  /// How long was waited between attempts, in all.
  public let waited: Duration
  /// When the next attempt is due, by the clock that deliveries go by; nil while a command of the job comes first, and
  /// when there is none any more.
  public let due: Timestamp?
  public let created: Timestamp
  /// Of the last attempt.
  public let started: Timestamp?
  /// When it was delivered or given up.
  public let finished: Timestamp?
  /// What the last attempt that failed came to.
  public let error: String?

  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A command on this machine. What follows it in its job waits until it is done or given up.
    case run
    /// A message to a server. Nobody waits for it.
    case webhook
  }

  public enum State: String, Hashable, Sendable, CaseIterable {
    case pending
    case delivered
    /// Attempted for as long as it was worth it, or refused for good.
    case givenUp = "given-up"
  }
}

/// A delivery that is to be made once its job is published.
public struct NewDelivery: Hashable, Sendable {
  public var key: String
  public var kind: Delivery.Kind
  public var target: String
  /// What is sent; forgotten when it is no longer needed.
  public var body: String?

  public init(key: String, kind: Delivery.Kind, target: String, body: String? = nil) {
    self.key = key
    self.kind = kind
    self.target = target
    self.body = body
  }
}

/// How an attempt at a delivery ended.
public enum DeliveryResult: Hashable, Sendable {
  case delivered
  /// Attempted again at `due`, which is `delay` from now.
  case deferred(until: Timestamp, delay: Duration, error: String)
  /// Broken off for a reason of this side's, which counts for nothing: due as soon as somebody looks.
  case interrupted(due: Timestamp)
  case givenUp(error: String)
}
