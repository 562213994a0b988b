import Ledger

extension Timestamp {
  /// Now by a clock that never jumps: what the wall clock said when the process first asked, and the time that has
  /// passed since. What is due by it comes when its delay is over, whoever sets the wall clock meanwhile.
  static func steady() -> Timestamp { start.wall + (ContinuousClock.now - start.instant) }

  private static let start = (wall: Timestamp.now(), instant: ContinuousClock.now)
}
