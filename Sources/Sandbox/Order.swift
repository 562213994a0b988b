import FoundationEssentials
import Raster

/// What a valid call asks for: the pictures, their size and format, and the price.
struct Order: Sendable {
  enum Work: Sendable {
    case draw(prompt: String, seed: Int?, style: String?)
    case retouch(prompt: String, images: [InputImage])
    case enlarge(InputImage, factor: Int)
    case cutOut(InputImage)
  }

  enum Packing: Sendable {
    /// The bytes of the picture are the body.
    case binary
    /// `/image/generate`: base64 in `images`.
    case json
    /// `/images/generations`: `b64_json`, or `url` with a data URL.
    case openAI(asURL: Bool)
  }

  let endpoint: PaidEndpoint
  let model: Model
  let work: Work
  var size: Size
  var format: ImageFormat
  let variants: Int
  let packing: Packing
  let price: USD
  /// The prompt as it was sent, directives and all; empty where the endpoint has none.
  let prompt: String
  let directives: [Directive]
  let isEnhanced: Bool

  /// - Throws: a 400, 404 or 413 with the vendor's words.
  init(_ endpoint: PaidEndpoint, _ body: RequestBody, catalogue: Catalogue) throws(Refusal) {
    let issues = endpoint.schema.issues(body.fields)
    guard issues.isEmpty else { throw .invalid(issues) }
    let fields = body.fields
    self.endpoint = endpoint
    prompt = fields["prompt"]?.string ?? ""
    let read = try Directive.read(prompt)
    directives = read.directives
    isEnhanced = fields["enhance_prompt"] == true
    switch endpoint {
    case .generate:
      model = try Self.model(fields["model"]?.string ?? "", ["image"], catalogue)
      try Self.check(fields, against: model)
      let isBinary = fields["return_binary"] == true
      variants = fields["variants"]?.integer ?? 1
      if isBinary, variants > 1 {
        throw .invalid("variants", "variants is only supported when return_binary is false")
      }
      packing = isBinary ? .binary : .json
      size = try Self.generatedSize(fields, model)
      format = ImageFormat(fileExtension: fields["format"]?.string ?? "webp") ?? .webp
      work = .draw(prompt: read.prompt, seed: fields["seed"]?.integer, style: fields["style_preset"]?.string)
      price =
        model.price(resolution: fields["resolution"]?.string, quality: fields["quality"]?.string) * variants
    case .generations:
      if let asked = catalogue.model(fields["model"]?.string ?? "", types: ["image"]) {
        model = asked
      } else {
        model = try Self.model(Catalogue.defaultImageModel, ["image"], catalogue)
      }
      variants = 1
      packing = .openAI(asURL: fields["response_format"] == "url")
      size = Size(fields["size"]?.string ?? "auto") ?? Size(width: 1024, height: 1024)
      format = ImageFormat(fileExtension: fields["output_format"]?.string ?? "png") ?? .png
      work = .draw(prompt: read.prompt, seed: nil, style: nil)
      price = model.price(resolution: nil, quality: nil)
    case .edit, .multiEdit:
      let named = fields["model"]?.string ?? fields["modelId"]?.string ?? Catalogue.defaultEditModel
      model = try Self.model(named, ["inpaint"], catalogue)
      try Self.check(fields, against: model)
      let images = try body.images(endpoint == .edit ? "image" : "images")
      variants = 1
      packing = .binary
      let tier = fields["resolution"]?.string ?? "1K"
      size = try Self.editedSize(fields, of: images[0], tier: tier)
      // "PNG for 1K edits and JPEG for 2K/4K edits" (EditImageRequest.output_format).
      format =
        fields["output_format"]?.string.flatMap { ImageFormat(fileExtension: $0) } ?? (tier == "1K" ? .png : .jpeg)
      work = .retouch(prompt: read.prompt, images: images)
      price = model.price(resolution: tier, quality: fields["quality"]?.string, inputs: images.count)
    case .upscale:
      model = try Self.model(Catalogue.upscaler, ["upscale"], catalogue)
      let image = try body.images("image")[0]
      let asked = fields["scale"]?.decimal ?? 2
      guard let factor = [2, 4].first(where: { Decimal($0) == asked }) else {
        throw .invalid("scale", "scale must be either 2 or 4")
      }
      let granted = try Self.granted(factor, image.size)
      variants = 1
      packing = .binary
      size = Size(width: image.size.width * granted, height: image.size.height * granted)
      format = .png
      work = .enlarge(image, factor: granted)
      price = model.upscalePrice(scale: granted)
    case .backgroundRemove:
      model = try Self.model(Catalogue.backgroundRemover, ["image"], catalogue)
      let image: InputImage
      if let url = fields["image_url"]?.string {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else { throw .invalid("image_url", "Invalid url") }
        image = .url(url)
      } else {
        image = try body.images("image")[0]
      }
      variants = 1
      packing = .binary
      size = image.size
      format = .png
      work = .cutOut(image)
      price = model.price(resolution: nil, quality: nil)
    }
  }

