import Processing
import Spool
import Workers

extension OpenPicture {
  /// A blob of a job's.
  convenience init(blob name: String, of job: String, in spool: SpoolDirectory) throws(SpoolError) {
    let reader = try spool.reader(job: job, name: name)
    self.init(descriptor: reader.descriptor, of: reader)
  }

  convenience init(_ bytes: [UInt8]) throws(ProcessingError) {
    try self.init(bytes.span)
  }
}

extension WorkerPool {
  /// What can be told of what may be no picture; `nil` where it is none.
  ///
  /// - Throws: `.interrupted`: whoever went on with such a picture would end further workers.
  func told<Value>(_ body: () throws(ProcessingError) -> Value) throws(ProcessingError) -> Value? {
    do throws(ProcessingError) {
      return try body()
    } catch {
      if case .interrupted = error { throw error }
      return nil
    }
  }
}
