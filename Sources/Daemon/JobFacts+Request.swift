import ImageAPI
import Ledger
import Metadata
import Processing
import Raster
import Requests

extension JobFacts {
  /// - Parameters:
  ///   - input: the size of the first picture that the request names.
  ///   - models: of the steps, where more is known of them than the request says.
  init(_ request: Request, input: Size?, models: [String?]? = nil, job: String, received: Timestamp) {
    let operation = request.operations.first
    // The size that originals are asked to be is the last step's; of one that works on the step before it is told when
    // that has answered.
    let last = request.operations.last
    let size = request.operations.count > 1 ? nil : last?.requestedSize(of: input)
    self.init(
      name: request.name, job: job, pipeline: request.pipeline, labels: request.labels, model: operation?.model,
      seed: operation?.seed, date: received.day, requestedSize: size ?? .unspecified,
      requestedFormat: last?.requestedImageFormat,
      provenance: Provenance(
        of: request.operations, models: models ?? request.operations.map(\.model), created: received.description))
  }
}
