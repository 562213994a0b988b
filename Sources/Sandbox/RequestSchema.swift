import FoundationEssentials

/// The fields of a request body, as the vendor's schema lists them (`Tests/Venice/openapi.json`, components). No other
/// field passes, where the schema says `additionalProperties: false`.
struct RequestSchema: Sendable {
  let fields: [Field]
  var isOpen = false

  func field(_ name: String) -> Field? {
    fields.first { $0.name == name }
  }

  func issues(_ value: JSON) -> [Refusal.Issue] {
    guard let members = value.object else {
      return [Refusal.Issue(path: [], message: "Expected object, received \(value.typeName)")]
    }
    var issues: [Refusal.Issue] = []
    for field in fields {
      if let value = members[field.name] {
        issues += field.issues(value)
      } else if field.isRequired {
        issues.append(Refusal.Issue(path: [field.name], message: "Required"))
      }
    }
    if !isOpen {
      for name in members.keys.sorted() where field(name) == nil {
        issues.append(Refusal.Issue(path: [], message: "Unrecognized key(s) in object: '\(name)'"))
      }
    }
    return issues
  }
}

extension PaidEndpoint {
  var schema: RequestSchema {
    switch self {
    case .generate: .generate
    case .generations: .generations
    case .edit: .edit
    case .multiEdit: .multiEdit
    case .upscale: .upscale
    case .backgroundRemove: .backgroundRemove
    }
  }
}

extension RequestSchema {
  private static let formats = ["jpeg", "png", "webp"]
  private static let qualities = ["low", "medium", "high"]

  /// GenerateImageRequest
  static let generate = RequestSchema(fields: [
    Field("model", .text(Field.unlimited), isRequired: true),
    Field("prompt", .text(1...7500), isRequired: true),
    Field("negative_prompt", .text(0...7500)),
    Field("width", .integer(1...1280)),
    Field("height", .integer(1...1280)),
    Field("aspect_ratio", .text(Field.unlimited)),
    Field("resolution", .text(Field.unlimited)),
    Field("quality", .choice(qualities)),
    Field("format", .choice(formats)),
    Field("return_binary", .boolean),
    Field("variants", .integer(1...4)),
    Field("seed", .integer(-999_999_999...999_999_999)),
    Field("steps", .integer(Int.min...Int.max)),
    Field("cfg_scale", .number(above: 0, upTo: 20)),
    Field("lora_strength", .integer(0...100)),
    Field("style_preset", .text(Field.unlimited)),
    Field("style_references", .styleReferences),
    Field("safe_mode", .boolean),
    Field("hide_watermark", .boolean),
    Field("embed_exif_metadata", .boolean),
    Field("enable_web_search", .boolean),
    Field("enhance_prompt", .boolean),
    Field("disable_prompt_optimization_thinking", .boolean),
    Field("inpaint", .disabled, isNullable: true),
  ])

  /// GenerateImageRequest.style_references.items
  static let styleReference = RequestSchema(fields: [
    Field("image", .image, isRequired: true),
    Field("strength", .numberFrom(Decimal(sign: .plus, exponent: -1, significand: 1)...1)),
  ])

  /// SimpleGenerateImageRequest
  static let generations = RequestSchema(fields: [
    Field("prompt", .text(1...1500), isRequired: true),
    Field("model", .text(Field.unlimited)),
    Field("n", .integer(1...1), isNullable: true),
    Field("size", .choice(sizes), isNullable: true),
    Field("output_format", .choice(formats)),
    Field("response_format", .choice(["b64_json", "url"]), isNullable: true),
    Field("moderation", .choice(["low", "auto"]), isNullable: true),
    Field("background", .choice(["transparent", "opaque", "auto"]), isNullable: true),
    Field("output_compression", .integer(0...100), isNullable: true),
    Field("quality", .choice(["auto", "high", "medium", "low", "hd", "standard"]), isNullable: true),
    Field("style", .choice(["vivid", "natural"]), isNullable: true),
    Field("user", .text(Field.unlimited)),
  ])

  private static let sizes = [
    "auto", "256x256", "512x512", "1024x1024", "1536x1024", "1024x1536", "1792x1024", "1024x1792",
  ]

  /// What EditImageRequest and MultiEditImageRequest share. `jpg` is not in the schema's enumeration; the description
  /// beside it takes it.
  private static let editing = [
    Field("prompt", .text(1...32768), isRequired: true),
    Field("aspect_ratio", .choice(["auto"] + AspectRatio.edited.map(\.text))),
    Field("resolution", .text(1...10)),
    Field("output_format", .choice(formats + ["jpg"])),
    // A documentation page shows it on /image/edit, whose schema does not list it.
    Field("quality", .choice(qualities)),
    Field("safe_mode", .boolean),
    Field("enhance_prompt", .boolean),
    Field("disable_prompt_optimization_thinking", .boolean),
  ]

  /// EditImageRequest
  static let edit = RequestSchema(
    fields: editing + [
      Field("image", .image, isRequired: true),
      Field("model", .text(1...Int.max)),
      Field("modelId", .choice(Catalogue.vendor.models.filter { $0.type == "inpaint" }.map(\.id))),
    ])

  /// MultiEditImageRequest
  static let multiEdit = RequestSchema(
    fields: editing + [
      Field("images", .images, isRequired: true),
      Field(
        "modelId",
        .choice(
          Catalogue.vendor.models.filter { $0.type == "inpaint" && !$0.id.hasPrefix("luma-uni-1") }.map(\.id))),
    ])

  /// UpscaleImageRequest, which does not forbid further fields. The text says 2 or 4; the schema, from 2 to 4.
  static let upscale = RequestSchema(
    fields: [
      Field("image", .image, isRequired: true),
      Field("scale", .numberFrom(2...4)),
      Field("creativity", .numberFrom(Decimal(Int32.min)...Decimal(Int32.max)), isNullable: true),
    ], isOpen: true)

  /// BackgroundRemoveImageRequest
  static let backgroundRemove = RequestSchema(fields: [
    Field("image", .image), Field("image_url", .text(Field.unlimited)),
  ])
}
