/// How a picture is fitted into a box, with the meanings the field knows from CSS `object-fit`.
public enum Fit: String, Sendable, Hashable, Codable, CaseIterable {
  /// Fills the box, keeps the aspect ratio, cuts what hangs over.
  case cover
  /// Lies within the box, keeps the aspect ratio, the rest of the box is background.
  case contain
  /// Fills the box, stretching if need be.
  case fill
  /// As large as fits within the box, keeping the aspect ratio; the output is not larger than that.
  case inside
  /// As small as covers the box, keeping the aspect ratio; nothing is cut.
  case outside
}

/// Where the picture lies in its box (`contain`), or what part of it stays (`cover`).
public enum Position: String, Sendable, Hashable, Codable, CaseIterable {
  case center
  case top
  case bottom
  case left
  case right
  case topLeft = "top-left"
  case topRight = "top-right"
  case bottomLeft = "bottom-left"
  case bottomRight = "bottom-right"
}

/// The wish to resize: a box with one or two sides in pixels.
public struct Resize: Hashable, Sendable, Codable {
  /// At least one of the two is given; a missing side follows from the aspect ratio.
  public var width: Int?
  public var height: Int?
  public var fit: Fit
  public var position: Position
  /// Whether a picture smaller than the box is enlarged.
  public var enlarge: Bool
  public var filter: Filter
  /// Whether samples are mixed as amounts of light, along sRGB's curve, instead of as they are stored.
  public var isLinear: Bool

  public init(
    width: Int? = nil, height: Int? = nil, fit: Fit = .inside, position: Position = .center, enlarge: Bool = false,
    filter: Filter = .lanczos3, isLinear: Bool = false
  ) {
    self.width = width
    self.height = height
    self.fit = fit
    self.position = position
    self.enlarge = enlarge
    self.filter = filter
    self.isLinear = isLinear
  }
}
