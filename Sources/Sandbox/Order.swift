import FoundationEssentials
import Raster

/// What a valid call asks for: the pictures, their size and format, and the price.
struct Order: Sendable {
  enum Work: Sendable {
    case draw(prompt: String, seed: Int?, style: String?, references: [InputImage])
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
  /// The prompt that was made of it, where a rewrite was asked for and made.
  let enhancedPrompt: String?
  /// What the picture's EXIF says of how it was made; `nil` where nobody asked for that.
  let exifComment: String?

  /// - Throws: a 400, 404 or 413 with the vendor's words.
  init(_ endpoint: PaidEndpoint, _ body: RequestBody, catalogue: Catalogue) throws(Refusal) {
    let fields = body.fields
    let issues = endpoint.schema.issues(fields)
    guard issues.isEmpty else { throw .invalid(issues) }
    self.endpoint = endpoint
    prompt = fields["prompt"]?.string ?? ""
    let read = try Directive.read(prompt)
    directives = read.directives
    let enhanced = fields["enhance_prompt"] == true ? Self.enhanced(read.prompt) : nil
    enhancedPrompt = enhanced
    exifComment = fields["embed_exif_metadata"] == true ? Self.comment(fields) : nil
    let drawn = enhanced ?? read.prompt
    let quality = fields["quality"]?.string
    let resolution = fields["resolution"]?.string
    var extras = enhanced == nil ? USD.zero : Pricing.enhancement
    if fields["enable_web_search"] == true { extras = extras + Pricing.webSearch }
    switch endpoint {
    case .generate:
      model = try Self.model(fields["model"]?.string ?? "", ["image"], catalogue)
      try model.check(fields)
      let isBinary = fields["return_binary"] == true
      variants = fields["variants"]?.integer ?? 1
      if isBinary, variants > 1 {
        throw .invalid("variants", "variants is only supported when return_binary is false")
      }
      packing = isBinary ? .binary : .json
      size = try model.generatedSize(fields)
      format = ImageFormat(fileExtension: fields["format"]?.string ?? "webp") ?? .webp
      work = .draw(
        prompt: drawn, seed: fields["seed"]?.integer, style: fields["style_preset"]?.string,
        references: try Self.styleReferences(fields))
      price = model.pricing.picture(resolution: resolution, quality: quality) * variants + extras
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
      work = .draw(prompt: drawn, seed: nil, style: nil, references: [])
      // "This parameter is not used": neither is its price.
      price = model.pricing.picture(resolution: nil, quality: nil)
    case .edit, .multiEdit:
      let named = fields["model"]?.string ?? fields["modelId"]?.string ?? Catalogue.defaultEditModel
      model = try Self.model(named, ["inpaint"], catalogue)
      try model.check(fields)
      let images: [InputImage]
      if endpoint == .edit {
        images = [try body.image("image", within: .edited)]
      } else {
        images = try body.images("images", within: .edited)
        try model.check(imageCount: images.count)
      }
      variants = 1
      packing = .binary
      size = model.editedSize(fields, of: images[0])
      // "PNG for 1K edits and JPEG for 2K/4K edits" (EditImageRequest.output_format).
      format =
        fields["output_format"]?.string.flatMap { ImageFormat(fileExtension: $0) }
        ?? (model.tier(asked: resolution) == "1K" ? .png : .jpeg)
      work = .retouch(prompt: drawn, images: images)
      price =
        model.pricing.picture(resolution: resolution, quality: quality) + model.pricing.inputs(images.count) + extras
    case .upscale:
      model = try Self.model(Catalogue.upscaler, ["upscale"], catalogue)
      let image = try body.image("image", within: .enlarged)
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
      price = model.pricing.upscale(factor: granted)
    case .backgroundRemove:
      model = try Self.model(Catalogue.backgroundRemover, ["image"], catalogue)
      let image: InputImage
      if let url = fields["image_url"]?.string {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else { throw .invalid("image_url", "Invalid url") }
        image = .url(url)
      } else {
        image = try body.image("image", within: .cutOut)
      }
      variants = 1
      packing = .binary
      size = image.size
      format = .png
      work = .cutOut(image)
      price = model.pricing.picture(resolution: nil, quality: nil)
    }
  }

  private static func model(_ id: String, _ types: Set<String>, _ catalogue: Catalogue) throws(Refusal) -> Model {
    guard let model = catalogue.model(id, types: types) else {
      throw Refusal(status: 404, message: "Specified model not found: \(id)")
    }
    return model
  }

  /// A prompt of this many characters has its detail already: no rewrite is made of it, and none is charged.
  static let detailedPrompt = 200

  private static func enhanced(_ prompt: String) -> String? {
    prompt.unicodeScalars.count < detailedPrompt ? prompt + ", in fine detail" : nil
  }

  /// The request's own fields as JSON, without its images.
  private static func comment(_ fields: JSON) -> String {
    var members = fields.object ?? [:]
    members["style_references"] = nil
    members["embed_exif_metadata"] = nil
    return JSON.object(members).serialized
  }

  private static func styleReferences(_ fields: JSON) throws(Refusal) -> [InputImage] {
    var references: [InputImage] = []
    for (index, reference) in (fields["style_references"]?.array ?? []).enumerated() {
      references.append(
        try InputImage(
          text: reference["image"]?.string ?? "", at: ["style_references", "\(index)", "image"], within: .styleReference
        )
      )
    }
    return references
  }

  /// "A scale of 4 with large images will result in the scale being dynamically reduced"; "final dimensions after scaling
  /// must not exceed 16777216 pixels" (UpscaleImageRequest).
  private static func granted(_ factor: Int, _ size: Size) throws(Refusal) -> Int {
    let pixels = size.pixelCount ?? .max
    if pixels <= 16_777_216 / (factor * factor) { return factor }
    if pixels <= 16_777_216 / 4 { return 2 }
    throw .invalid("image", "The image is too large: after scaling it must not exceed 16777216 pixels")
  }
}
