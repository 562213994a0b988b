import Raster

/// A ratio of sides, as `aspect_ratio` writes it: `16:9`.
struct AspectRatio: Equatable, Sendable {
  let width: Int
  let height: Int

  var text: String { "\(width):\(height)" }
  var value: Double { Double(width) / Double(height) }

  /// What the models of `/image/generate` take.
  static let generated = [(1, 1), (3, 2), (4, 3), (5, 4), (16, 9), (21, 9), (9, 16), (2, 3), (3, 4), (4, 5)].map(
    AspectRatio.init)
  /// The enumeration of `/image/edit` and `/image/multi-edit` in the vendor's schema, `auto` aside.
  static let edited = [(1, 1), (3, 2), (16, 9), (21, 9), (9, 16), (2, 3), (3, 4), (4, 5)].map(AspectRatio.init)

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// The one of `ratios` that is nearest to a picture's own.
  static func nearest(to size: Size, of ratios: [AspectRatio]) -> AspectRatio {
    let wanted = Double(size.width) / Double(size.height)
    func distance(_ ratio: AspectRatio) -> Double { max(ratio.value / wanted, wanted / ratio.value) }
    return ratios.min { distance($0) < distance($1) } ?? AspectRatio(width: 1, height: 1)
  }

  /// A size of this ratio with about the area of a square of `side` pixels. Models think in blocks of 16 pixels, so it
  /// is within 2% of the ratio, not exact.
  func size(side: Int) -> Size {
    func blocks(_ length: Double) -> Int { max(1, Int((length / 16).rounded())) * 16 }
    let root = value.squareRoot()
    return Size(width: blocks(Double(side) * root), height: blocks(Double(side) / root))
  }

  /// The side of a square of one resolution tier: `1K` is 1024. `nil` for what is no tier.
  static func side(ofTier tier: String) -> Int? {
    switch tier {
    case "1K": 1024
    case "2K": 2048
    case "4K": 4096
    default: nil
    }
  }
}
