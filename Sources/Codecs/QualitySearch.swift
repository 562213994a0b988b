import Foundation
import Raster

/// The search for the best quality whose file is small enough.
///
/// Files grow with quality nearly without exception, about as a power: so the next quality to try is told by the
/// logarithms of what is known, and halving the range is left for where that leads nowhere. What is found makes no more
/// bytes than asked for, and one quality more was tried and makes too many, or is not allowed.
struct QualitySearch {
  let format: ImageFormat
  let qualities: ClosedRange<Int>
  let target: Int

  /// What a step of quality makes of the logarithm of the bytes, before two files tell.
  private static let slope = 0.025

  func best(_ encode: (Int) throws(CodecError) -> [UInt8]) throws(CodecError) -> [UInt8] {
    var best: [UInt8]?
    var small = (quality: qualities.lowerBound - 1, bytes: 0)
    var large: (quality: Int, bytes: Int)
    let whole = try encode(qualities.upperBound)
    if whole.count <= target { return whole }
    large = (qualities.upperBound, whole.count)
    while large.quality - small.quality > 1 {
      let quality = next(small, large)
      let bytes = try encode(quality)
      if bytes.count <= target {
        small = (quality, bytes.count)
        best = bytes
      } else {
        large = (quality, bytes.count)
      }
    }
    guard let best else { throw .tooFewBytes(format, smallest: large.bytes, target: target) }
    return best
  }

  /// A quality between the two.
  private func next(_ small: (quality: Int, bytes: Int), _ large: (quality: Int, bytes: Int)) -> Int {
    let steps = large.quality - small.quality
    let excess = log(Double(large.bytes) / Double(max(target, 1)))
    let slope = small.bytes == 0 ? Self.slope : log(Double(large.bytes) / Double(small.bytes)) / Double(steps)
    let back = slope > 0 ? Int((excess / slope).rounded(.up)) : steps / 2
    return large.quality - min(max(back, 1), steps - 1)
  }
}
