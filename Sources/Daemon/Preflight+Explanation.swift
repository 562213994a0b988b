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

  /// What will be done to make the outputs; `nil` when nobody knows what the originals will be.
  ///
  /// - Parameter original: a local picture that the request names, by its path, surveyed for trims; `nil` when it is not there yet.
  /// - Throws: why no outputs would be made.
  public func workings(
    of request: Request, by pipeline: Pipeline, limits: Limits,
    original: (String, [Trim]) throws(ProcessingError) -> OriginalReport?
  ) throws(ProcessingError) -> Workings? {
    let report: OriginalReport?
    if let last = steps.last {
      // WebP is what the API makes when it is not told otherwise.
      let format = request.operations.last?.requestedImageFormat ?? .webp
      report = last.size.map { OriginalReport.expected(format, $0) }
    } else {
      guard let path = request.files.first else { return nil }
      report = try original(path, pipeline.recipe.trims)
    }
    guard let report else { return nil }
    let facts = JobFacts(request, input: nil, job: "", received: .now())
    let originals = steps.last?.pictures ?? 1
    let plan = try Processor.plan(
      pipeline.recipe, for: report, original: OriginalFacts(variants: originals), job: facts, limits: limits)
    return Workings(
      explanation: plan.explanation(of: report), isExpected: !steps.isEmpty, originals: originals)
  }
}
