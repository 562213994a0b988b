/// An accepted request, as the ledger knows it.
public struct Job: Hashable, Sendable {
  public let id: JobID
  public let name: String
  /// The folder beneath the output tree; empty for its root.
  public let output: String
  /// Where its directory goes, beneath the output tree; settled when the job was accepted.
  public let place: String
  public let pipeline: String
  /// -100 to 100, higher first.
  public let priority: Int
  public let labels: [String: String]
  /// The request's path in the inbox.
  public let source: String
  /// Which version of the request's file was claimed, as the claimer writes it.
  public let sourceIdentity: String
  public let collision: CollisionRule
  /// The model of the next call; nil for a job without calls.
  public let model: String?
  /// Which of the request's operations is next or under way, from 1.
  public let step: Int
  /// Which of the images of the step before it works on, from 1; 1 in the first step.
  public let item: Int
  public let state: JobState
  /// Why and how long a queued or responded job waits.
  public let wait: Wait?
  /// Why a held job is held.
  public let hold: HoldReason?
  public let received: Timestamp
  /// When the state was entered.
  public let since: Timestamp
  public let published: Timestamp?
  /// What happened last, if something did: JSON or words, as it was given.
  public let error: String?
  /// When its blobs were given up; nil while they are kept.
  public let emptied: Timestamp?

  public struct Wait: Hashable, Sendable {
    public let reason: WaitReason
    /// Nil: until someone says that the reason is gone (``JobLedger/resume(_:)``).
    public let until: Timestamp?

    public init(reason: WaitReason, until: Timestamp?) {
      self.reason = reason
      self.until = until
    }
  }
}

/// A request that is to become a job.
public struct NewJob: Hashable, Sendable {
  public var id: JobID
  public var name: String
  public var output: String
  public var pipeline: String
  public var priority: Int
  public var labels: [String: String]
  public var source: String
  public var sourceIdentity: String
  public var collision: CollisionRule
  public var model: String?
  /// A job without calls has responded as soon as it is one.
  public var makesCalls: Bool
  /// What the job asks of the API, and on which pictures, as a digest; `nil` for a job without calls.
  public var fingerprint: String?
  /// Answers to the same calls that another job has paid for, all of them, in their order; with any, the job is accepted
  /// as one that has responded. Their blobs are in the job's folder, under the same names.
  public var answers: [Call]
  public var received: Timestamp
  /// As it was dropped; `nil` for one that is a picture, which is kept as a blob.
  public var request: [UInt8]?
  /// What the job was accepted to do, for whoever carries it out.
  public var work: [UInt8]

  /// See ``Job`` for the fields. The place is `output/name`.
  public init(
    id: JobID, name: String, output: String = "", pipeline: String, priority: Int = 0, labels: [String: String] = [:],
    source: String, sourceIdentity: String, collision: CollisionRule = .fail, model: String? = nil,
    makesCalls: Bool = true, fingerprint: String? = nil, answers: [Call] = [], received: Timestamp,
    request: [UInt8]? = nil, work: [UInt8] = []
  ) {
    self.id = id
    self.name = name
    self.output = output
    self.pipeline = pipeline
    self.priority = priority
    self.labels = labels
    self.source = source
    self.sourceIdentity = sourceIdentity
    self.collision = collision
    self.model = model
    self.makesCalls = makesCalls
    self.fingerprint = fingerprint
    self.answers = answers
    self.received = received
    self.request = request
    self.work = work
  }

  /// The place it asks for.
  public var place: String { output.isEmpty ? name : "\(output)/\(name)" }
}

/// What became of a request that asked to be accepted.
public enum Acceptance: Hashable, Sendable {
  /// It is a job, and its place is its own.
  case accepted(Job)
  /// Nothing was recorded: the place is not to be had under the request's collision rule.
  case collision(Collision)
}

/// Why a place is not to be had.
public struct Collision: Hashable, Sendable {
  /// The place that was asked for.
  public let place: String
  /// What is in the way: the same place, one above it or one beneath it.
  public let obstacle: String
  /// Whose that is; nil for a directory that no job made.
  public let job: JobID?

  public init(place: String, obstacle: String, job: JobID?) {
    self.place = place
    self.obstacle = obstacle
    self.job = job
  }
}

extension Collision: CustomStringConvertible {
  public var description: String {
    let owner = job.map { "job \($0)" } ?? "a directory that no job made"
    if obstacle == place { return "the place \(place) belongs to \(owner)" }
    return "the place \(place) and \(obstacle), which belongs to \(owner), would lie in one another"
  }
}
