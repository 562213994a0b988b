/// Where a job stands.
public enum JobState: String, Sendable, Hashable, CaseIterable {
  /// Waits for its turn, or for a time (``Job/wait``).
  case queued
  /// A call's intent is committed; a byte may be on its way.
  case calling
  /// The call it is at is answered, and the answer kept: the next call is due, or the processing of all answers.
  case responded
  /// Its directory is in place.
  case published
  /// Ended for good; what was paid for is kept.
  case failed
  /// Someone has to look (``Job/hold``).
  case held
}

/// Why a job waits, although it is its turn.
public enum WaitReason: String, Sendable, Hashable, CaseIterable {
  /// The key's rate limit.
  case rate
  /// The day's budget is spent.
  case budget
  /// The account is empty.
  case account
  /// The key is refused.
  case key
  /// The model is overloaded.
  case capacity
  /// The service cannot be reached.
  case network
  /// The service reported an error of its own; tried again later.
  case retry
  /// The disk is full.
  case room
  /// Another job is on its way to the same place, which this one is to replace.
  case place
  /// Its call was refused for good, and the report of that is being written. What is found so at a start was cut short.
  case refusal
}

/// Why a job is held.
public enum HoldReason: String, Sendable, Hashable, CaseIterable {
  /// A call may have been charged, and no response was kept.
  case unknownOutcome = "unknown-outcome"
  /// A response came, and could not be kept.
  case responseLost = "response-lost"
  /// Someone said so.
  case `operator`
}

/// Which calls a failed job makes when it is requeued.
public enum RequeuedCalls: Hashable, Sendable {
  /// Those without an answer: nothing that was answered is paid again.
  case missing
  /// Every call again, also those that were paid. `model` is that of the first; nil for a job without calls.
  case all(model: String?)
}

/// What happens when something lies at a job's place already.
public enum CollisionRule: String, Sendable, Hashable, CaseIterable {
  case fail
  /// `canal-2`, `canal-3`, …
  case suffix
  /// The new directory takes the old one's place.
  case replace
}
