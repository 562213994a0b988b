import Catalogue
import Codecs
import ImageAPI
import Ledger
import Money
import Processing
import Raster
import Requests

/// What a request will call and what that may cost, as far as it is known before anything is sent.
public struct Preflight: Sendable {
  /// The calls of one operation.
  public struct Step: Sendable {
    public let endpoint: Endpoint
    /// The request's own, else the API's default as the catalogue knows it; `nil` when neither is known.
    public let model: String?
    /// How many calls: one for each picture of the step before.
    public let calls: Int
    /// Of one call.
    public let estimate: Estimate
    /// The size that each picture of the answer has been asked to be; `nil` when that cannot be told.
    public let size: Size?
    /// How many pictures the step brings, over all its calls.
    public let pictures: Int

    public var expected: USD { estimate.expected * calls }
    public var worst: USD { estimate.worst * calls }
  }

  public let steps: [Step]
  /// What may be right and is sent; one line each, for the manifest.
  public let warnings: [String]
  /// Where a price is not known, and what may have been meant.
  private let unpriced: [String]

  public var expected: USD { steps.reduce(.zero) { $0 + $1.expected } }
  /// What is set aside before anything is sent.
  public var worst: USD { steps.reduce(.zero) { $0 + $1.worst } }
  public var calls: Int { steps.reduce(0) { $0 + $1.calls } }

  /// Holds the request against the catalogue, and its pictures against the API's limits.
  ///
  /// - Parameters:
  ///   - fitsInput: pictures beyond the limits are made to fit (the pipeline's `fit-input`).
  ///   - now: for models that are to end.
  ///   - picture: one that the request names, by its path.
  /// - Throws: what is certainly wrong, before it costs anything.
  public init(
    _ request: Request, catalogue: Catalogue, assumptions: PriceAssumptions, fitsInput: Bool, now: Timestamp = .now(),
    picture: (String) -> NamedPicture
  ) throws(ErrorReport) {
    var steps: [Step] = []
    // Of models the catalogue knows more than the list in the schema.
    var warnings = request.warnings.filter { !$0.isOfModelList }.map(\.description)
    var unpriced: [String] = []
    // The first step's input is the request's own picture; then each step's is the one before's answer.
    var input: Size?
    if case .source(let path) = request.work {
      input = try picture(path).size(path, field: "source", warnings: &warnings)
    }
    var calls = 1
    for (index, operation) in request.operations.enumerated() {
      for file in operation.files {
        guard case .inbox(let path) = file.source else { continue }
        let bounds = InputBounds(operation.endpoint.imageLimits(at: file.path))
        let size = try picture(path).size(
          path, field: request.field(ofOperation: index, file.path), for: operation.endpoint, within: bounds,
          fitsInput: fitsInput, warnings: &warnings)
        if input == nil || index == 0 { input = size }
      }
      let found: [CatalogueWarning]
      do throws(CatalogueError) {
        found = try catalogue.check(operation, now: Int(now.microseconds / 1_000_000))
      } catch {
        throw ErrorReport(
          stage: .request, error: error.description, field: request.field(ofOperation: index, error.path),
          next: "Nothing was sent. Change that, then drop the request again.")
      }
      for warning in found.map(\.description) where !warnings.contains(warning) { warnings.append(warning) }
      let estimate = catalogue.estimate(operation, inputPixels: input?.pixelCount, assumptions: assumptions)
      let model = catalogue.model(of: operation)?.id ?? operation.model
      if !estimate.isKnown {
        let spender = model ?? operation.endpoint.rawValue
        unpriced.append("the price of \(spender) is not known and counts as budget.unknown-model-usd")
        unpriced += found.filter(\.isOfUnknownModel).map(\.description)
      }
      input = operation.expectedSize(of: input)
      steps.append(
        Step(
          endpoint: operation.endpoint, model: model, calls: calls, estimate: estimate, size: input,
          pictures: calls * operation.variants))
      calls *= operation.variants
    }
    self.steps = steps
    self.warnings = warnings
    self.unpriced = unpriced
  }

