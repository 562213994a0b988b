import CRaster
import Glibc

/// Which samples of a line become each sample of the scaled line, and with what weights.
///
/// A new sample lies where its middle falls in the old line. Downwards the filter is widened by the scale, so that it
/// covers all that a new sample stands for. Beyond an edge the line is mirrored, beyond its mirror image the last sample
/// goes on. The weights of each new sample have a sum of 1.
struct ResamplingWeights {
  /// Old samples that a new one stands for.
  let scale: Double
  /// The first old sample of each new one, and zeros up to a multiple of `craster_sums_at_once`.
  let firsts: [Int32]
  /// How many of them, from the first on, weigh anything.
  let counts: [Int]
  /// Weights that each new sample has, zeros behind its `counts` included: a multiple of `craster_taps_at_once`.
  let taps: Int
  /// One new sample's behind the other's, and zeros as there are of `firsts`.
  let weights: [Float]

  /// - Parameters:
  ///   - start: where the part that is scaled begins, in samples of the old line.
  ///   - length: of that part.
  ///   - count: samples of the new line.
  ///   - old: samples of the old line.
  init(_ filter: Filter, start: Double, length: Double, count: Int, of old: Int) {
    scale = length / Double(count)
    let shrink = max(1, scale)
    let reach = filter.support * shrink
    let most = min(old, Int((2 * reach).rounded(.up)) + 1)
    let lanes = Int(craster_taps_at_once)
    taps = (most + lanes - 1) / lanes * lanes
    let sums = Int(craster_sums_at_once)
    let places = (count + sums - 1) / sums * sums
    var firsts = [Int32](repeating: 0, count: places)
    var counts: [Int] = []
    var weights = [Float](repeating: 0, count: taps * places)
    counts.reserveCapacity(count)
    var shares = [Double](repeating: 0, count: most)
    for index in 0..<count {
      let middle = start + (Double(index) + 0.5) * scale
      // The samples whose own middles are within reach: no more than `most` of the line.
      let under =
        filter == .nearest
        ? Int(middle)...Int(middle)
        : Int((middle - 0.5 - reach).rounded(.up))...Int((middle - 0.5 + reach).rounded(.down))
      let first = min(max(under.lowerBound, 0), old - 1)
      let last = min(max(under.upperBound, 0), old - 1)
      var total = 0.0
      for place in shares.indices { shares[place] = 0 }
      for position in under {
        let weight = filter == .nearest ? 1 : filter.weight((Double(position) + 0.5 - middle) / shrink)
        let mirrored = position < 0 ? -1 - position : position >= old ? 2 * old - 1 - position : position
        shares[min(max(mirrored, first), last) - first] += weight
        total += weight
      }
      for place in 0...last - first { weights[index * taps + place] = Float(shares[place] / total) }
      firsts[index] = Int32(first)
      counts.append(last - first + 1)
    }
    self.firsts = firsts
    self.counts = counts
    self.weights = weights
  }

  /// The old samples that the new one at `index` is made of.
  func samples(under index: Int) -> Range<Int> { Int(firsts[index])..<Int(firsts[index]) + counts[index] }

  /// What the old sample at `place` weighs in the new one at `index`.
  func weight(of place: Int, in index: Int) -> Float {
    let offset = place - Int(firsts[index])
    return offset >= 0 && offset < counts[index] ? weights[index * taps + offset] : 0
  }
}

extension Filter {
  /// How far it reaches to each side, in samples of the smaller line.
  fileprivate var support: Double {
    switch self {
    case .lanczos3, .spline36: 3
    case .lanczos2, .bicubic, .mitchell: 2
    case .bilinear: 1
    case .nearest: 0
    }
  }

  /// The kernel, which `nearest` has none of, at a distance of `x` samples; its integral is about 1.
  fileprivate func weight(_ x: Double) -> Double {
    let x = abs(x)
    guard x < support else { return 0 }
    return switch self {
    case .lanczos3: Self.lanczos(x, lobes: 3)
    case .lanczos2: Self.lanczos(x, lobes: 2)
    case .spline36: Self.spline36(x)
    case .bicubic: Self.cubic(x, b: 0, c: 0.5)
    case .mitchell: Self.cubic(x, b: 1.0 / 3, c: 1.0 / 3)
    case .bilinear: 1 - x
    case .nearest: 1
    }
  }

  private static func lanczos(_ x: Double, lobes: Double) -> Double {
    if x == 0 { return 1 }
    let angle = Double.pi * x
    let window = sin(angle / lobes)
    // sin(3t) = 3 sin(t) - 4 sin(t)^3: one sine is half the time.
    let wave = lobes == 3 ? (3 - 4 * window * window) * window : sin(angle)
    return lobes * wave * window / (angle * angle)
  }

  /// Mitchell and Netravali, "Reconstruction Filters in Computer Graphics" (1988), equation 8.
  private static func cubic(_ x: Double, b: Double, c: Double) -> Double {
    x < 1
      ? (((12 - 9 * b - 6 * c) * x + (12 * b + 6 * c - 18)) * x * x + 6 - 2 * b) / 6
      : (((-b - 6 * c) * x + (6 * b + 30 * c)) * x * x + (-12 * b - 48 * c) * x + 8 * b + 24 * c) / 6
  }

  /// Avisynth's Spline36Resize (avisynth.nl, "Resize"): a cubic for each pixel from the middle.
  private static func spline36(_ x: Double) -> Double {
    switch x {
    case ..<1: return ((13.0 / 11 * x - 453.0 / 209) * x - 3.0 / 209) * x + 1
    case ..<2:
      let t = x - 1
      return ((-6.0 / 11 * t + 270.0 / 209) * t - 156.0 / 209) * t
    default:
      let t = x - 2
      return ((1.0 / 11 * t - 45.0 / 209) * t + 26.0 / 209) * t
    }
  }
}
