import FoundationEssentials
import Raster

/// A model of the catalogue: what it makes, how it is told the size, and what it costs.
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

  let id: String
  /// `image`, `inpaint` or `upscale`, as in the vendor's `type`.
  let type: String
  /// For people: `model_spec.name`.
  let name: String
  let sizing: Sizing
  /// Characters of a prompt.
  let promptLimit: Int
  /// The catalogue's own object, with what the live one carries beside the snapshot.
  let json: JSON
  private let pricing: JSON

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

  /// `nil` when the object is not one of the vendor's model objects.
  init?(_ object: JSON) {
    guard var members = object.object, let id = members["id"]?.string, let type = members["type"]?.string,
      var specification = members["model_spec"]?.object, let pricing = specification["pricing"]
    else { return nil }
    self.id = id
    self.type = type
    self.pricing = pricing
    name = specification["name"]?.string ?? id
    // The tiers that are priced are the tiers there are.
    let tiers = (pricing["resolutions"]?.object ?? [:]).keys.sorted()
    sizing = Self.knownSizing[id] ?? (tiers.isEmpty ? .unknown : .resolutions(tiers))
    if case .pixels = sizing { promptLimit = 1500 } else { promptLimit = type == "inpaint" ? 32768 : 7500 }
    specification["constraints"] = Self.constraints(
      type: type, sizing: sizing, tiers: tiers, promptLimit: promptLimit, qualities: Self.qualities(pricing))
    members["model_spec"] = .object(specification)
    members["object"] = "model"
    members["owned_by"] = "venice.ai"
    json = .object(members)
  }

  private static func qualities(_ pricing: JSON) -> [String] {
    let offered = pricing["quality"]?.object?.values.first?.object ?? [:]
    return ["low", "medium", "high"].filter { offered[$0] != nil }
  }

  /// The constraints that the live catalogue carries and the snapshot lacks.
  private static func constraints(
    type: String, sizing: Sizing, tiers: [String], promptLimit: Int, qualities: [String]
  ) -> JSON? {
    var members: [String: JSON] = ["promptCharacterLimit": .number(Decimal(promptLimit))]
    switch type {
    case "image":
      var divisor = 1
      if case .pixels(let known) = sizing { divisor = known }
      members["widthHeightDivisor"] = .number(Decimal(divisor))
      members["steps"] = ["default": 8, "max": 50]
      if case .pixels = sizing {
      } else {
        members["aspectRatios"] = .array(AspectRatio.generated.map { .string($0.text) })
        members["defaultAspectRatio"] = "1:1"
      }
    case "inpaint":
      members["aspectRatios"] = .array(["auto"] + AspectRatio.edited.map { .string($0.text) })
      members["combineImages"] = true
    default: return nil
    }
    if !tiers.isEmpty {
      members["resolutions"] = .array(tiers.map(JSON.string))
      members["defaultResolution"] = .string(tiers[0])
    }
    if let best = qualities.last {
      members["qualities"] = .array(qualities.map(JSON.string))
      members["defaultQuality"] = .string(best)
    }
    return .object(members)
  }

  /// The price of one picture made or edited.
  ///
  /// `quality` omitted is the model's best (page 000: `high` for gpt-image-2). An edit pays for each input image beyond
  /// those that its price includes.
  func price(resolution: String?, quality: String?, inputs: Int = 0) -> USD {
    let tier = resolution ?? "1K"
    let best = Self.qualities(pricing).last
    let single =
      Self.usd(pricing["quality"]?[tier]?[quality ?? best ?? ""])
      ?? Self.usd(pricing["quality"]?[tier]?[best ?? ""])
      ?? Self.usd(pricing["resolutions"]?[tier])
      ?? Self.usd(pricing[type == "inpaint" ? "inpaint" : "generation"]) ?? .zero
    let included = pricing["inputImages"]?["included"]?.integer ?? inputs
    let additional = Self.usd(pricing["inputImages"]?["additional"]) ?? .zero
    return single + additional * max(0, inputs - included)
  }

  /// The price of enlarging one picture by 2 or 4.
  func upscalePrice(scale: Int) -> USD {
    Self.usd(pricing["upscale"]?["\(scale)x"]) ?? .zero
  }

  private static func usd(_ price: JSON?) -> USD? {
    (price?["usd"]?.decimal).map { USD($0) }
  }
}
