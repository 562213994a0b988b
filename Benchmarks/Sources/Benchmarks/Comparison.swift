import Foundation

/// One piece of work, done by Darkroom's codec and by the bare library, in turns.
struct Comparison {
  let name: String
  /// Each returns the bytes of its result, which must be as many.
  let wrapped: () throws -> Int
  let bare: () -> Int

  struct Result {
    let name: String
    let wrapped: Duration
    let bare: Duration
    var ratio: Double { wrapped / bare }
  }

  struct Disagreement: Error, CustomStringConvertible {
    let name: String
    let wrapped: Int
    let bare: Int
    var description: String {
      "\(name): the codec made \(wrapped) bytes, the library \(bare): they did not do the same"
    }
  }

  /// Medians over rounds that fill `time`, at least eleven.
  func measure(for time: Duration) throws -> Result {
    let sizes = (try wrapped(), bare())
    guard sizes.0 == sizes.1 else { throw Disagreement(name: name, wrapped: sizes.0, bare: sizes.1) }
    var times: (wrapped: [Duration], bare: [Duration]) = ([], [])
    let start = ContinuousClock.now
    while times.bare.count < 11 || ContinuousClock.now - start < time {
      // Who goes first changes, so that neither always finds the other's caches.
      if times.bare.count.isMultiple(of: 2) {
        times.wrapped.append(try cost { _ = try wrapped() })
        times.bare.append(cost { _ = bare() })
      } else {
        times.bare.append(cost { _ = bare() })
        times.wrapped.append(try cost { _ = try wrapped() })
      }
    }
    return Result(name: name, wrapped: median(times.wrapped), bare: median(times.bare))
  }

  private func median(_ times: [Duration]) -> Duration { times.sorted()[times.count / 2] }

  /// Processor time of this thread: other work on the machine does not count.
  private func cost(_ work: () throws -> Void) rethrows -> Duration {
    let start = Self.threadTime()
    try work()
    return Self.threadTime() - start
  }

  private static func threadTime() -> Duration {
    var time = timespec()
    // Writes the struct and nothing else; it fails for a clock that does not exist.
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
