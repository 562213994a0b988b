import Dispatch

/// A thread of its own for an actor whose methods block on the disk, so that they keep no thread of the cooperative pool
/// waiting.
final class BlockingExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(name: String) {
    queue = DispatchQueue(label: name)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // Unowned references: the closure keeps this executor alive until the job has run.
    queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
