import Raster

/// Where an output's pixels lie: what each step that moves or scales them makes of a picture's size.
struct Shape: Hashable {
  /// What a trim leaves of the picture; `nil` where nothing is trimmed.
  let trimmed: Region?
  /// `nil` where all is kept.
  let cropped: Region?
  let resized: ResizeGeometry
  let padding: Padding

  /// The size of the output.
  var size: Size { padding.around(resized.outputSize) }

  /// - Parameters:
  ///   - size: of the picture, upright.
  ///   - surveyed: what the recipe's trim leaves of it, if that is known and is not nothing.
  /// - Throws: `.cropOutside`.
  init(of recipe: OutputRecipe, for size: Size, surveyed: Region?) throws(ProcessingError) {
    trimmed = surveyed == Region(whole: size) ? nil : surveyed
    let whole = trimmed?.size ?? size
    var left = whole
    if let crop = recipe.crop {
      let region = crop.region(of: whole)
      guard region.lies(in: whole) else {
        throw .cropOutside(template: recipe.file.text, part: region, size: whole, isTrimmed: trimmed != nil)
      }
      cropped = region == Region(whole: whole) ? nil : region
      left = region.size
    } else {
      cropped = nil
    }
    resized = recipe.resize?.geometry(for: left) ?? ResizeGeometry(unchanged: left)
    padding = recipe.pad?.padding ?? Padding()
  }
}

extension OriginalReport {
  /// What a trim leaves of the original, and what is to be told of it.
  func left(by trim: Trim?) -> (region: Region?, warning: ProcessingWarning?) {
    guard let trim else { return (nil, nil) }
    guard let survey = surveys.first(where: { $0.trim == trim }) else { return (nil, .trimUnknown) }
    return (survey.region, survey.region == nil ? .nothingLeftByTrim : nil)
  }
}

extension Recipe {
  /// Every trim of its outputs, once.
  public var trims: [Trim] {
    outputs.compactMap(\.trim).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
