/// The upper edge of one range of a landscape, from left to right.
///
/// Lengths are shares of the picture's height, so that the same range appears in every size and aspect ratio.
struct Ridge: Sendable {
  enum Kind: Sendable {
    case mountains
    case hills
    case dunes
    case firs
    case houses
  }

  let kind: Kind
  /// Where the range would be flat: 0 is the picture's top, 1 its bottom.
  let base: Double
  /// How far it rises above that.
  let rise: Double
  /// Peaks along one picture height.
  let pace: Double
  let seed: UInt64

  /// The edge at a place.
  func top(_ place: Double) -> Double {
    base - rise * profile(place)
  }

  /// From 0, flat, to 1, the highest peak.
  private func profile(_ place: Double) -> Double {
    let along = place * pace
    switch kind {
    case .mountains:
      var sum = 0.0
      var share = 0.62
      var stretch = 1.0
      for octave in 0..<5 {
        sum += share * noise(along * stretch, octave: octave, isSmooth: octave == 0)
        share *= 0.42
        stretch *= 2.3
      }
      return sum
    case .hills: return 0.8 * noise(along, octave: 0) + 0.2 * noise(along * 2.7, octave: 1)
    case .dunes:
      let fold = noise(along, octave: 0)
      return 0.75 * (1 - abs(2 * fold - 1)) + 0.25 * noise(along * 0.5, octave: 1)
    case .firs:
      var highest = 0.0
      let cell = Int((along * 9).rounded(.down))
      for neighbour in (cell - 1)...(cell + 1) {
        let centre = (Double(neighbour) + 0.2 + 0.6 * Chance.at(neighbour, seed: seed)) / 9
        let height = 0.45 + 0.55 * Chance.at(neighbour, seed: seed ^ 1)
        let distance = abs(along - centre) * 9 / (0.55 + 0.25 * height)
        highest = max(highest, height * (1 - distance))
      }
      return 0.3 * noise(along * 0.6, octave: 0) + 0.7 * highest
    case .houses:
      let cell = Int((along * 5).rounded(.down))
      let within = along * 5 - Double(cell)
      let height = 0.3 + 0.5 * Chance.at(cell, seed: seed)
      let middle = abs(within - 0.5) * 2
      switch Chance.at(cell, seed: seed ^ 2) {
      case ..<0.45: return height
      case ..<0.7: return height + 0.12 * (1 - middle)
      case ..<0.9: return height + (middle < 0.7 ? 0.2 * (1 - middle * middle / 0.49).squareRoot() : 0)
      default: return middle < 0.35 ? min(1, height + 0.25 + 0.35 * max(0, 1 - middle / 0.3)) : height
      }
    }
  }

  /// Value noise on a line: random heights at whole places, a curve or a straight line between them.
  private func noise(_ place: Double, octave: Int, isSmooth: Bool? = nil) -> Double {
    let whole = place.rounded(.down)
    var part = place - whole
    if isSmooth ?? (kind != .mountains) { part = part * part * (3 - 2 * part) }
    let seed = seed &+ UInt64(octave) &* 0x632b_e59b_d9b4_e019
    let left = Chance.at(Int(whole), seed: seed)
    return left + (Chance.at(Int(whole) + 1, seed: seed) - left) * part
  }
}
