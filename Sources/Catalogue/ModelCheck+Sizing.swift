import Documents

extension ModelCheck {
  /// A size is told in one idiom. One that the model does not take is refused where it is the only one given; of
  /// several, the model follows its own, and the operation carries a warning already.
  mutating func checkSizing() throws(CatalogueError) {
    let rule = model.sizingRule
    let sides = ["width", "height"].filter { body[$0] != nil }
    let ratios = ["aspect_ratio", "resolution"].filter { body[$0] != nil }
    let isMixed = !sides.isEmpty && !ratios.isEmpty
    switch rule.sizing {
    case .pixels:
      if sides.isEmpty, let field = ratios.first {
        throw .otherSizing(path: [field], model: model.id, takes: rule.sizing)
      }
    case .aspectRatio, .tiers:
      if ratios.isEmpty, let field = sides.first {
        throw .otherSizing(path: [field], model: model.id, takes: rule.sizing)
      }
    case .unknown:
      if ratios.isEmpty, let field = sides.first, model.hasTiers == true {
        doubt([field], why: "its prices go by 'resolution'")
      }
    case .either: break
    }
    if rule.sizing == .pixels || !isMixed { try checkDivisor(rule.divisor, of: sides) }
    // Beside pixels, a model that takes both may not look at the ratio at all.
    if rule.sizing != .either || !isMixed {
      try isOffered("aspect_ratio", by: model.constraints?.aspectRatios)
      try checkResolution(isMixed: isMixed)
    }
  }

  mutating func checkEditSizing() throws(CatalogueError) {
    if let ratio = body.string("aspect_ratio"), ratio != "auto" {
      // "If false, output dimensions match the input on single-image edits and `aspect_ratio` is ignored" (schema).
      if model.constraints?.singleImageAspectRatio == false, operation.inputImages == 1 {
        ignore(["aspect_ratio"])
      } else {
        try isOffered("aspect_ratio", by: model.constraints?.aspectRatios)
      }
    }
    try checkResolution(isMixed: false)
  }

  private mutating func checkResolution(isMixed: Bool) throws(CatalogueError) {
    guard body["resolution"] != nil else { return }
    if try !isOffered("resolution", by: model.constraints?.resolutions), model.hasTiers == false, !isMixed {
      ignore(["resolution"])
    }
  }

  private func checkDivisor(_ divisor: Int?, of sides: [String]) throws(CatalogueError) {
    guard let divisor else { return }
    for side in sides {
      if let value = body[side]?.integer, !value.isMultiple(of: divisor) {
        throw .notDivisible(path: [side], value: value, by: divisor, model: model.id)
      }
    }
  }
}
