import Spool

/// Whether there is room for what a call brings, asked before it is paid for.
///
/// What calls under way may still write counts as taken. When room is short no call begins until it is looked at again;
/// what was paid for before is tried again meanwhile.
struct RoomGate: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// How soon room that came back is noticed.
  static let checkInterval = Duration.seconds(2)
  /// Kept free beyond what calls need: requests that come in, and the ledger.
  static let margin: Int64 = 2 << 20

  /// `nil` while there is room.
  private var shortSince: Instant?
  private var closedUntil: Instant?
  /// Bytes that calls under way may still write.
  private var taken: Int64 = 0

  /// An upper bound of what a call writes to one file system, in bytes: its answer in base64, the pictures cut from it,
  /// and the outputs, none of them larger than four bytes a pixel.
  ///
  /// - Parameter pixels: of one picture of the answer; 4 million when nobody knows.
  static func need(pixels: Int?, pictures: Int) -> Int64 {
    let raw = Int64(pixels ?? 4_000_000) * 4 * Int64(pictures)
    return raw * 4 / 3 + 2 * raw
  }

  /// Whether room has been short for so long.
  func isShort(for duration: Duration = .zero, now: Instant) -> Bool {
    shortSince.map { $0 + duration <= now } ?? false
  }

  func closedUntil(now: Instant) -> Instant? {
    closedUntil.flatMap { $0 > now ? $0 : nil }
  }

  /// - Returns: what is too small; `nil` when there is room.
  func shortage(of need: Int64, in trees: Trees) throws(SpoolError) -> SpoolError? {
    let needed = need + taken + Self.margin
    for (path, free) in [
      (trees.spool.path, try trees.spool.freeRoom()), (trees.output.path, try trees.output.freeRoom()),
    ] {
      if free.bytes < needed || free.files.map({ $0 < 64 }) ?? false {
        return .noRoom(path: path, needed: needed, free: free.bytes)
      }
    }
    return nil
  }

  /// - Returns: whether that is news.
  mutating func close(now: Instant) -> Bool {
    closedUntil = now + Self.checkInterval
    defer { shortSince = shortSince ?? now }
    return shortSince == nil
  }

  /// Something was written that is the size of a job.
  ///
  /// - Returns: whether that is news.
  mutating func open() -> Bool {
    defer { shortSince = nil }
    return shortSince != nil
  }

  /// A call begins.
  mutating func take(_ need: Int64) { taken += need }

  /// A call's task has ended; what it wrote is there to be seen.
  mutating func giveBack(_ need: Int64) { taken -= need }
}
