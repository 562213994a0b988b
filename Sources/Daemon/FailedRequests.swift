import Ledger
import Spool

/// The failed folder, shared by whoever refuses a request and whoever sees its job fail.
final class FailedRequests: Sendable {
  private let folder: FailedFolder

  init(path: String) throws(SpoolError) {
    folder = try FailedFolder(path: path)
  }

  /// Keeps a request beside the file that says what happened; durable when it returns. The same failure told again, after
  /// a crash, leaves no second file.
  ///
  /// - Parameters:
  ///   - request: the bytes as they were dropped.
  ///   - path: the request's path in the inbox.
  ///   - job: the job's id, once there is one.
  func keep(_ request: [UInt8], _ report: ErrorReport, path: String, job: JobID?) throws(SpoolError) {
    let document = report.document(request: path, job: job?.description, at: .now())
    try folder.put(request.span, report: document.span, as: path) { ErrorReport.sameFailure($0, document) }
  }
}