  /// The files that will be published, as far as that can be told.
  ///
  /// - Parameter picture: one that the request names, by its path.
  public func outputs(
    of request: Request, by pipeline: Pipeline, picture: (String) -> NamedPicture
  ) -> [ExpectedOutput] {
    let input = request.files.first.map(picture)
    let facts = JobFacts(request, input: input?.size, job: "", received: .now())
    return Processor.expectedOutputs(
      of: pipeline.recipe, size: steps.last.map(\.size) ?? input?.displayedSize,
      originals: steps.last?.pictures ?? 1, job: facts)
  }

  /// - Throws: when the pipeline cannot make its outputs of pictures of the size that is asked for.
  public func check(_ pipeline: Pipeline, limits: Limits) throws(ErrorReport) {
    guard let size = steps.last?.size else { return }
    do throws(ProcessingError) {
      try Processor.check(pipeline.recipe, originals: size, limits: limits)
    } catch {
      throw ErrorReport(
        stage: .request, error: error.description,
        next: "Nothing was sent. Ask for a picture of another size, or change the pipeline.")
    }
  }

  /// A job's calls may go out on several days, but no single call may.
  ///
  /// - Throws: when the request can never be carried out within the budget.
  public func check(_ budget: Budget) throws(ErrorReport) {
    if let limit = budget.perJob, worst > limit {
      throw beyond(
        limit, "budget.per-job-usd",
        cost: "the request may cost up to \(worst) USD in \(calls) call\(calls == 1 ? "" : "s")")
    }
    if let limit = budget.perDay, let dearest = steps.map(\.estimate.worst).max(), dearest > limit {
      throw beyond(limit, "budget.per-day-usd", cost: "a call of the request may cost up to \(dearest) USD")
    }
  }

  private func beyond(_ limit: USD, _ key: String, cost: String) -> ErrorReport {
    let way = unpriced.isEmpty ? "Ask" : "Name a model that the catalogue prices, ask"
    return ErrorReport(
      stage: .request, error: (["\(cost); \(key) allows \(limit) USD"] + unpriced).joined(separator: "; "),
      next: "\(way) for less (variants, resolution, quality), or have \(key) raised.")
  }
}

extension Request {
  /// All operations in their order: the first call, then those of `then`.
  var operations: [ImageAPI.Operation] { [operation].compactMap(\.self) + chain }

  /// A field of one of ``operations`` as it is written from the request's top: `then.0.edit.image`.
  func field(ofOperation index: Int, _ path: [String]) -> String {
    let endpoint = operations[index].endpoint.rawValue
    let step = operation == nil ? index : index - 1
    guard step >= 0 else { return ([endpoint] + path).joined(separator: ".") }
    var written = path
    // A chained multi-edit's first picture is the one before's, which the request does not write.
    if path.first == "images", path.count > 1, let number = Int(path[1]), number > 0 { written[1] = "\(number - 1)" }
    return (["then", "\(step)", endpoint] + written).joined(separator: ".")
  }
}

extension OperationWarning {
  fileprivate var isOfModelList: Bool {
    if case .unlistedValue(path: ["modelId"], _, _) = self { true } else { false }
  }
}

extension CatalogueWarning {
  fileprivate var isOfUnknownModel: Bool { if case .unknownModel = self { true } else { false } }
}

extension ImageAPI.Operation {
  /// The size of the answer's pictures, where it can be told.
  fileprivate func expectedSize(of input: Size?) -> Size? {
    switch requestedSize(of: input) {
    case .exact(let size): size
    case .scaled(let size, let factor):
      Size(width: Int(Double(size.width) * factor), height: Int(Double(size.height) * factor))
    case .unspecified: endpoint == .backgroundRemove ? input : nil
    case .aspectRatio: nil
    }
  }
}
