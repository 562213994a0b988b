import Documents
import ImageAPI
import Money

/// The price of one picture by one model.
struct Quote {
  let operation: ImageAPI.Operation
  let model: Model
  /// Of the picture to upscale.
  let inputPixels: Int?

  /// - Parameter unknown: what counts where the catalogue has no price.
  func picture(unknown: Estimate) -> Estimate {
    guard let pricing = model.pricing else { return unknown }
    switch operation.endpoint {
    case .generate:
      return chosen(
        pricing, flat: pricing.generation, tier: operation.body.string("resolution"),
        quality: operation.body.string("quality"), unknown: unknown)
    // `size` names no tier, and `quality` is "not used in Venice image generation" (schema).
    case .generations, .backgroundRemove:
      return chosen(pricing, flat: pricing.generation, tier: nil, quality: nil, unknown: unknown)
    case .edit, .multiEdit:
      var estimate = chosen(
        pricing, flat: pricing.inpaint, tier: operation.body.string("resolution"),
        quality: operation.body.string("quality"), unknown: unknown)
      if let inputs = pricing.inputImages {
        let more = inputs.additional * max(0, operation.inputImages - max(0, inputs.included))
        estimate.expected += more
        estimate.worst += more
      }
      return estimate
    case .upscale:
      return upscaled(pricing) ?? unknown
    }
  }

  private func chosen(
    _ pricing: Pricing, flat: USD?, tier asked: String?, quality: String?, unknown: Estimate
  ) -> Estimate {
    let tiers = pricing.tiers
    if tiers.isEmpty {
      return flat.map { Estimate(expected: $0, worst: $0, isKnown: true) } ?? unknown
    }
    let quality = QualityChoice(asked: quality, byDefault: model.constraints?.defaultQuality)
    let certain = [asked, model.constraints?.defaultResolution].compactMap(\.self).first { tiers.contains($0) }
    let dearest = (certain.map { [$0] } ?? tiers).compactMap { pricing.dearest(tier: $0, quality) }.max()
    if asked != nil, asked != certain {
      // A tier that has no price: at least what the dearest of the others costs.
      let price = max(unknown.worst, tiers.compactMap { pricing.dearest(tier: $0, quality) }.max() ?? .zero)
      return Estimate(expected: price, worst: price, isKnown: false)
    }
    let tier = certain ?? pricing.lowestTier
    guard let expected = pricing.expected(tier: tier, quality) else { return unknown }
    let worst = max(expected, dearest ?? expected)
    // Where the vendor's choice of tier or quality is not known, the dearest price is no certain one either.
    let isCertain = (certain != nil || tiers.count == 1) && !pricing.isGuess(tier: tier, quality)
    return Estimate(expected: expected, worst: worst, isKnown: true, isCertain: isCertain && worst == expected)
  }

  /// "Final dimensions after scaling must not exceed 16777216 pixels"; "a scale of 4 with large images will result in
  /// the scale being dynamically reduced" (schema, UpscaleImageRequest).
  private func upscaled(_ pricing: Pricing) -> Estimate? {
    // The vendor's words know 2 and 4, its bounds also what lies between; that counts as 4.
    let asked = operation.body["scale"].map { $0.integer ?? 4 } ?? 2
    guard let double = pricing.upscale[2], let fourfold = pricing.upscale[4] else { return nil }
    if asked <= 2 { return Estimate(expected: double, worst: double, isKnown: true) }
    let isReduced = inputPixels.map { $0 > 16_777_216 / (asked * asked) } ?? false
    let isPlain = operation.body["scale"]?.integer == 4 && inputPixels != nil && !isReduced
    return Estimate(
      expected: isReduced ? double : fourfold, worst: max(double, fourfold), isKnown: true, isCertain: isPlain)
  }
}

/// The quality that a price is looked up for.
struct QualityChoice {
  let asked: String?
  /// From live constraints.
  let byDefault: String?
}

extension Pricing {
  /// `1K` where there is one: "Defaults to 1K when not specified" (schema, `resolution` of edits). Else the cheapest.
  fileprivate var lowestTier: String {
    func least(_ tier: String) -> USD? { resolutions[tier] ?? quality[tier]?.values.min() }
    if tiers.contains("1K") { return "1K" }
    return tiers.sorted().min { (least($0) ?? .zero) < (least($1) ?? .zero) } ?? "1K"
  }

  /// The table by resolution is the vendor's for a request without a quality.
  fileprivate func expected(tier: String, _ choice: QualityChoice) -> USD? {
    let qualities = quality[tier] ?? [:]
    return choice.asked.flatMap { qualities[$0] } ?? resolutions[tier] ?? choice.byDefault.flatMap { qualities[$0] }
      ?? qualities.values.max()
  }

  /// Nothing says which quality is taken, and they differ in price.
  fileprivate func isGuess(tier: String, _ choice: QualityChoice) -> Bool {
    let qualities = quality[tier] ?? [:]
    let named = [choice.asked, choice.byDefault].compactMap(\.self).contains { qualities[$0] != nil }
    return !named && resolutions[tier] == nil && Set(qualities.values).count > 1
  }

  fileprivate func dearest(tier: String, _ choice: QualityChoice) -> USD? {
    let qualities = quality[tier] ?? [:]
    if let price = choice.asked.flatMap({ qualities[$0] }) { return price }
    let byDefault = choice.asked == nil ? choice.byDefault.flatMap { qualities[$0] } : nil
    let possible = [resolutions[tier]].compactMap(\.self) + (byDefault.map { [$0] } ?? Array(qualities.values))
    return possible.max()
  }
}
