import CLinux
import Glibc
import Raster

/// Threads that work beside this one, and end before it goes on.
///
/// Plain threads, not Dispatch's or tasks: codecs keep a processor busy for as long as they run, and a worker process is
/// let make threads (pthread_create(3)) and little else.
enum Crew {
  /// Processors that this process may use; no more than ``most`` are counted.
  static let processors = min(max(Int(clinux_processors()), 1), most)

  /// Each thread takes some 72 MB of address space (its stack, and glibc's heap for it), of which it uses little.
  private static let most = 8

  /// Runs `work` on so many further threads while `body` runs on this one. Where the system has no more threads, on fewer.
  ///
  /// - Parameter work: has to end by itself once `body` has.
  static func run<R: ~Copyable, E: Error>(
    helpers: Int, work: @escaping @Sendable () -> Void, body: () throws(E) -> R
  ) throws(E) -> R {
    var threads: [pthread_t] = []
    defer {
      for thread in threads { pthread_join(thread, nil) }
    }
    for _ in 0..<helpers {
      let task = unsafe Unmanaged.passRetained(Task(work))
      var thread = pthread_t()
      // The thread takes the reference over; where there is no thread, it is given back here.
      let failure = unsafe pthread_create(&thread, nil, enter, task.toOpaque())
      guard failure == 0 else {
        unsafe task.release()
        break
      }
      threads.append(thread)
    }
    return try body()
  }

  /// Among so many threads, the one that shares its work among them.
  static func sharing(among threads: Int) -> Sharing {
    Sharing(threads: threads) { count, work in
      let numbers = Monitor(0)
      let share: @Sendable () -> Void = {
        work {
          numbers.change { number in
            defer { number += 1 }
            return number < count ? number : nil
          }
        }
      }
      run(helpers: max(min(threads, count) - 1, 0), work: share) { share() }
    }
  }

  /// Where a thread begins.
  private static let enter: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { task in
    // `run` made it of a task, and of nothing else.
    if let task = unsafe task { unsafe Unmanaged<Task>.fromOpaque(task).takeRetainedValue().work() }
    return nil
  }

  private final class Task: Sendable {
    let work: @Sendable () -> Void

    init(_ work: @escaping @Sendable () -> Void) {
      self.work = work
    }
  }
}
