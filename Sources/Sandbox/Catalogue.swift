/// The vendor's models (`models.json`, see `Tests/Venice/ORIGIN.md`) and styles.
struct Catalogue: Sendable {
  let models: [Model]

  /// Embedded in the binary, so that `darkroom sandbox` needs no file beside it.
  static let vendor = Catalogue(JSON(parsing: PackageResources.models_json) ?? .null)

  init(_ json: JSON) {
    models = (json.array ?? []).compactMap(Model.init)
  }

  func model(_ id: String, types: Set<String>) -> Model? {
    models.first { $0.id == id && types.contains($0.type) }
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
