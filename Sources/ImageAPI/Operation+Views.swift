import Documents

// What the daemon asks of an operation without knowing the names of its fields.

extension Operation {
  /// The size that a body asks for.
  public enum RequestedSize: Hashable, Sendable {
    case unspecified
    /// `width`/`height`, or `size`; in pixels.
    case pixels(width: Int, height: Int)
    case aspectRatio(width: Int, height: Int)
    /// `upscale`'s `scale`. The vendor reduces it where the result would exceed 16,777,216 pixels.
    case scaled(by: Double)
  }

  /// `nil` when the body leaves the choice to the vendor, and where there is no choice.
  public var model: String? { body.string("model") ?? body.string("modelId") }

  public var prompt: String? { body.string("prompt") }

  public var negativePrompt: String? { body.string("negative_prompt") }

  /// Of the first variant.
  public var seed: Int? { body["seed"]?.integer }

  /// How many pictures a full answer carries.
  public var variants: Int { body[endpoint == .generations ? "n" : "variants"]?.integer ?? 1 }

  public var requestedSize: RequestedSize {
    switch endpoint {
    case .generate: generateSize
    case .generations: Self.pair(body.string("size"), separator: "x").map(RequestedSize.pixels) ?? .unspecified
    case .edit, .multiEdit: ratio.map(RequestedSize.aspectRatio) ?? .unspecified
    case .upscale: .scaled(by: body.number("scale").flatMap(Double.init) ?? 2)
    case .backgroundRemove: .unspecified
    }
  }

  /// `jpeg`, `png` or `webp` where the body says so; `nil` leaves it to the vendor.
  public var requestedFormat: String? {
    let format = body.string(endpoint == .generate ? "format" : "output_format")
    return format == "jpg" ? "jpeg" : format
  }

  /// The answer is a picture, not JSON.
  public var returnsBinary: Bool {
    switch endpoint {
    case .generate: body["return_binary"] == .bool(true)
    case .generations: false
    case .edit, .multiEdit, .upscale, .backgroundRemove: true
    }
  }

  /// A side that is not given is 1024, the schema's default. Mixed idioms say nothing certain: the model picks one.
  private var generateSize: RequestedSize {
    let sides = (width: body["width"]?.integer, height: body["height"]?.integer)
    let hasPixels = sides.width != nil || sides.height != nil
    switch (hasPixels, ratio, body.string("resolution")) {
    case (true, nil, nil): return .pixels(width: sides.width ?? 1024, height: sides.height ?? 1024)
    case (false, let ratio?, _): return .aspectRatio(width: ratio.width, height: ratio.height)
    case (false, nil, _), (true, _, _): return .unspecified
    }
  }

  private var ratio: (width: Int, height: Int)? { Self.pair(body.string("aspect_ratio"), separator: ":") }

  /// `16:9`, `1024x768`; `nil` for `auto` and anything else.
  private static func pair(_ text: String?, separator: Character) -> (width: Int, height: Int)? {
    let sides = text?.split(separator: separator, omittingEmptySubsequences: false).map { Int($0) } ?? []
    guard sides.count == 2, let width = sides[0], let height = sides[1], width > 0, height > 0 else { return nil }
    return (width, height)
  }
}
