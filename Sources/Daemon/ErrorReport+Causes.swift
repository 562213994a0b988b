import Documents
import ImageAPI
import Ledger
import Processing
import Requests
import Spool

extension ErrorReport {
  public init(_ error: RequestError) {
    self.init(
      stage: .request, error: error.reason, field: error.key.isEmpty ? nil : error.key,
      place: Place(line: error.position.line, column: error.position.column), next: error.remedy + ".")
  }

  init(_ refusal: Refusal) {
    let issues = refusal.error.issues.map { issue in
      issue.path.isEmpty ? issue.message : "\(issue.path.joined(separator: ".")): \(issue.message)"
    }
    self.init(
      stage: .call, error: "the API refused with \(refusal.head.status): \(refusal.error.message)",
      field: refusal.error.issues.first.flatMap { $0.path.isEmpty ? nil : $0.path.joined(separator: ".") },
      next: "\(refusal.kind.advice). Then drop the request again.", details: issues)
  }

  init(_ error: AnswerError, kept: [String]) {
    self.init(
      stage: .answer, error: "the API's answer is unfit: \(error)",
      next: "It was paid for, and is kept as it came. Look at it; drop the request again to pay for another.",
      kept: kept)
  }

  init(missingAnswerTo turn: AcceptedWork.Turn, of job: JobID) {
    self.init(
      stage: .answer, error: "no answer is kept for call \(turn.item) of step \(turn.step)",
      next: "Requeue it (darkroom jobs requeue \(job)): calls that have answers are not made again.")
  }

  /// - Parameter isPaid: whether the original came from a paid call.
  init(_ error: ProcessingError, isPaid: Bool, kept: [String]) {
    let keeping = isPaid ? "The original was paid for, and is kept." : "The picture itself was not touched."
    self.init(
      stage: .processing, error: error.description,
      next: "\(keeping) Change the pipeline or the request, then try again.", kept: kept)
  }

  init(publishing error: SpoolError, kept: [String]) {
    self.init(stage: .publication, error: error.whatFailed, next: error.advice.capitalizedSentence, kept: kept)
  }

  /// Whether an error file tells of the same failure as another, whenever either was written, and wherever the spool lay.
  static func sameFailure(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    func timeless(_ bytes: [UInt8]) -> JSONValue? {
      guard case .object(var object)? = try? DocumentReader.json(bytes).value else { return nil }
      object["time"] = nil
      object["kept"] = nil
      return .object(object)
    }
    guard let one = timeless(one), let other = timeless(other) else { return false }
    return one == other
  }
}

extension String {
  /// With a capital at its beginning and a full stop at its end.
  fileprivate var capitalizedSentence: String { prefix(1).uppercased() + dropFirst() + "." }
}
