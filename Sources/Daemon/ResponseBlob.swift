import ImageAPI
import Spool
import Synchronization

/// A response on its way into the spool, piece by piece.
final class ResponseBlob: ResponseSink {
  private let writer: Mutex<BlobWriter?>
  private let disk: BlockingWork

  /// Opens the file: what cannot be kept is better known before a call is paid for.
  init(in spool: SpoolDirectory, job: String, name: String, disk: BlockingWork) throws(SpoolError) {
    writer = Mutex(try spool.beginBlob(job: job, name: name))
    self.disk = disk
  }

  func write(_ bytes: [UInt8]) async throws {
    try await disk.run { () throws(SpoolError) in try self.append(bytes) }
  }

  private func append(_ bytes: [UInt8]) throws(SpoolError) {
    try writer.withLock { writer throws(SpoolError) in try writer?.append(bytes.span) }
  }

  /// Makes what was written durable under its name.
  ///
  /// - Returns: its length in bytes.
  func finish() async throws(SpoolError) -> Int {
    try await disk.run { () throws(SpoolError) in
      guard let writer = self.writer.withLock({ $0.take() }) else { return 0 }
      return try writer.finish()
    }
  }

  /// Throws away what was written.
  func discard() {
    writer.withLock { $0 = nil }
  }
}
