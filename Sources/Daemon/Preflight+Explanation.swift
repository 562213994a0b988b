import Codecs
import Ledger
import Processing
import Raster
import Requests

extension Preflight {
  /// How originals will be worked on.
  public struct Workings: Sendable {
    public let explanation: Explanation
    /// Whether there is no original yet, and it is explained what would be done with one as it was asked for.
    public let isExpected: Bool
    /// How many originals are worked on like that.
    public let originals: Int
  }

  /// Reads a local picture that a request names, by its path, and looks for what trims leave of it once it was verified.
  ///
  /// - Returns: `nil` when it is not there yet.
  public typealias Reading = (
    _ path: String, _ trims: [Trim], _ verify: (OriginalReport) throws(ProcessingError) -> Void
  ) throws(ProcessingError) -> OriginalReport?

  /// What will be done to make the outputs; `nil` when nobody knows what the originals will be.
  ///
  /// - Throws: why no outputs would be made.
  public func workings(
    of request: Request, by pipeline: Pipeline, limits: Limits,
    original: Reading
  ) throws(ProcessingError) -> Workings? {
    let facts = JobFacts(request, input: nil, job: "", received: .now())
    let originals = steps.last?.pictures ?? 1
    let variant = OriginalFacts(variants: originals)
    let report: OriginalReport?
    if let last = steps.last {
      // WebP is what the API makes when it is not told otherwise.
      let format = request.operations.last?.requestedImageFormat ?? .webp
      report = last.size.map { OriginalReport.expected(format, $0) }
    } else {
      guard let path = request.files.first else { return nil }
      report = try original(path, pipeline.recipe.trims) { report throws(ProcessingError) in
        try Processor.verify(report, original: variant, by: pipeline.recipe.verification, job: facts)
      }
    }
    guard let report else { return nil }
    let plan = try Processor.plan(pipeline.recipe, for: report, original: variant, job: facts, limits: limits)
    return Workings(
      explanation: plan.explanation(of: report), isExpected: !steps.isEmpty, originals: originals)
  }
}