  private static func model(_ id: String, _ types: Set<String>, _ catalogue: Catalogue) throws(Refusal) -> Model {
    guard let model = catalogue.model(id, types: types) else {
      throw Refusal(status: 404, message: "Specified model not found: \(id)")
    }
    return model
  }

  /// What depends on the model and is the same for pictures made and edited.
  private static func check(_ fields: JSON, against model: Model) throws(Refusal) {
    for name in ["prompt", "negative_prompt"] {
      let count = fields[name]?.string?.unicodeScalars.count ?? 0
      if count > model.promptLimit {
        throw .invalid(name, "\(name) has \(count) characters; \(model.id) takes at most \(model.promptLimit)")
      }
    }
    if let style = fields["style_preset"]?.string, !Catalogue.styles.contains(style) {
      throw .invalid("style_preset", "'\(style)' is not a style; GET /image/styles lists them")
    }
    if let tier = fields["resolution"]?.string {
      guard AspectRatio.side(ofTier: tier) != nil else { throw .invalid("resolution", "'\(tier)' is not 1K, 2K or 4K") }
      if case .resolutions(let tiers) = model.sizing, !tiers.contains(tier) {
        throw .invalid("resolution", "\(model.id) takes \(tiers.joined(separator: ", "))")
      }
    }
  }

  private static func generatedSize(_ fields: JSON, _ model: Model) throws(Refusal) -> Size {
    let width = fields["width"]?.integer
    let height = fields["height"]?.integer
    func ratio() throws(Refusal) -> AspectRatio {
      let text = fields["aspect_ratio"]?.string ?? "1:1"
      guard let ratio = AspectRatio.generated.first(where: { $0.text == text }) else {
        throw .invalid("aspect_ratio", "'\(text)' is not one of \(AspectRatio.generated.map(\.text))")
      }
      return ratio
    }
    switch model.sizing {
    case .pixels(let divisor):
      for (name, side) in [("width", width), ("height", height)] {
        if let side, !side.isMultiple(of: divisor) {
          throw .invalid(name, "\(name) must be divisible by \(divisor) for \(model.id)")
        }
      }
      return Size(width: width ?? 1024, height: height ?? 1024)
    case .aspectRatio:
      return try ratio().size(side: 1328)
    case .resolutions(let tiers):
      let tier = fields["resolution"]?.string ?? tiers[0]
      return try ratio().size(side: AspectRatio.side(ofTier: tier) ?? 1024)
    case .unknown:
      if let width, let height { return Size(width: width, height: height) }
      return try ratio().size(side: 1024)
    }
  }

  /// The ratio asked for, or the nearest one to the picture's own, at the tier's size.
  private static func editedSize(_ fields: JSON, of image: InputImage, tier: String) throws(Refusal) -> Size {
    let asked = fields["aspect_ratio"]?.string ?? "auto"
    let ratio =
      AspectRatio.edited.first { $0.text == asked } ?? AspectRatio.nearest(to: image.size, of: AspectRatio.edited)
    return ratio.size(side: AspectRatio.side(ofTier: tier) ?? 1024)
  }

  /// "A scale of 4 with large images will result in the scale being dynamically reduced"; "final dimensions after scaling
  /// must not exceed 16777216 pixels" (UpscaleImageRequest).
  private static func granted(_ factor: Int, _ size: Size) throws(Refusal) -> Int {
    let pixels = size.width * size.height
    if pixels * factor * factor <= 16_777_216 { return factor }
    if pixels * 4 <= 16_777_216 { return 2 }
    throw .invalid("image", "The image is too large: after scaling it must not exceed 16777216 pixels")
  }
}
