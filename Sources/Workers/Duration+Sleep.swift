import Glibc

extension Duration {
  /// Lets the calling thread wait so long.
  func sleep() {
    let end = ContinuousClock.now + self
    while true {
      let (seconds, attoseconds) = (end - .now).components
      guard seconds >= 0, attoseconds >= 0, (seconds, attoseconds) != (0, 0) else { return }
      var rest = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
      // The kernel reads the time during the call; a signal may end it early.
      unsafe nanosleep(&rest, nil)
    }
  }
}
