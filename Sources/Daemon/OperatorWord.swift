import Ledger

/// What an operator says about a job.
public enum OperatorWord: String, Sendable, Hashable, CaseIterable {
  /// No call goes out until it is released.
  case hold
  /// Held no longer: it is called, be it again.
  case release
  /// A failed job goes on where it stood.
  case requeue
  /// The pipeline again, from what is kept, at no cost.
  case reprocess
  /// It ends here.
  case cancel

  /// Where a job may stand for the word to do something; a selection takes no others.
  public var states: Set<JobState> {
    switch self {
    case .hold: [.queued]
    case .release: [.held]
    case .requeue: [.failed]
    case .reprocess: [.failed, .published]
    case .cancel: [.queued, .held]
    }
  }
}

/// What a word would come to, told before anything is done.
enum OperatorVerdict: Hashable, Sendable {
  /// - Parameter mayPayTwice: for something that may have been charged already.
  case possible(String, mayPayTwice: Bool = false)
  /// It is so already.
  case needless(String)
  case impossible(String)
}

/// What a word came to.
struct OperatorOutcome: Hashable, Sendable {
  enum Kind: String, Hashable, Sendable {
    case done
    /// It was so before.
    case unchanged
    case refused
    /// Nothing was done yet: it may be charged twice, and nobody has said yes.
    case unconfirmed
  }

  var job: JobID
  var kind: Kind
  var words: String
}
