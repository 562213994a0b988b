import Codecs
import ImageAPI
import Processing
import Raster

/// Gives each operation of a request the pictures that it sends: as they are where they keep the API's limits, made to
/// fit where the pipeline allows it.
struct Fitting {
  let material: Material
  /// The pipeline says `fit-input`.
  let allowed: Bool
  let limits: Limits
  /// The copies that were made to fit.
  private(set) var blobs: [(name: String, bytes: [UInt8])] = []
  /// What was done to pictures, for the manifest.
  private(set) var warnings: [String] = []

  init(material: Material, allowed: Bool, limits: Limits) {
    self.material = material
    self.allowed = allowed
    self.limits = limits
  }

  /// - Throws: for a picture beyond the API's limits that may not be changed.
  mutating func accepted(
    _ operation: ImageAPI.Operation, model: String?, answerPixels: Int?
  ) throws(ErrorReport) -> AcceptedOperation {
    var pictures: [AcceptedOperation.Picture] = []
    for field in operation.files {
      guard case .inbox(let path) = field.source, let picture = material[path] else { continue }
      pictures.append(try fitted(picture, for: operation.endpoint, at: field.path))
    }
    return AcceptedOperation(operation, model: model, answerPixels: answerPixels, pictures: pictures)
  }

  private mutating func fitted(
    _ picture: Material.Picture, for endpoint: Endpoint, at path: [String]
  ) throws(ErrorReport) -> AcceptedOperation.Picture {
    let bounds = InputBounds(endpoint.imageLimits(at: path))
    guard let misfit = bounds.misfit(of: picture.header, bytes: picture.bytes.count) else {
      return AcceptedOperation.Picture(
        path: path, blob: picture.blob, mediaType: picture.header.format.mediaType,
        pixels: picture.header.size.pixelCount)
    }
    let field = ([endpoint.rawValue] + path).joined(separator: ".")
    guard allowed else {
      throw ErrorReport(misfit, picture: "the image \(picture.path)", step: endpoint, field: field)
    }
    let fitted: FittedInput?
    do throws(ProcessingError) {
      fitted = try Processor.fitted(picture.bytes.span, to: bounds, limits: limits)
    } catch {
      throw ErrorReport(
        stage: .request, error: "the image \(picture.path), made to fit \(endpoint.rawValue): \(error)",
        field: field, next: "Give a picture within the API's limits, then drop the request again.")
    }
    guard let fitted else { throw ErrorReport(misfit, picture: "the image \(picture.path)", step: endpoint) }
    let blob = "fitted-\(blobs.count + 1).\(fitted.format.rawValue)"
    blobs.append((blob, fitted.bytes))
    warnings.append("the image \(picture.path): \(fitted.change)")
    return AcceptedOperation.Picture(
      path: path, blob: blob, mediaType: fitted.format.mediaType, pixels: fitted.size.pixelCount)
  }
}
