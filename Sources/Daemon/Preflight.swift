import Catalogue
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

  public var expected: USD { steps.reduce(.zero) { $0 + $1.expected } }
  /// What is set aside before anything is sent.
  public var worst: USD { steps.reduce(.zero) { $0 + $1.worst } }
  public var calls: Int { steps.reduce(0) { $0 + $1.calls } }

  /// Holds the request against the catalogue.
  ///
  /// - Parameters:
  ///   - size: of a picture that the request names, by its path; `nil` when it is not known.
  ///   - now: for models that are to end.
  /// - Throws: what is certainly wrong, before it costs anything.
  public init(
    _ request: Request, catalogue: Catalogue, assumptions: PriceAssumptions, now: Timestamp = .now(),
    size: (String) -> Size?
  ) throws(ErrorReport) {
    var steps: [Step] = []
    // Of models the catalogue knows more than the list in the schema.
    var warnings = request.warnings.filter { !$0.isOfModelList }.map(\.description)
    // The first step's input is the request's own picture; then each step's is the one before's answer.
    var input: Size? = if case .source(let path) = request.work { size(path) } else { nil }
    var calls = 1
    for (index, operation) in request.operations.enumerated() {
      for file in operation.files {
        if case .inbox(let path) = file.source, input == nil || index == 0 { input = size(path) }
      }
      do throws(CatalogueError) {
        for warning in try catalogue.check(operation, now: Int(now.microseconds / 1_000_000)).map(\.description)
        where !warnings.contains(warning) {
          warnings.append(warning)
        }
      } catch {
        throw ErrorReport(error, operation: operation, index: index, of: request)
      }
      let estimate = catalogue.estimate(operation, inputPixels: input?.pixelCount, assumptions: assumptions)
      input = operation.expectedSize(of: input)
      steps.append(
        Step(
          endpoint: operation.endpoint, model: catalogue.model(of: operation)?.id ?? operation.model, calls: calls,
          estimate: estimate, size: input,
          pictures: calls * operation.variants))
      calls *= operation.variants
    }
    self.steps = steps
    self.warnings = warnings
  }

  /// The files that will be published, as far as that can be told.
  ///
  /// - Parameter size: of a picture that the request names, by its path.
  public func outputs(
    of request: Request, by pipeline: Pipeline, size: (String) -> Size?
  ) -> [ExpectedOutput] {
    let input = request.files.first.flatMap(size)
    let facts = JobFacts(request, input: input, job: "", received: .now())
    return Processor.expectedOutputs(
      of: pipeline.recipe, size: steps.last.map(\.size) ?? input, originals: steps.last?.pictures ?? 1, job: facts)
  }

  /// - Throws: when the request can never be carried out within the budget.
  public func check(_ budget: Budget) throws(ErrorReport) {
    for (limit, key) in [(budget.perJob, "budget.per-job-usd"), (budget.perDay, "budget.per-day-usd")] {
      guard let limit, worst > limit else { continue }
      throw ErrorReport(
        stage: .request,
        error: "the request may cost up to \(worst) USD in \(calls) call\(calls == 1 ? "" : "s"); "
          + "\(key) allows \(limit) USD",
        next: "Ask for less (variants, resolution, quality), or have \(key) raised.")
    }
  }
}

extension Request {
  /// All operations in their order: the first call, then those of `then`.
  var operations: [ImageAPI.Operation] { [operation].compactMap(\.self) + chain }
}

extension OperationWarning {
  fileprivate var isOfModelList: Bool {
    if case .unlistedValue(path: ["modelId"], _, _) = self { true } else { false }
  }
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

extension ErrorReport {
  /// With the place of its field in the request.
  ///
  /// - Parameters:
  ///   - bytes: of the request as it was dropped.
  ///   - file: its name.
  public func placed(in bytes: [UInt8], file: String) -> ErrorReport {
    guard let field, place == nil else { return self }
    var placed = self
    let path = field.split(separator: ".").map(String.init)
    // A bare API body has no operation around its fields.
    let position =
      RequestReader.position(of: path, in: bytes, file: file)
      ?? RequestReader.position(of: Array(path.dropFirst()), in: bytes, file: file)
    placed.place = position.map { Place(line: $0.line, column: $0.column) }
    return placed
  }

  fileprivate init(_ error: CatalogueError, operation: ImageAPI.Operation, index: Int, of request: Request) {
    let first = request.operation == nil ? index : index - 1
    let place = index == 0 && request.operation != nil ? "" : "then.\(first)."
    self.init(
      stage: .request, error: error.description,
      field: (["\(place)\(operation.endpoint.rawValue)"] + error.path).joined(separator: "."),
      next: "Nothing was sent. Change that, then drop the request again.")
  }
}
