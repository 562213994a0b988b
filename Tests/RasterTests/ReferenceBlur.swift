import Foundation
import Raster

/// Convolution with a Gaussian as the textbook has it, in double precision: every pixel under a kernel that reaches eight
/// sigmas, first across, then down. Beyond an edge the outermost pixel goes on.
struct ReferenceBlur {
  var sigma: Double

  private func line(_ source: [Double]) -> [Double] {
    let reach = Int((8 * sigma).rounded(.up))
    let kernel = (-reach...reach).map { exp(-0.5 * (Double($0) / sigma) * (Double($0) / sigma)) }
    var sums = [0.0]
    for weight in kernel { sums.append(sums[sums.count - 1] + weight) }
    let (total, last) = (sums[kernel.count], source.count - 1)
    return source.indices.map { center in
      // The kernel's weight left of the line's first pixel, and right of its last.
      let (before, after) = (max(0, reach - center), min(kernel.count, last - center + reach + 1))
      var sum = sums[before] * source[0] + (total - sums[after]) * source[last]
      for index in before..<after { sum += kernel[index] * source[center + index - reach] }
      return sum / total
    }
  }

  func plane(_ source: [Double], _ size: Size) -> [Double] {
    let across = (0..<size.height).map { y in line(Array(source[y * size.width..<(y + 1) * size.width])) }
    let down = (0..<size.width).map { x in line(across.map { $0[x] }) }
    return (0..<size.height).flatMap { y in (0..<size.width).map { x in down[x][y] } }
  }

  /// All samples, not rounded, colours premultiplied meanwhile; where nothing is to be seen they are zero.
  func samples(of image: borrowing Image) -> [Double] {
    let channels = image.layout.channels
    let most = image.layout.depth == .eight ? 255.0 : 65535.0
    let size = image.size
    let planes = image.planes
    guard channels.hasAlpha, let alpha = planes.last else {
      let blurred = planes.map { plane($0, size) }
      return blurred[0].indices.flatMap { pixel in blurred.map { $0[pixel] } }
    }
    let blurredAlpha = plane(alpha, size)
    let colors = planes.dropLast().map { color in plane(zip(color, alpha).map { $0 * $1 / most }, size) }
    return blurredAlpha.indices.flatMap { pixel in
      let opacity = blurredAlpha[pixel]
      return colors.map { opacity < 0.5 ? 0 : min(most, $0[pixel] * most / opacity) } + [opacity]
    }
  }

  /// The unsharp mask of `Image.sharpened`, from its description.
  func sharpened(_ image: borrowing Image, amount: Double, threshold: Double) -> [Double] {
    let channels = image.layout.channels
    let most = image.layout.depth == .eight ? 255.0 : 65535.0
    let planes = image.planes
    let alpha = channels.hasAlpha ? planes[planes.count - 1] : planes[0].map { _ in most }
    let luma = planes[0].indices.map { pixel in
      channels.isGray
        ? planes[0][pixel] : 0.299 * planes[0][pixel] + 0.587 * planes[1][pixel] + 0.114 * planes[2][pixel]
    }
    let weighted = plane(zip(luma, alpha).map { $0 * $1 }, image.size)
    let weight = plane(alpha, image.size)
    let limit = threshold * most / 255
    return luma.indices.flatMap { pixel in
      let difference = alpha[pixel] == 0 ? 0 : luma[pixel] - weighted[pixel] / weight[pixel]
      let detail = difference > limit ? difference - limit : difference < -limit ? difference + limit : 0
      return planes.enumerated().map { index, plane in
        channels.hasAlpha && index == planes.count - 1
          ? plane[pixel] : max(0, min(most, plane[pixel] + amount * detail))
      }
    }
  }
}

extension Image {
  fileprivate var planes: [[Double]] {
    let (samples, count) = (samples, layout.channels.count)
    return (0..<count).map { channel in stride(from: channel, to: samples.count, by: count).map { Double(samples[$0]) }
    }
  }

  /// How far this picture's samples are from those of a reference, at most.
  func farthest(from reference: [Double]) -> Double {
    let samples = samples
    guard samples.count == reference.count else { return .infinity }
    return zip(samples, reference).map { abs(Double($0) - $1) }.max() ?? 0
  }
}
