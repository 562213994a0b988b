import Ledger

/// Whether the account has money and the key is accepted, and how often to ask whether they are again.
struct AccountGate: Sendable {
  /// The interval between two questions grows no longer than this.
  static let longestCheckInterval = Duration.seconds(3600)

  private var isEmpty = false
  private var isKeyRefused = false
  /// Opened, and no call has succeeded since.
  private(set) var isOnProbation = false
  /// How many times in a row it was closed without a success since it had been opened.
  private var relapses = 0

  /// `nil` while it is open. The key comes first: without it nobody can ask for the balance.
  var closed: WaitReason? {
    if isKeyRefused { return .key }
    return isEmpty ? .account : nil
  }

  /// - Returns: whether it was not closed for want of money already.
  mutating func closeForWantOfMoney() -> Bool {
    defer { isEmpty = true }
    noteRelapse()
    return !isEmpty
  }

  /// - Returns: whether the key was not known to be refused already.
  mutating func closeForKey() -> Bool {
    defer { isKeyRefused = true }
    noteRelapse()
    return !isKeyRefused
  }

  /// What ``closed`` names is over.
  ///
  /// - Returns: whether it is open now. It is not when the account was empty as well as the key refused.
  mutating func open() -> Bool {
    if isKeyRefused { isKeyRefused = false } else { isEmpty = false }
    isOnProbation = closed == nil
    return isOnProbation
  }

  mutating func callSucceeded() {
    isOnProbation = false
    relapses = 0
  }

  /// How long to wait before asking again: doubled for each relapse, up to an hour.
  func checkInterval(_ usual: Duration) -> Duration {
    var interval = usual
    for _ in 0..<relapses where interval < Self.longestCheckInterval {
      interval = min(interval * 2, Self.longestCheckInterval)
    }
    return interval
  }

  private mutating func noteRelapse() {
    if isOnProbation { relapses += 1 }
    isOnProbation = false
  }
}
