// The vendor's schema (openapi.json, version 20260821.193530, components/schemas) as data. The tests compare every
// name, bound and enumeration with the schema itself.

extension Endpoint {
  /// The fields that the vendor's schema lists for this endpoint, in its order.
  public var fields: [Field] {
    switch self {
    case .generate: Self.generateFields
    case .generations: Self.generationsFields
    case .edit: Self.editFields
    case .multiEdit: Self.multiEditFields
    case .upscale: Self.upscaleFields
    case .backgroundRemove: Self.backgroundRemoveFields
    }
  }

  /// Fields that a documentation page allows and the schema does not list: sent, with a warning.
  var pageOnlyFields: [Field] {
    switch self {
    case .edit: [Field("quality", quality)]
    case .generate, .generations, .multiEdit, .upscale, .backgroundRemove: []
    }
  }

  /// The fields that carry pictures and may be given as files.
  public var imageFields: [Field] {
    fields.filter { $0.kind == .image || $0.kind == .array(of: .image, minItems: 1) }
  }

  /// The schema of this endpoint has a `multipart/form-data` body beside the JSON one.
  public var acceptsUploads: Bool {
    switch self {
    case .generate, .generations: false
    case .edit, .multiEdit, .upscale, .backgroundRemove: true
    }
  }

  // GenerateImageRequest
  private static let generateFields = [
    Field("cfg_scale", .number(.init(minimum: "0", maximum: "20", excludesMinimum: true))),
    Field("embed_exif_metadata", .boolean),
    Field("format", formats),
    Field("height", side),
    Field("hide_watermark", .boolean),
    Field(
      "inpaint", .disabled(why: "the vendor switched inpainting off on 19 May 2025"), nullable: true, deprecated: true),
    Field("lora_strength", .integer(.init(minimum: "0", maximum: "100"))),
    Field("model", .string(), required: true),
    Field("negative_prompt", .string(maxLength: 7500)),
    Field("prompt", .string(minLength: 1, maxLength: 7500), required: true),
    Field("return_binary", .boolean),
    Field("variants", .integer(.init(minimum: "1", maximum: "4"))),
    Field("safe_mode", .boolean),
    Field("seed", .integer(.init(minimum: "-999999999", maximum: "999999999"))),
    Field("steps", .integer()),
    Field("style_preset", .string()),
    Field("aspect_ratio", .string()),
    Field("resolution", .string()),
    Field("quality", quality),
    Field("enable_web_search", .boolean),
    Field("disable_prompt_optimization_thinking", .boolean),
    Field("enhance_prompt", .boolean),
    Field("width", side),
    Field(
      "style_references",
      .array(
        of: .object([
          Field("image", .image, required: true),
          Field("strength", .number(.init(minimum: "0.1", maximum: "1"))),
        ]))),
  ]

  // SimpleGenerateImageRequest
  private static let generationsFields = [
    Field("background", .choice(["transparent", "opaque", "auto"]), nullable: true),
    Field("model", .string()),
    Field("moderation", .choice(["low", "auto"]), nullable: true),
    Field("n", .integer(.init(minimum: "1", maximum: "1")), nullable: true),
    Field("output_compression", .integer(.init(minimum: "0", maximum: "100")), nullable: true),
    Field("output_format", formats),
    Field("prompt", .string(minLength: 1, maxLength: 1500), required: true),
    Field("quality", .choice(["auto", "high", "medium", "low", "hd", "standard"]), nullable: true),
    Field("response_format", .choice(["b64_json", "url"]), nullable: true),
    Field(
      "size",
      .choice([
        "auto", "256x256", "512x512", "1024x1024", "1536x1024", "1024x1536", "1792x1024", "1024x1792",
      ]), nullable: true),
    Field("style", .choice(["vivid", "natural"]), nullable: true),
    Field("user", .string()),
  ]

  // EditImageRequest, with the enumeration of `modelId` that /image/edit adds
  private static let editFields = [
    Field("aspect_ratio", editRatios),
    Field("disable_prompt_optimization_thinking", .boolean),
    Field("enhance_prompt", .boolean),
    Field("resolution", .string(minLength: 1, maxLength: 10)),
    Field("image", .image, required: true),
    Field("model", .string(minLength: 1)),
    Field(
      "modelId",
      .openChoice([
        "firered-image-edit", "qwen-edit-uncensored", "grok-imagine-edit", "grok-imagine-quality-edit",
        "grok-imagine-image-2-0-edit", "qwen-image-2-edit", "qwen-image-2-pro-edit", "wan-2-7-pro-edit",
        "flux-2-max-edit", "gpt-image-2-edit", "gpt-image-1-5-edit", "nano-banana-2-edit", "nano-banana-pro-edit",
        "nano-banana-2-lite-edit", "luma-uni-1-edit", "luma-uni-1-max-edit", "seedream-v5-lite-edit",
        "seedream-v5-pro-edit", "seedream-v4-edit", "qwen-image-3-edit", "qwen-image-3-pro-edit",
      ]), deprecated: true),
    Field("output_format", formats),
    Field("prompt", .string(minLength: 1, maxLength: 32768), required: true),
    Field("safe_mode", .boolean),
  ]

  // MultiEditImageRequest and MultiEditImageMultipartRequest, which differ only in what an image is
  private static let multiEditFields = [
    Field("aspect_ratio", editRatios),
    Field(
      "modelId",
      .openChoice([
        "firered-image-edit", "qwen-edit-uncensored", "grok-imagine-edit", "grok-imagine-quality-edit",
        "grok-imagine-image-2-0-edit", "qwen-image-2-edit", "qwen-image-2-pro-edit", "wan-2-7-pro-edit",
        "flux-2-max-edit", "gpt-image-2-edit", "gpt-image-1-5-edit", "nano-banana-2-edit", "nano-banana-pro-edit",
        "nano-banana-2-lite-edit", "seedream-v5-lite-edit", "seedream-v5-pro-edit", "seedream-v4-edit",
        "qwen-image-3-edit", "qwen-image-3-pro-edit",
      ])),
    Field("output_format", formats),
    Field("prompt", .string(minLength: 1, maxLength: 32768), required: true),
    Field("images", .array(of: .image, minItems: 1), required: true),
    Field("quality", quality),
    Field("resolution", .string(minLength: 1, maxLength: 10)),
    Field("safe_mode", .boolean),
    Field("disable_prompt_optimization_thinking", .boolean),
    Field("enhance_prompt", .boolean),
  ]

  // UpscaleImageRequest
  private static let upscaleFields = [
    Field("creativity", .number(), nullable: true),
    Field("image", .image, required: true),
    Field("scale", .number(.init(minimum: "2", maximum: "4"))),
  ]

  // BackgroundRemoveImageRequest
  private static let backgroundRemoveFields = [
    Field("image", .image),
    Field("image_url", .url),
  ]
}

private let formats = Field.Kind.choice(["jpeg", "png", "webp"])
private let quality = Field.Kind.choice(["low", "medium", "high"])
private let side = Field.Kind.integer(.init(minimum: "0", maximum: "1280", excludesMinimum: true))
private let editRatios = Field.Kind.choice(
  ["auto", "1:1", "3:2", "16:9", "21:9", "9:16", "2:3", "3:4", "4:5"])
