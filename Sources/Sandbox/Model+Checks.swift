import Raster

extension Model {
  /// Checks what depends on the model and the schema cannot know. A field that the model ignores is not looked at.
  ///
  /// - Throws: a 400 that names the field.
  func check(_ fields: JSON) throws(Refusal) {
    for name in ["prompt", "negative_prompt"] {
      let count = fields[name]?.string?.unicodeScalars.count ?? 0
      if count > promptLimit {
        throw .invalid(name, "\(name) has \(count) characters; \(id) takes at most \(promptLimit)")
      }
    }
    if let style = fields["style_preset"]?.string, !Catalogue.styles.contains(style) {
      throw .invalid("style_preset", "'\(style)' is not a style; GET /image/styles lists them")
    }
    try check("resolution", fields["resolution"]?.string, among: pricing.tiers)
    try check("quality", fields["quality"]?.string, among: pricing.qualities)
    let references = fields["style_references"]?.array?.count ?? 0
    if references > styleReferences?.most ?? 0 {
      let most = styleReferences.map { "at most \($0.most)" } ?? "none"
      throw .invalid("style_references", "\(references) style references; \(id) takes \(most)")
    }
  }

  private func check(_ field: String, _ value: String?, among choices: [String]) throws(Refusal) {
    guard let value, !choices.isEmpty, !choices.contains(value) else { return }
    throw .invalid(field, "\(field) '\(value)' is not supported by \(id); it takes \(choices.joined(separator: ", "))")
  }

  /// - Throws: a 400 when an edit has more images than the model takes.
  func check(imageCount: Int) throws(Refusal) {
    if imageCount > inputImages {
      throw .invalid("images", "\(imageCount) images; \(id) takes at most \(inputImages)")
    }
  }

  /// The size of a picture made for `/image/generate`, by the model's idiom.
  ///
  /// - Throws: a 400 for a side or a ratio that the model cannot make.
  func generatedSize(_ fields: JSON) throws(Refusal) -> Size {
    let width = fields["width"]?.integer
    let height = fields["height"]?.integer
    func ratio() throws(Refusal) -> AspectRatio {
      let text = fields["aspect_ratio"]?.string ?? "1:1"
      guard let ratio = AspectRatio.generated.first(where: { $0.text == text }) else {
        let choices = AspectRatio.generated.map(\.text).joined(separator: ", ")
        throw .invalid("aspect_ratio", "aspect_ratio '\(text)' is not supported by \(id); it takes \(choices)")
      }
      return ratio
    }
    switch sizing {
    case .pixels(let divisor):
      for (name, side) in [("width", width), ("height", height)] {
        if let side, !side.isMultiple(of: divisor) {
          throw .invalid(name, "\(name) must be divisible by \(divisor) for \(id)")
        }
      }
      return Size(width: width ?? 1024, height: height ?? 1024)
    case .aspectRatio:
      return try ratio().size(side: 1328)
    case .resolutions:
      return try ratio().size(side: AspectRatio.side(ofTier: tier(asked: fields["resolution"]?.string)) ?? 1024)
    case .unknown:
      if let width, let height { return Size(width: width, height: height) }
      return try ratio().size(side: 1024)
    }
  }

  /// The size of an edit: the ratio asked for, or the nearest one to the picture's own, at the tier's size.
  func editedSize(_ fields: JSON, of image: InputImage) -> Size {
    let asked = fields["aspect_ratio"]?.string ?? "auto"
    let ratio =
      AspectRatio.edited.first { $0.text == asked } ?? AspectRatio.nearest(to: image.size, of: AspectRatio.edited)
    return ratio.size(side: AspectRatio.side(ofTier: tier(asked: fields["resolution"]?.string)) ?? 1024)
  }
}
