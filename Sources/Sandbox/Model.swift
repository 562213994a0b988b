import Raster

/// A model of the catalogue: what it makes, how it is told the size, what it takes, and what it costs.
struct Model: Sendable {
  /// How a model is told the size of a picture (pages 000 and 003 of the vendor's documentation).
  enum Sizing: Sendable, Equatable {
    /// `width` and `height`, each divisible by the number; `aspect_ratio` and `resolution` are ignored.
    case pixels(divisor: Int)
    /// `aspect_ratio`; `width`, `height` and `resolution` are ignored.
    case aspectRatio
    /// `aspect_ratio` and one of these resolutions; `width` and `height` are ignored.
    case resolutions([String])
    /// The vendor's documents name no idiom: `width` and `height` where both are given, else `aspect_ratio`.
    case unknown
  }

  struct StyleReferences: Sendable, Equatable {
    let most: Int
    /// Whether each reference's `strength` counts, or is ignored.
    let haveStrength: Bool
  }

  /// When a model goes, and what comes after it.
  struct Deprecation: Sendable, Equatable {
    let replacement: String?
    /// ISO 8601.
    let removesAt: String
  }

  let id: String
  /// `image`, `inpaint` or `upscale`, as in the vendor's `type`.
  let type: String
  /// For people: `model_spec.name`.
  let name: String
  let sizing: Sizing
  /// Characters of a prompt.
  let promptLimit: Int
  let pricing: Pricing
  /// `nil` when the model takes none.
  let styleReferences: StyleReferences?
  /// Images of one edit; `nil` is the schema's default, see ``inputImages``.
  let maxInputImages: Int?
  /// Whether an edit may have several images.
  let combinesImages: Bool
  var deprecation: Deprecation?
  /// The vendor's object, as the snapshot has it.
  let snapshot: JSON

  /// The sizing idioms that the vendor's documents name. Divisors: the vendor's notes on `widthHeightDivisor`.
  private static let knownSizing: [String: Sizing] = [
    "venice-sd35": .pixels(divisor: 16),
    "wai-Illustrious": .pixels(divisor: 16),
    "z-image-turbo": .pixels(divisor: 8),
    "chroma": .pixels(divisor: 8),
    "lustify-sdxl": .pixels(divisor: 8),
    "lustify-v7": .pixels(divisor: 8),
    "lustify-v8": .pixels(divisor: 8),
    "qwen-image": .pixels(divisor: 8),
    "qwen-image-2": .aspectRatio,
    "qwen-image-2-pro": .aspectRatio,
  ]

  /// Some models that take style references. Which they are, the documents do not say; these are the local API's choice.
  private static let knownStyleReferences: [String: StyleReferences] = [
    "krea-v2-large": StyleReferences(most: 3, haveStrength: true),
    "krea-v2-medium": StyleReferences(most: 3, haveStrength: true),
    "ideogram-v4": StyleReferences(most: 2, haveStrength: false),
  ]

  /// `nil` when the object is not one of the vendor's model objects.
  init?(_ object: JSON) {
    guard let id = object["id"]?.string, let type = object["type"]?.string,
      let specification = object["model_spec"], let pricing = specification["pricing"]
    else { return nil }
    self.id = id
    self.type = type
    self.pricing = Pricing(pricing)
    snapshot = object
    name = specification["name"]?.string ?? id
    // The tiers that are priced are the tiers there are.
    let tiers = self.pricing.tiers
    sizing = Self.knownSizing[id] ?? (tiers.isEmpty ? .unknown : .resolutions(tiers))
    if case .pixels = sizing { promptLimit = 1500 } else { promptLimit = type == "inpaint" ? 32768 : 7500 }
    styleReferences = Self.knownStyleReferences[id]
    // The schema's enumeration of `/image/multi-edit` lacks the Luma models. 14 is the schema's example.
    combinesImages = !id.hasPrefix("luma-")
    maxInputImages = self.pricing.countsInputs ? 14 : nil
  }

  /// Images of one edit: "Absent means the default of 3 (or 1 when combineImages is false)" (ModelResponse).
  var inputImages: Int { maxInputImages ?? (combinesImages ? 3 : 1) }

  /// The resolution that counts: the one asked for where the model has several, else its only one.
  func tier(asked: String?) -> String {
    guard let standard = pricing.defaultTier else { return "1K" }
    return asked ?? standard
  }
}
