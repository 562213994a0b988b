import Foundation

/// One piece of work, done by Darkroom and by what it is built on, in turns.
struct Comparison {
  enum Clock {
    /// Processor time of this thread: other work on the machine does not count.
    case processor
    /// What passes on a wall clock: waiting for the disk counts.
    case wall
  }

  let name: String
  var clock = Clock.processor
  /// Done before each, and not measured.
  var prepare: () -> Void = {}
  /// Which results pass as the same work.
  enum Agreement {
    case equal
    /// Ours has no more bytes than the other.
    case noLarger
  }

  var agreement = Agreement.equal
  /// Each returns the bytes of its result.
  let wrapped: () throws -> Int
  let bare: () throws -> Int

  struct Result {
    let name: String
    let bytes: (wrapped: Int, bare: Int)
    let wrapped: Duration
    let bare: Duration
    /// Of each round by itself: a slow second of the machine is in both of its parts.
    let ratio: Double
  }

  struct Disagreement: Error, CustomStringConvertible {
    let name: String
    let wrapped: Int
    let bare: Int
    var description: String { "\(name): Darkroom made \(wrapped) bytes, the other side \(bare)" }
  }

  /// Medians over rounds that fill `time`, at least eleven.
  func measure(for time: Duration) throws -> Result {
    prepare()
    let sizes = (try wrapped(), try bare())
    let agrees =
      switch agreement {
      case .equal: sizes.0 == sizes.1
      case .noLarger: sizes.0 <= sizes.1
      }
    guard agrees else { throw Disagreement(name: name, wrapped: sizes.0, bare: sizes.1) }
    var times: (wrapped: [Duration], bare: [Duration]) = ([], [])
    let start = ContinuousClock.now
    while times.bare.count < 11 || ContinuousClock.now - start < time {
      // Who goes first changes, so that neither always finds the other's caches.
      if times.bare.count.isMultiple(of: 2) {
        times.wrapped.append(try cost { _ = try wrapped() })
        times.bare.append(try cost { _ = try bare() })
      } else {
        times.bare.append(try cost { _ = try bare() })
        times.wrapped.append(try cost { _ = try wrapped() })
      }
    }
    let ratios = zip(times.wrapped, times.bare).map { $0 / $1 }
    return Result(
      name: name, bytes: sizes, wrapped: median(times.wrapped), bare: median(times.bare), ratio: median(ratios))
  }

  private func median<Value: Comparable>(_ values: [Value]) -> Value { values.sorted()[values.count / 2] }

  private func cost(_ work: () throws -> Void) rethrows -> Duration {
    prepare()
    switch clock {
    case .processor:
      let start = Self.threadTime()
      try work()
      return Self.threadTime() - start
    case .wall:
      return try ContinuousClock().measure(work)
    }
  }

  private static func threadTime() -> Duration {
    var time = timespec()
    // Writes the struct and nothing else; it fails for a clock that does not exist.
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
