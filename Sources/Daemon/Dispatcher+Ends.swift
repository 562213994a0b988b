import Ledger
import Spool

/// How a job ends.
extension Dispatcher {
  func publish(_ job: Job, _ work: AcceptedWork) async throws {
    let id = job.id.description
    let publisher = self.publisher
    switch try await workers.run({ () throws(any Error) in try publisher.publish(job, work) }) {
    case .published(let place, let files, let warnings):
      observe(.published(job: id, place: place, files: files, warnings: warnings))
      if room.open() { observe(.roomAgain) }
    case .noRoom(let error): try wait(job, for: error)
    case .failed(let report): try fail(job, report)
    }
  }

  /// Without room for the report the job waits.
  func fail(_ job: Job, _ report: ErrorReport) throws {
    do {
      try tell(job, report)
    } catch let error as SpoolError where error.isOutOfRoom {
      try wait(job, for: error)
    }
  }

  /// The report, then the job's end. A crash in between tells the same failure again, and leaves one file.
  func tell(_ job: Job, _ report: ErrorReport) throws {
    try keepRequest(of: job, report)
    try ledger.fail(job.id, error: report.description, at: .now())
    observe(.failed(job: job.id.description, request: job.source, report))
  }

  private func keepRequest(of job: Job, _ report: ErrorReport) throws {
    let request: [UInt8]
    do {
      request = try trees.request(of: job, ledger)
    } catch let error as SpoolError where error.isMissing {
      return
    } catch LedgerError.nothingKept {
      return
    }
    try failed.keep(request, report, path: job.source, job: job.id)
  }
}
