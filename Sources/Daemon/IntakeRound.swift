import Spool

/// A look through the inbox, or through one of its folders, in small steps: first it is walked through, then what was
/// found is handed out in the order of arrival. While it goes on, what the watch tells of is taken in between.
struct IntakeRound {
  /// `nil` for the whole inbox.
  let folder: String?
  /// What was reported before may be mended: it is tried again.
  let isAfresh: Bool
  let number: Int

  private let walk: InboxWalk
  private var arrivals = Arrivals()
  private var isWalking = true
  private var isWalked = false
  private var told = 0

  /// Between two steps of this size other things have their turn.
  private static let step = 2048

  init(_ inbox: Inbox, folder: String?, isAfresh: Bool, number: Int) throws(SpoolError) {
    walk = try InboxWalk(inbox, below: folder)
    self.folder = folder
    self.isAfresh = isAfresh
    self.number = number
  }

  /// Walks on, if it walks.
  ///
  /// - Parameter isWanted: whether a file is handed out later; what is told now is remembered.
  /// - Returns: whether there may be files to hand out now.
  mutating func walkOn(where isWanted: (Candidate) -> Bool) -> Bool {
    guard isWalking else { return true }
    for _ in 0..<Self.step {
      guard let candidate = walk.next() else {
        isWalked = true
        break
      }
      if isWanted(candidate) { arrivals.append(candidate.relativePath, arrived: candidate.changed) }
    }
    guard isWalked || arrivals.isFull else { return false }
    isWalking = false
    arrivals.sort()
    return true
  }

  /// The file that arrived next; nil when there is none for now.
  mutating func next() -> String? {
    if let path = arrivals.next() { return path }
    if !isWalking, !isWalked {
      // The list was full: on with the walk.
      arrivals = Arrivals()
      isWalking = true
    }
    return nil
  }

  var isOver: Bool { isWalked && arrivals.isEmpty }

  /// What could not be looked at, once each.
  mutating func newObstacles() -> ArraySlice<SpoolError> {
    defer { told = walk.obstacles.count }
    return walk.obstacles[told...]
  }
}
