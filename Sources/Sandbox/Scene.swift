import Raster

/// A landscape that follows from a text and a seed, and from nothing else: the picture of a prompt.
///
/// Words of the text choose what is in it where they can (a canal brings water, a city houses, a sunset its colours);
/// the rest is left to chance, the same chance every time.
struct Scene: Sendable {
  struct Disc: Sendable {
    /// A share of the width, and of the height.
    let x: Double
    let y: Double
    /// A share of the height.
    let radius: Double
  }

  struct Cloud: Sendable {
    let x: Double
    let y: Double
    let length: Double
    let thickness: Double
  }

  let palette: Palette
  let light: Disc
  /// From the farthest to the nearest.
  let ridges: [Ridge]
  /// Where the water begins, as a share of the height; `nil` for dry land.
  let waterline: Double?
  let clouds: [Cloud]
  let hasStars: Bool
  let hasWindows: Bool
  let seed: UInt64

  init(subject: String, seed: Int) {
    var chance = Chance(text: "\(seed) \(subject)")
    let words = Set(subject.lowercased().split { !$0.isLetter }.map(String.init))
    func mentions(_ list: String...) -> Bool { list.contains { words.contains($0) || words.contains($0 + "s") } }

    if mentions("night", "moon", "midnight", "star", "starry", "moonlit") {
      palette = chance.pick([.night, .polar])
    } else if mentions("sunset", "dusk", "evening", "warm") {
      palette = chance.pick([.sunset, .dawn])
    } else if mentions("sunrise", "dawn", "morning") {
      palette = chance.pick([.dawn, .rose])
    } else if mentions("desert", "dune", "sand") {
      palette = .desert
    } else if mentions("snow", "snowy", "winter", "ice") {
      palette = .winter
    } else if mentions("autumn", "fall") {
      palette = .autumn
    } else {
      palette = chance.pick(Palette.all)
    }

    let hasWater =
      mentions(
        "sea", "canal", "water", "lake", "river", "ocean", "beach", "harbour", "harbor", "boat", "venice", "island",
        "gondola", "lagoon") || chance.unit() < 0.3
    let horizon = chance.number(in: 0.52...0.62)
    waterline = hasWater ? horizon + 0.08 : nil
    light = Disc(
      x: chance.number(in: 0.22...0.78), y: chance.number(in: 0.2...(horizon - 0.14)),
      radius: chance.number(in: 0.05...0.09))

    let ranges: [Ridge.Kind]
    if mentions(
      "city", "street", "building", "skyline", "town", "village", "house", "venice", "canal", "bridge", "shop")
    {
      ranges = [.hills, .houses, .houses]
    } else if mentions("desert", "dune", "sand") {
      ranges = [.dunes, .dunes, .dunes, .dunes]
    } else if mentions("forest", "tree", "wood", "pine", "fir", "jungle") {
      ranges = [.mountains, .hills, .firs, .firs]
    } else {
      ranges = chance.pick([
        [.mountains, .mountains, .hills, .firs], [.mountains, .mountains, .mountains, .hills],
        [.hills, .hills, .hills, .firs], [.mountains, .hills, .hills, .hills],
      ])
    }
    hasWindows = ranges.contains { if case .houses = $0 { true } else { false } }
    // Over water the ranges end at its edge; on dry land they come down to the viewer.
    let nearest = waterline.map { $0 + 0.01 } ?? 0.9
    var ridges: [Ridge] = []
    for (index, kind) in ranges.enumerated() {
      let nearness = Double(index) / Double(ranges.count - 1)
      let rise: ClosedRange<Double>
      let pace: Double
      switch kind {
      case .mountains: (rise, pace) = (0.22...0.36, 2.8)
      case .hills: (rise, pace) = (0.08...0.16, 1.6)
      case .dunes: (rise, pace) = (0.1...0.2, 1.3)
      case .firs: (rise, pace) = (0.12...0.17, 2.4)
      case .houses: (rise, pace) = (0.16...0.24, 1.8 - 0.6 * nearness)
      }
      ridges.append(
        Ridge(
          kind: kind, base: horizon + 0.03 + (nearest - horizon - 0.03) * nearness,
          rise: chance.number(in: rise) * (hasWater ? 0.8 : 1), pace: pace * chance.number(in: 0.8...1.3),
          seed: chance.next()))
    }
    self.ridges = ridges

    hasStars = palette.isNight
    var clouds: [Cloud] = []
    if !palette.isNight {
      for _ in 0..<Int(chance.number(in: 2...6)) {
        let thickness = chance.number(in: 0.012...0.026)
        clouds.append(
          Cloud(
            x: chance.unit(), y: chance.number(in: 0.08...(horizon - 0.16)),
            length: thickness * chance.number(in: 6...16), thickness: thickness))
      }
    }
    self.clouds = clouds
    self.seed = chance.next()
  }

  /// Above this many pixels a scene is painted smaller and enlarged: it has no detail to lose, and stays cheap.
  private static let paintedPixels = 1_600_000.0

  /// The scene in a size.
  func drawn(_ size: Size) -> Image {
    let share = (Self.paintedPixels / (Double(size.width) * Double(size.height))).squareRoot()
    guard share < 1 else { return ScenePainter(self, size).painted() }
    return ScenePainter(self, size.scaled(by: share)).painted().stretched(to: size)
  }
}
