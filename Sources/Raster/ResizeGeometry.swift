/// Where every pixel of a resized picture comes from: a part of the source, scaled, laid on a canvas.
public struct ResizeGeometry: Hashable, Sendable, Codable {
  /// A part of the source in pixels. Its edges may lie between pixels where the part is scaled: `cover` then cuts
  /// equally on both sides and stretches nothing.
  public struct Crop: Hashable, Sendable, Codable {
    public var left: Double
    public var top: Double
    public var width: Double
    public var height: Double

    public init(left: Double, top: Double, width: Double, height: Double) {
      self.left = left
      self.top = top
      self.width = width
      self.height = height
    }
  }

  /// The size of the picture that is resized.
  public let source: Size
  /// The part that stays, within `source`.
  public let crop: Crop
  /// What the part is scaled to; no larger than the canvas.
  public let scaled: Size
  /// The size of the result.
  public let canvas: Size
  /// Pixels between the canvas's left edge and the scaled part.
  public let left: Int
  /// Pixels between the canvas's top edge and the scaled part.
  public let top: Int

  init(source: Size, crop: Crop, scaled: Size, canvas: Size, left: Int = 0, top: Int = 0) {
    self.source = source
    self.crop = crop
    self.scaled = scaled
    self.canvas = canvas
    self.left = left
    self.top = top
  }

  /// The geometry that changes nothing.
  public init(unchanged size: Size) {
    self.init(whole: size, scaled: size)
  }

  init(whole source: Size, scaled: Size) {
    let crop = Crop(left: 0, top: 0, width: Double(source.width), height: Double(source.height))
    self.init(source: source, crop: crop, scaled: scaled, canvas: scaled)
  }

  public var outputSize: Size { canvas }
  /// Whether the result is the source, pixel for pixel.
  public var isIdentity: Bool { !resamples && !pads && canvas == source }
  /// Whether some of the canvas is background.
  public var pads: Bool { scaled != canvas }
  /// Whether new samples are computed; otherwise pixels are only moved.
  public var resamples: Bool {
    Double(scaled.width) != crop.width || Double(scaled.height) != crop.height || crop.left != crop.left.rounded()
      || crop.top != crop.top.rounded()
  }

  /// The layout of the result for a picture of `layout`: a canvas that shows may need colour, or alpha.
  ///
  /// - Parameter background: fills the canvas; `nil` is transparency.
  public func layout(of layout: Layout, background: Color?) -> Layout {
    pads ? layout.behind(background) : layout
  }

  /// The same result from a picture that has one pixel where the source has a square of `factor` by `factor`.
  ///
  /// The squares of the right or lower edge may be incomplete, and their pixels stand for less: the part that stays lies
  /// where it lay, to a fraction of a pixel, and nothing is shifted or stretched.
  ///
  /// - Parameters:
  ///   - edges: where incomplete squares lie now, when the small picture was turned: left instead of right, above
  ///     instead of below.
  public func reduced(by factor: Int, turned edges: (left: Bool, top: Bool) = (false, false)) -> ResizeGeometry {
    let small = Size(width: (source.width + factor - 1) / factor, height: (source.height + factor - 1) / factor)
    let missing = (small.width * factor - source.width, small.height * factor - source.height)
    return ResizeGeometry(
      source: small,
      crop: Crop(
        left: (crop.left + Double(edges.left ? missing.0 : 0)) / Double(factor),
        top: (crop.top + Double(edges.top ? missing.1 : 0)) / Double(factor),
        width: crop.width / Double(factor), height: crop.height / Double(factor)),
      scaled: scaled, canvas: canvas, left: left, top: top)
  }
}

extension Resize {
  /// What this wish means for a picture of `source`.
  ///
  /// Lengths that follow from others are rounded half up and are at least 1. Without `enlarge`, neither side of the
  /// scaled picture is longer than the source's; a `contain` canvas keeps the size that was asked for.
  ///
  /// - Precondition: sides are at least 1 and at most 2^31 - 1, as PNG has it, in the source too.
  public func geometry(for source: Size) -> ResizeGeometry {
    for side in [source.width, source.height, width ?? 1, height ?? 1] {
      precondition((1...Int(Int32.max)).contains(side), "a side of \(side) pixels cannot be resized")
    }
    switch (width, height) {
    case (nil, nil): return ResizeGeometry(unchanged: source)
    case (let width?, nil):
      let width = enlarge ? width : min(width, source.width)
      let height = Self.proportional(width, of: source.height, to: source.width)
      return ResizeGeometry(whole: source, scaled: Size(width: width, height: height))
    case (nil, let height?):
      let height = enlarge ? height : min(height, source.height)
      let width = Self.proportional(height, of: source.width, to: source.height)
      return ResizeGeometry(whole: source, scaled: Size(width: width, height: height))
    case (let width?, let height?): return geometry(for: source, box: Size(width: width, height: height))
    }
  }

