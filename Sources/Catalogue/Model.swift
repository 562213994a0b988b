import Documents

/// A model of the API, as its object in `GET /models` says (schema `ModelResponse`).
public struct Model: Hashable, Sendable {
  public let id: String
  public let type: ModelType
  /// For people.
  public let name: String
  /// Names that stand for this model in a request: `default`, `fastest`, ….
  public let traits: [String]
  /// Live ones only: the bundled snapshot carries none.
  public let constraints: Constraints?
  public let pricing: Pricing?
  /// `nil` for a model that stays.
  public let deprecation: Deprecation?
  public let isOffline: Bool
  /// `nil` where the object does not say; live image models always do.
  public let supportsStyleReferences: Bool?
  /// The object as it came, members in their order and numbers as they were written.
  public let json: JSONObject

  /// - Returns: `nil` when the object has no type, or no id fit for a line of text. Other members may be missing or
  ///   unreadable.
  public init?(_ json: JSONObject) {
    guard let id = json.string("id"), !id.isEmpty, oneLine(id) == id, let type = json.string("type") else {
      return nil
    }
    let spec = json.object("model_spec") ?? JSONObject()
    self.id = id
    self.type = ModelType(type)
    self.json = json
    name = spec.string("name") ?? id
    traits = spec.strings("traits") ?? []
    constraints = spec.object("constraints").map(Constraints.init)
    pricing = spec.object("pricing").map(Pricing.init)
    deprecation = spec.object("deprecation").map(Deprecation.init)
    isOffline = spec.bool("offline") ?? false
    supportsStyleReferences = spec.bool("supportsStyleReferences")
  }
}

/// What a model is for: `type` of the vendor's object.
public enum ModelType: Hashable, Sendable, CustomStringConvertible {
  /// Makes pictures from text; the background remover is one, too.
  case image
  /// Edits pictures.
  case inpaint
  case upscale
  /// `text`, `video`, …, and whatever the vendor adds.
  case other(String)

  init(_ text: String) {
    self =
      switch text {
      case "image": .image
      case "inpaint": .inpaint
      case "upscale": .upscale
      default: .other(text)
      }
  }

  /// The vendor's word.
  public var description: String {
    switch self {
    case .image: "image"
    case .inpaint: "inpaint"
    case .upscale: "upscale"
    case .other(let text): text
    }
  }
}

/// The end of a model (schema, `model_spec.deprecation`). Instants are ISO 8601 texts, as they came.
public struct Deprecation: Hashable, Sendable {
  /// From when on warnings are due; `nil`: from now on.
  public let startsAt: String?
  /// When the model goes away.
  public let removesAt: String?
  public let replacement: String?
  /// The vendor may send requests for this model to the replacement by itself, whatever that costs.
  public let isRemapped: Bool

  init(_ json: JSONObject) {
    startsAt = json.string("startsAt")
    // "same value as `date` today", says the schema of `removesAt`.
    removesAt = json.string("removesAt") ?? json.string("date")
    replacement = json.string("replacementModelId")
    isRemapped = json.bool("autoRemap") ?? false
  }
}
