/// How a model is told the size of a picture. Each model follows one idiom (pages 000, 002 and 003 of the vendor's
/// documentation).
public enum Sizing: Hashable, Sendable {
  /// `width` and `height`.
  case pixels
  /// `aspect_ratio`.
  case aspectRatio
  /// `aspect_ratio` and `resolution`.
  case tiers
  /// Pixels or an aspect ratio: the vendor's words fit both.
  case either
  case unknown
}

/// The sizing of a model as far as it is certain.
struct SizingRule: Hashable, Sendable {
  let sizing: Sizing
  /// Width and height are multiples of it; `nil` when not known.
  let divisor: Int?

  init(_ sizing: Sizing, divisor: Int? = nil) {
    self.sizing = sizing
    self.divisor = divisor
  }

  /// From live constraints: `resolutions` and `aspectRatios` are "only present for models that support" their
  /// selection, and a divisor above 1 is of use to pixels alone.
  init(_ constraints: Constraints) {
    divisor = constraints.widthHeightDivisor
    sizing =
      switch (constraints.resolutions, constraints.aspectRatios, divisor) {
      case (_?, _, nil), (_?, _, 1?): .tiers
      case (nil, _?, 1?): .aspectRatio
      case (nil, nil, let divisor?) where divisor > 1: .pixels
      case (_?, _, _?), (nil, _?, _?): .either
      case (nil, _, nil), (nil, nil, _?): .unknown
      }
  }
}

extension Model {
  var sizingRule: SizingRule {
    constraints.map(SizingRule.init) ?? KnownConstraints.sizing[id] ?? SizingRule(.unknown)
  }

  /// How the model is told the size of a picture, from its live constraints, else from a list kept by hand; `.unknown`
  /// where neither says it for certain. Of use to ``ImageAPI/Endpoint/generate`` only.
  public var sizing: Sizing { sizingRule.sizing }

  /// Width and height are multiples of it, in pixels, by live constraints or the list kept by hand; `nil` when neither
  /// says.
  public var widthHeightDivisor: Int? { sizingRule.divisor }

  /// Whether `resolution` can be chosen; `nil` when nothing says so. A table of prices by tier is "only present for
  /// models that support resolution selection" (schema, pricing).
  var hasTiers: Bool? {
    if constraints?.resolutions != nil || pricing?.tiers.isEmpty == false { return true }
    return constraints == nil && pricing == nil ? nil : false
  }

  /// Whether `quality` can be chosen; `nil` when nothing says so. A table of prices by quality is "only present for
  /// models that accept the `quality` request parameter" (schema, pricing).
  var hasQualities: Bool? {
    if constraints?.qualities != nil || pricing?.quality.isEmpty == false { return true }
    return constraints == nil && pricing == nil ? nil : false
  }
}
