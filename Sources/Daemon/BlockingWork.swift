import Foundation

/// Threads for work that blocks: codecs, and the disk's fsync. The cooperative pool has as many threads as the machine
/// has cores, and one that waits for a disk there is one that answers nobody.
final class BlockingWork: Sendable {
  private let queue: OperationQueue

  /// - Parameter threads: how many pieces of work run at once; at least 1.
  init(name: String, threads: Int) {
    queue = OperationQueue()
    queue.name = name
    queue.maxConcurrentOperationCount = max(threads, 1)
  }

  /// Runs `body` on one of the threads and returns what it returns or throws. Work that has begun is not interrupted by
  /// cancellation: half a durable write helps nobody.
  func run<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      queue.addOperation {
        continuation.resume(returning: Result(catching: body))
      }
    }
    return try result.get()
  }
}
