/// The vendor's models (`models.json`, see `Tests/Venice/ORIGIN.md`) and styles.
struct Catalogue: Sendable {
  private(set) var models: [Model]
  /// Where each id lies in `models`.
  private let indices: [String: Int]

  /// Embedded in the binary, so that `darkroom sandbox` needs no file beside it.
  static let vendor = Catalogue(JSON(parsing: PackageResources.models_json) ?? .null)

  init(_ json: JSON) {
    models = (json.array ?? []).compactMap(Model.init)
    indices = Dictionary(models.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// - Parameter replacements: the ids of models that will be removed, with what comes after each, if anything.
  func deprecating(_ replacements: [String: String?], removesAt: String) -> Catalogue {
    var catalogue = self
    for index in models.indices {
      guard let replacement = replacements[models[index].id] else { continue }
      catalogue.models[index].deprecation = Model.Deprecation(replacement: replacement, removesAt: removesAt)
    }
    return catalogue
  }

  func has(_ id: String) -> Bool { indices[id] != nil }

  func model(_ id: String, types: Set<String>) -> Model? {
    guard let index = indices[id], types.contains(models[index].type) else { return nil }
    return models[index]
  }

  /// What `/images/generations` takes for a model it does not know (schema: "Venice's default image model").
  static let defaultImageModel = "z-image-turbo"
  /// The schema's default of `/image/edit` and `/image/multi-edit`.
  static let defaultEditModel = "firered-image-edit"
  static let upscaler = "upscaler"
  static let backgroundRemover = "bria-bg-remover"

  /// The values of `GET /models?type=` in the vendor's schema.
  static let types = [
    "asr", "embedding", "image", "music", "text", "tts", "upscale", "inpaint", "video", "all", "code",
  ]

  /// Style presets that the vendor's pages name, and their neighbours.
  static let styles = [
    "3D Model", "Analog Film", "Anime", "Cinematic", "Comic Book", "Craft Clay", "Digital Art", "Enhance",
    "Fantasy Art", "Isometric Style", "Line Art", "Lowpoly", "Neon Punk", "Origami", "Photographic", "Pixel Art",
    "Texture", "Watercolor",
  ]
}
