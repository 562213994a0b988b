import Documents
import ImageAPI

// What the vendor's models take and cost, so that a mistake is found before money is spent, and money is reserved
// before a call. It neither fetches nor stores: the objects of `GET /models` come in, a cache file goes out as bytes.
// Whatever the vendor adds or leaves out is no failure: a model that cannot be read is skipped, a member that cannot be
// read is as good as absent. What fails throws `CatalogueError`: an operation that its model certainly cannot do, or a
// cache file that is damaged or was written for another API.

/// The models and styles of the API at one time.
public struct Catalogue: Sendable {
  public enum Origin: Hashable, Sendable {
    case api
    /// The snapshot within the program, for as long as nothing was ever fetched: prices, no constraints.
    case bundled
  }

  /// In the API's order.
  public let models: [Model]
  /// Names for `style_preset`; `nil` when they were never fetched, so that none is called unknown.
  public let styles: [String]?
  public let origin: Origin
  /// Seconds since 1970; `nil` for the bundled snapshot.
  public let fetched: Int?

  /// `models.json`, the vendor's own snapshot; see `Tests/Venice/ORIGIN.md`.
  public static let bundled: Catalogue = {
    guard case .array(let items)? = (try? DocumentReader.json(PackageResources.models_json))?.value else {
      preconditionFailure("models.json is a part of the program and is no JSON array")
    }
    return Catalogue(objects: items.compactMap(\.object), styles: nil, origin: .bundled, fetched: nil)
  }()

  /// - Parameters:
  ///   - models: the entries of `GET /models`, of every type that is of interest. What is no model is skipped.
  ///   - fetched: seconds since 1970.
  public init(models: [JSONObject], styles: [String]?, fetched: Int) {
    self.init(objects: models, styles: styles, origin: .api, fetched: fetched)
  }

  private init(objects: [JSONObject], styles: [String]?, origin: Origin, fetched: Int?) {
    models = objects.compactMap(Model.init)
    self.styles = styles
    self.origin = origin
    self.fetched = fetched
  }

  public subscript(id: String) -> Model? { models.first { $0.id == id } }

  /// The model that a call would use: the one it names, by its id or by a trait, or the vendor's default. `nil` when
  /// the catalogue does not have it.
  public func model(of operation: ImageAPI.Operation) -> Model? { candidates(for: operation).first }

  /// Several only where the operation names a trait that several models carry: nobody but the vendor knows which it is.
  func candidates(for operation: ImageAPI.Operation) -> [Model] {
    let name = operation.model ?? operation.endpoint.defaultModel
    if let model = self[name] { return [model] }
    return models.filter { $0.traits.contains(name) && $0.type == operation.endpoint.modelType }
  }
}

extension Endpoint {
  /// What the vendor takes where a body names no model. `default` is a trait.
  var defaultModel: String {
    switch self {
    // Required by the schema, so that this is never asked for.
    case .generate: "default"
    // "default", SimpleGenerateImageRequest.
    case .generations: "default"
    // EditImageRequest and MultiEditImageRequest; older pages say qwen-edit, at the same price.
    case .edit, .multiEdit: "firered-image-edit"
    // The snapshot's only model of type `upscale`, and its only background remover.
    case .upscale: "upscaler"
    case .backgroundRemove: "bria-bg-remover"
    }
  }

  /// The type of the models that a body may name.
  var modelType: ModelType {
    switch self {
    case .generate, .generations, .backgroundRemove: .image
    case .edit, .multiEdit: .inpaint
    case .upscale: .upscale
    }
  }
}
