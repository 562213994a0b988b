import Documents

/// What a model takes: "Image Model Constraints" and "Inpaint Model Constraints" of the vendor's schema in one. `nil`
/// is what the vendor does not say, and an empty list says nothing either.
public struct Constraints: Hashable, Sendable {
  public let aspectRatios: [String]?
  public let resolutions: [String]?
  public let defaultResolution: String?
  public let qualities: [String]?
  public let defaultQuality: String?
  /// Of `prompt` and of `negative_prompt`, in characters.
  public let promptCharacterLimit: Int?
  public let maximumSteps: Int?
  /// Width and height are multiples of it, in pixels.
  public let widthHeightDivisor: Int?
  public let maximumStyleReferences: Int?
  public let supportsStyleReferenceStrength: Bool?
  public let combineImages: Bool?
  public let maximumInputImages: Int?
  public let singleImageAspectRatio: Bool?

  init(_ json: JSONObject) {
    func list(_ key: String) -> [String]? { json.strings(key).flatMap { $0.isEmpty ? nil : $0 } }
    func count(_ key: String) -> Int? { json[key]?.integer.flatMap { $0 > 0 ? $0 : nil } }
    aspectRatios = list("aspectRatios")
    resolutions = list("resolutions")
    defaultResolution = json.string("defaultResolution")
    qualities = list("qualities")
    defaultQuality = json.string("defaultQuality")
    promptCharacterLimit = count("promptCharacterLimit")
    maximumSteps = json.object("steps")?["max"]?.integer
    widthHeightDivisor = count("widthHeightDivisor")
    maximumStyleReferences = json["maxStyleReferences"]?.integer
    supportsStyleReferenceStrength = json.bool("supportsStyleReferenceStrength")
    combineImages = json.bool("combineImages")
    maximumInputImages = count("maxInputImages")
    singleImageAspectRatio = json.bool("singleImageAspectRatio")
  }

  /// Pictures that `/image/multi-edit` takes: "Absent means the default of 3 (or 1 when combineImages is false)"
  /// (schema, `maxInputImages`).
  public var inputImages: Int { maximumInputImages ?? (combineImages == false ? 1 : 3) }
}