  private func geometry(for source: Size, box: Size) -> ResizeGeometry {
    switch fit {
    case .cover: return cover(source, box: box)
    case .contain:
      let scaled = inside(source, box: box)
      let geometry = ResizeGeometry(whole: source, scaled: scaled)
      return ResizeGeometry(
        source: source, crop: geometry.crop, scaled: scaled, canvas: box,
        left: Int((Double(box.width - scaled.width) * position.horizontal).rounded(.down)),
        top: Int((Double(box.height - scaled.height) * position.vertical).rounded(.down)))
    case .fill: return ResizeGeometry(whole: source, scaled: enlarge ? box : Self.smaller(box, source))
    case .inside: return ResizeGeometry(whole: source, scaled: inside(source, box: box))
    case .outside: return ResizeGeometry(whole: source, scaled: outside(source, box: box))
    }
  }

  private func inside(_ source: Size, box: Size) -> Size {
    if !enlarge, source.width <= box.width, source.height <= box.height { return source }
    return box.width * source.height <= box.height * source.width
      ? Size(width: box.width, height: Self.proportional(box.width, of: source.height, to: source.width))
      : Size(width: Self.proportional(box.height, of: source.width, to: source.height), height: box.height)
  }

  private func outside(_ source: Size, box: Size) -> Size {
    if !enlarge, source.width <= box.width || source.height <= box.height { return source }
    return box.width * source.height >= box.height * source.width
      ? Size(width: box.width, height: Self.proportional(box.width, of: source.height, to: source.width))
      : Size(width: Self.proportional(box.height, of: source.width, to: source.height), height: box.height)
  }

  private func cover(_ source: Size, box: Size) -> ResizeGeometry {
    if !enlarge, source.width <= box.width || source.height <= box.height {
      let scaled = Self.smaller(box, source)
      return part(of: source, width: Double(scaled.width), height: Double(scaled.height), scaled: scaled)
    }
    return box.width * source.height >= box.height * source.width
      ? part(
        of: source, width: Double(source.width),
        height: Double(box.height * source.width) / Double(box.width), scaled: box)
      : part(
        of: source, width: Double(box.width * source.height) / Double(box.height),
        height: Double(source.height), scaled: box)
  }

  /// The part of the source, so wide and high, that lies where `position` wants it. Unscaled, it begins at a whole
  /// pixel, so that its pixels are only moved.
  private func part(of source: Size, width: Double, height: Double, scaled: Size) -> ResizeGeometry {
    var left = (Double(source.width) - width) * position.horizontal
    var top = (Double(source.height) - height) * position.vertical
    if width == Double(scaled.width), height == Double(scaled.height) {
      (left, top) = (left.rounded(.down), top.rounded(.down))
    }
    return ResizeGeometry(
      source: source, crop: .init(left: left, top: top, width: width, height: height), scaled: scaled, canvas: scaled)
  }

  private static func smaller(_ box: Size, _ source: Size) -> Size {
    Size(width: min(box.width, source.width), height: min(box.height, source.height))
  }

  /// `length * part / whole`, rounded half up, at least 1.
  private static func proportional(_ length: Int, of part: Int, to whole: Int) -> Int {
    max(1, (2 * length * part + whole) / (2 * whole))
  }
}

extension Position {
  /// The share of the free room that lies to the left: 0, 0.5 or 1.
  public var horizontal: Double {
    switch self {
    case .left, .topLeft, .bottomLeft: 0
    case .center, .top, .bottom: 0.5
    case .right, .topRight, .bottomRight: 1
    }
  }

  /// The share of the free room that lies above.
  public var vertical: Double {
    switch self {
    case .top, .topLeft, .topRight: 0
    case .center, .left, .right: 0.5
    case .bottom, .bottomLeft, .bottomRight: 1
    }
  }
}
