import Documents

// Rules that look at more than one field. Each names its source.

extension Endpoint {
  /// Names that the neighbouring endpoints use for the same thing.
  var otherNames: [String: String] {
    switch self {
    case .generate: ["n": "variants", "size": "width", "output_format": "format", "modelId": "model"]
    case .generations:
      [
        "variants": "n", "width": "size", "height": "size", "format": "output_format", "safe_mode": "moderation",
        "modelId": "model",
      ]
    case .edit: ["images": "image", "format": "output_format"]
    case .multiEdit: ["image": "images", "model": "modelId", "format": "output_format"]
    case .upscale: ["factor": "scale"]
    case .backgroundRemove: ["url": "image_url"]
    }
  }
}

extension OperationCheck {
  mutating func checkTogether(_ body: JSONObject) throws(OperationError) {
    switch endpoint {
    case .generate:
      // "Only supported when return_binary is false" (schema, `variants`).
      if body["return_binary"] == .bool(true), case .number(let text)? = body["variants"],
        let count = DecimalNumber(text)?.integer, count > 1
      {
        throw .conflict(path: ["variants"], with: "return_binary", why: "a binary answer carries one picture")
      }
      let pixels = ["width", "height"].filter { body[$0] != nil }
      let ratio = ["aspect_ratio", "resolution"].filter { body[$0] != nil }
      if !pixels.isEmpty && !ratio.isEmpty { warnings.append(.mixedSizing(fields: pixels + ratio)) }
    case .edit:
      if body["model"] != nil && body["modelId"] != nil && body["model"] != body["modelId"] {
        throw .conflict(path: ["modelId"], with: "model", why: "they name two models")
      }
    case .upscale:
      // "Must be either 2 or 4" (schema, `scale`), beside bounds of 2 to 4.
      if case .number(let text)? = body["scale"], let scale = DecimalNumber(text), scale.integer != 2,
        scale.integer != 4
      {
        warnings.append(.doubtfulValue(path: ["scale"], value: text, why: "the vendor's text says 2 or 4"))
      }
      // "Clamped to the 0-0.02 range" (schema, `creativity`).
      if case .number(let text)? = body["creativity"], let value = DecimalNumber(text),
        !Field.Bounds(minimum: "0", maximum: "0.02").contains(value)
      {
        warnings.append(.doubtfulValue(path: ["creativity"], value: text, why: "the vendor clamps it to 0-0.02"))
      }
    case .backgroundRemove:
      // "Provide either an image file/base64 or an image URL" (schema).
      switch (body["image"], body["image_url"]) {
      case (nil, nil): throw .missingField(path: ["image"], endpoint: endpoint)
      case (_?, _?): throw .conflict(path: ["image_url"], with: "image", why: "the vendor takes one of them")
      case (_?, nil), (nil, _?): break
      }
    case .generations, .multiEdit:
      break
    }
  }
}
