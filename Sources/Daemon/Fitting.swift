import ImageAPI
import Processing
import Raster
import Requests
import Workers

/// Gives each operation of a request the pictures that it sends: as they are where they keep the API's limits, else made
/// to fit. Those that may not be changed, or cannot be made to fit, have been refused by then (``Preflight``).
struct Fitting {
  let request: Request
  let material: Material
  let workers: WorkerPool
  /// The copies that were made to fit.
  private(set) var blobs: [(name: String, bytes: [UInt8])] = []
  /// What was done to pictures, for the manifest.
  private(set) var warnings: [String] = []

  init(request: Request, material: Material, workers: WorkerPool) {
    self.request = request
    self.material = material
    self.workers = workers
  }

  /// - Parameters:
  ///   - index: of one of the request's operations.
  ///   - answerPixels: of each picture of its answer, where that can be told.
  /// - Throws: for a picture that turns out to be damaged.
  mutating func accepted(
    operation index: Int, model: String?, answerPixels: Int?
  ) throws(ErrorReport) -> AcceptedOperation {
    let operation = request.operations[index]
    var pictures: [AcceptedOperation.Picture] = []
    for field in operation.files {
      guard case .inbox(let path) = field.source, let picture = material[path] else { continue }
      pictures.append(
        try fitted(
          picture, for: operation.endpoint, at: field.path, field: request.field(ofOperation: index, field.path)))
    }
    return AcceptedOperation(operation, model: model, answerPixels: answerPixels, pictures: pictures)
  }

  /// The copy of the request's own local picture that the first operation is sent, as the picture before it.
  ///
  /// - Parameter isAllowed: the pipeline says `fit-input`.
  /// - Returns: its blob; `nil` where the picture fits as it is, or no operation takes it.
  /// - Throws: for a picture beyond the API's limits that may not be changed.
  mutating func copyOfSource(isAllowed: Bool) throws(ErrorReport) -> String? {
    guard request.operation == nil, let picture = material.pictures.first, let operation = request.operations.first,
      let path = operation.files.first(where: { $0.source == .previous })?.path
    else { return nil }
    let misfit = InputBounds(operation.endpoint.imageLimits(at: path))
      .misfit(of: picture.header, bytes: picture.bytes.count)
    guard let misfit else { return nil }
    guard isAllowed else {
      throw ErrorReport(
        misfit, picture: "the image \(picture.path)", step: operation.endpoint, field: "source")
    }
    return try fitted(picture, for: operation.endpoint, at: path, field: "source").blob
  }

  private mutating func fitted(
    _ picture: Material.Picture, for endpoint: Endpoint, at path: [String], field: String
  ) throws(ErrorReport) -> AcceptedOperation.Picture {
    let bounds = InputBounds(endpoint.imageLimits(at: path))
    guard let misfit = bounds.misfit(of: picture.header, bytes: picture.bytes.count) else {
      return AcceptedOperation.Picture(
        path: path, blob: picture.blob, mediaType: picture.header.format.mediaType,
        pixels: picture.header.size.pixelCount)
    }
    let fitted: FittedInput?
    do throws(ProcessingError) {
      fitted = try workers.fitted(try OpenPicture(picture.bytes), to: bounds)
    } catch {
      throw ErrorReport(
        stage: .request, error: "the image \(picture.path), made to fit \(endpoint.rawValue): \(error)",
        field: field, next: "Give a picture within the API's limits, then drop the request again.")
    }
    guard let fitted else {
      throw ErrorReport(misfit, picture: "the image \(picture.path)", step: endpoint, field: field)
    }
    let blob = "fitted-\(blobs.count + 1).\(fitted.format.rawValue)"
    blobs.append((blob, fitted.bytes))
    warnings.append("the image \(picture.path): \(fitted.change)")
    return AcceptedOperation.Picture(
      path: path, blob: blob, mediaType: fitted.format.mediaType, pixels: fitted.size.pixelCount)
  }
}
