import FoundationEssentials

extension Model {
  /// The model as `GET /models` shows it: the snapshot, and what the live catalogue carries beside it.
  var json: JSON {
    var members = snapshot.object ?? [:]
    var specification = members["model_spec"]?.object ?? [:]
    specification["constraints"] = constraints.map(JSON.object)
    if type == "image" { specification["supportsStyleReferences"] = .bool(styleReferences != nil) }
    if let deprecation {
      var notice: [String: JSON] = [
        "autoRemap": false, "date": .string(deprecation.removesAt), "removesAt": .string(deprecation.removesAt),
      ]
      notice["replacementModelId"] = deprecation.replacement.map(JSON.string)
      specification["deprecation"] = .object(notice)
    }
    members["model_spec"] = .object(specification)
    members["object"] = "model"
    members["owned_by"] = "venice.ai"
    return .object(members)
  }

  /// Clients tell the sizing idiom from these: a divisor above 1 is pixels, `resolutions` are tiers, `aspectRatios` alone
  /// are ratios; with none of them either is taken.
  private var constraints: [String: JSON]? {
    switch type {
    case "image": imageConstraints
    case "inpaint": inpaintConstraints
    default: nil
    }
  }

  private var imageConstraints: [String: JSON] {
    var members = commonConstraints
    members["steps"] = ["default": 8, "max": 50]
    members["widthHeightDivisor"] = 1
    switch sizing {
    case .pixels(let divisor): members["widthHeightDivisor"] = .number(Decimal(divisor))
    case .aspectRatio, .resolutions:
      members["aspectRatios"] = .array(AspectRatio.generated.map { .string($0.text) })
      members["defaultAspectRatio"] = "1:1"
    case .unknown: break
    }
    if let styleReferences {
      members["maxStyleReferences"] = .number(Decimal(styleReferences.most))
      members["supportsStyleReferenceStrength"] = .bool(styleReferences.haveStrength)
    }
    return members
  }

  private var inpaintConstraints: [String: JSON] {
    var members = commonConstraints
    members["aspectRatios"] = .array(["auto"] + AspectRatio.edited.map { .string($0.text) })
    members["combineImages"] = .bool(combinesImages)
    members["maxInputImages"] = maxInputImages.map { .number(Decimal($0)) }
    return members
  }

  private var commonConstraints: [String: JSON] {
    var members: [String: JSON] = ["promptCharacterLimit": .number(Decimal(promptLimit))]
    if let tier = pricing.defaultTier {
      members["resolutions"] = .array(pricing.tiers.map(JSON.string))
      members["defaultResolution"] = .string(tier)
    }
    if let quality = pricing.defaultQuality {
      members["qualities"] = .array(pricing.qualities.map(JSON.string))
      members["defaultQuality"] = .string(quality)
    }
    return members
  }

  /// What the vendor's headers say of a model that will go.
  var deprecationHeaders: [String: String] {
    guard let deprecation else { return [:] }
    let advice = deprecation.replacement.map { " Please migrate to \($0)." } ?? ""
    var headers = [
      "x-venice-model-deprecation-warning": "The model \(id) is deprecated.\(advice)",
      "x-venice-model-deprecation-date": deprecation.removesAt, "x-venice-deprecated": "true",
    ]
    headers["x-venice-deprecated-replacement"] = deprecation.replacement
    return headers
  }
}
