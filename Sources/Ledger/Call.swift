import Money

/// One attempt at a call.
public struct Call: Hashable, Sendable {
  public let job: JobID
  /// Counts the job's calls from 1; attempts at one call share it, and the key.
  public let ordinal: Int
  /// From 1. A new attempt follows an outcome that was not charged.
  public let attempt: Int
  /// Which of the request's operations it carries out, from 1.
  public let step: Int
  /// Which of the images of the step before it works on, from 1; 1 in the first step. A requeued job may have several
  /// answers for one step and item: see ``JobLedger/answers(of:)``.
  public let item: Int
  public let endpoint: String
  public let model: String?
  public let state: State
  /// The HTTP status, where one came.
  public let status: Int?
  /// The service's own name for the response.
  public let responseID: String?
  /// Headers worth keeping, names in lower case.
  public let headers: [String: String]
  /// The blob that holds the raw response.
  public let body: String?
  public let started: Timestamp
  public let finished: Timestamp?
  /// The worst price, set aside when the call began.
  public let reserved: USD?
  /// What it did cost, where that is known.
  public let charged: USD?
  public let error: String?
  /// The job that made this call and paid for it, where that is another one: nothing was sent for this job.
  public let reused: JobID?

  public enum State: String, Hashable, Sendable, CaseIterable {
    /// Committed; whether a byte went out is not known yet.
    case intended
    /// The whole response is kept; charged.
    case responded
    /// Answered with an error; not charged.
    case refused
    /// Nothing went out; not charged.
    case notSent = "not-sent"
    /// May have been charged; no response was kept.
    case unknown
  }

  /// What is known about money: how much, and whether.
  public var charge: Charge {
    switch state {
    case .intended, .unknown: .unknown(reserved)
    case .responded: reused == nil ? .certain(charged) : .none
    case .refused, .notSent: .none
    }
  }

  /// The Idempotency-Key: job and ordinal. Attempts share it, for none before was charged; a call after one with an
  /// unknown outcome has another.
  public var key: String { "\(reused ?? job)-\(ordinal)" }
}

/// What a call cost.
public enum Charge: Hashable, Sendable {
  case none
  /// Charged; the amount where the service said so.
  case certain(USD?)
  /// Perhaps charged, at most that.
  case unknown(USD?)
}

/// How a call ended, and what becomes of its job.
public enum CallResult: Hashable, Sendable {
  /// The whole response is in the spool, synced: the job has responded.
  case responded(Response)
  /// Answered with an error, not charged.
  case refused(status: Int, headers: [String: String] = [:], error: String, then: AfterFailure)
  /// Nothing went out, not charged.
  case notSent(error: String, then: AfterFailure)
  /// May have been charged, and no response was kept: the job is held.
  case unknown(status: Int? = nil, headers: [String: String] = [:], error: String, hold: HoldReason = .unknownOutcome)

  public struct Response: Hashable, Sendable {
    public var status: Int
    public var responseID: String?
    public var headers: [String: String]
    /// The blob that holds it.
    public var body: String
    /// What it cost, where that is known, not negative; else the price set aside counts.
    public var charged: USD?

    public init(
      status: Int, responseID: String? = nil, headers: [String: String] = [:], body: String, charged: USD? = nil
    ) {
      self.status = status
      self.responseID = responseID
      self.headers = headers
      self.body = body
      self.charged = charged
    }
  }

  /// What becomes of a job whose call was not charged.
  public enum AfterFailure: Hashable, Sendable {
    case wait(WaitReason, until: Timestamp?)
    case fail
  }
}
