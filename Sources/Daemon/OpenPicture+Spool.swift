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
