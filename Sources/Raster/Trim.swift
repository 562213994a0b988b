/// The wish to cut off a border of one colour, or of transparency.
public struct Trim: Hashable, Sendable, Codable {
  /// As sharp and ImageMagick users know it: what compression does to a plain ground is within it.
  public static let defaultTolerance = 10

  /// How far a channel may be from the border's, in steps of 1/255.
  public var tolerance: Int
  /// The border's colour; `nil` for that of the top left pixel, which may be transparent.
  public var color: Color?
  /// Pixels of the border that stay on each side, where there are as many.
  public var margin: Int

  public init(tolerance: Int = defaultTolerance, color: Color? = nil, margin: Int = 0) {
    self.tolerance = tolerance
    self.color = color
    self.margin = margin
  }
}

extension Image {
  /// What a trim leaves of the picture; `nil` when all of it is border.
  ///
  /// A pixel belongs to the border when its alpha and each of its colours, as far as alpha lets them be seen
  /// (premultiplied), are within the tolerance of the border's: what is transparent has no colour. The border is cut on
  /// each side up to the first line with a pixel that does not belong to it.
  public borrowing func region(leftBy trim: Trim) -> Region? { regions(leftBy: [trim])[0] }

  /// What each trim leaves of the picture, which is looked through once for each border that they name.
  public borrowing func regions(leftBy trims: [Trim]) -> [Region?] {
    trims.regions(of: size) { border in
      switch layout.depth {
      case .eight: content(within: border, UInt8.self)
      case .sixteen: content(within: border, UInt16.self)
      }
    }
  }

  /// What lies within the outermost columns and rows that have something in them.
  private borrowing func content<S: Sample>(within trim: Trim, _: S.Type) -> Region? {
    let (width, height) = (size.width, size.height)
    let channels = layout.channels
    return withPixels { pixels in
      let border = Border<S>(of: pixels, channels, trim)
      func isContent(_ x: Int, _ y: Int) -> Bool { !border.holds(pixels, at: y * width + x) }
      func hasContent(_ y: Int) -> Bool { (0..<width).contains { isContent($0, y) } }
      guard let top = (0..<height).first(where: hasContent), let bottom = (top..<height).last(where: hasContent) else {
        return nil
      }
      var (left, right) = (width, -1)
      for y in top...bottom {
        // Only what could lie further out is looked at.
        if let first = (0..<left).first(where: { isContent($0, y) }) { left = first }
        if let last = (right + 1..<width).last(where: { isContent($0, y) }) { right = last }
      }
      return Region(x: left, y: top, size: Size(width: right - left + 1, height: bottom - top + 1))
    }
  }
}

extension [Trim] {
  /// What each leaves of a picture of a size.
  ///
  /// - Parameter content: looks for what lies within a border, told as a trim without margin; it is asked once for each.
  func regions(of size: Size, content: (Trim) -> Region?) -> [Region?] {
    var found: [Trim: Region?] = [:]
    return map { trim in
      let border = Trim(tolerance: trim.tolerance, color: trim.color)
      let inner = found[border] ?? content(border)
      found[border] = .some(inner)
      return inner?.widened(by: trim.margin, within: size)
    }
  }
}

extension Region {
  /// With so many pixels more on each side, where the picture has them.
  fileprivate func widened(by margin: Int, within whole: Size) -> Region {
    let (left, top) = (max(x - margin, 0), max(y - margin, 0))
    let right = min(x + size.width + margin, whole.width)
    let bottom = min(y + size.height + margin, whole.height)
    return Region(x: left, y: top, size: Size(width: right - left, height: bottom - top))
  }
}

/// The colour of a border, and what is taken for it.
private struct Border<S: Sample> {
  private let channels: Layout.Channels
  /// Colours, premultiplied by alpha from 0 to `S.max`, and alpha.
  private let color: (Int, Int, Int)
  private let alpha: Int
  /// In the same unit.
  private let tolerance: Int

  init(of pixels: Span<UInt8>, _ channels: Layout.Channels, _ trim: Trim) {
    self.channels = channels
    let step = Int(S.max) / 255
    tolerance = trim.tolerance * step
    if let color = trim.color {
      self.color = (Int(color.red) * step, Int(color.green) * step, Int(color.blue) * step)
      alpha = Int(S.max)
    } else {
      (color, alpha) = Self.seen(pixels, at: 0, channels)
    }
  }

  @inline(__always)
  func holds(_ pixels: Span<UInt8>, at pixel: Int) -> Bool {
    let (found, foundAlpha) = Self.seen(pixels, at: pixel, channels)
    return abs(foundAlpha - alpha) <= tolerance && abs(found.0 - color.0) <= tolerance
      && abs(found.1 - color.1) <= tolerance && abs(found.2 - color.2) <= tolerance
  }

  /// A pixel's colour as it is seen, grey three times, and its alpha.
  @inline(__always)
  private static func seen(
    _ pixels: Span<UInt8>, at pixel: Int, _ channels: Layout.Channels
  ) -> (color: (Int, Int, Int), alpha: Int) {
    let bytes = MemoryLayout<S>.size
    let start = pixel * channels.count * bytes
    func sample(_ channel: Int) -> Int { Int(S.load(pixels, at: start + channel * bytes)) }
    let most = Int(S.max)
    switch channels {
    case .gray:
      let gray = sample(0)
      return ((gray, gray, gray), most)
    case .grayAlpha:
      let alpha = sample(1)
      let gray = (sample(0) * alpha + most / 2) / most
      return ((gray, gray, gray), alpha)
    case .rgb: return ((sample(0), sample(1), sample(2)), most)
    case .rgba:
      let alpha = sample(3)
      func shown(_ channel: Int) -> Int { (sample(channel) * alpha + most / 2) / most }
      return ((shown(0), shown(1), shown(2)), alpha)
    case .cmyk: preconditionFailure("a border's colour is one of light")
    }
  }
}
