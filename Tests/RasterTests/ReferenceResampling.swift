import Foundation
import Raster

/// Resampling as the textbook has it, in double precision and without any cleverness: for each sample of the result the
/// weighted mean of all samples under the filter, which is as wide as the scale wants. Beyond an edge the picture is
/// mirrored, and beyond its mirror image the last sample goes on.
struct ReferenceResampling {
  var filter: Filter
  /// Whether amounts of light are mixed.
  var isLinear = false

  private var support: Double {
    switch filter {
    case .lanczos3, .spline36: 3
    case .lanczos2, .bicubic, .mitchell: 2
    case .bilinear: 1
    case .nearest: 0
    }
  }

  private func kernel(_ x: Double) -> Double {
    let x = abs(x)
    func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
    switch filter {
    case .lanczos3: return x < 3 ? sinc(x) * sinc(x / 3) : 0
    case .bicubic:
      if x < 1 { return 1.5 * x * x * x - 2.5 * x * x + 1 }
      return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0
    case .lanczos2: return x < 2 ? sinc(x) * sinc(x / 2) : 0
    case .mitchell:
      // Mitchell and Netravali, "Reconstruction Filters in Computer Graphics" (1988), equation 8, B = C = 1/3.
      let (b, c) = (1.0 / 3, 1.0 / 3)
      if x < 1 { return ((12 - 9 * b - 6 * c) * x * x * x + (-18 + 12 * b + 6 * c) * x * x + 6 - 2 * b) / 6 }
      if x >= 2 { return 0 }
      return ((-b - 6 * c) * x * x * x + (6 * b + 30 * c) * x * x + (-12 * b - 48 * c) * x + 8 * b + 24 * c) / 6
    case .spline36:
      // Avisynth's documentation of Spline36Resize.
      if x < 1 { return ((13.0 / 11 * x - 453.0 / 209) * x - 3.0 / 209) * x + 1 }
      if x < 2 { return ((-6.0 / 11 * (x - 1) + 270.0 / 209) * (x - 1) - 156.0 / 209) * (x - 1) }
      return x < 3 ? ((1.0 / 11 * (x - 2) - 45.0 / 209) * (x - 2) + 26.0 / 209) * (x - 2) : 0
    case .bilinear: return max(0, 1 - x)
    case .nearest: return 0
    }
  }

  private func line(_ source: [Double], start: Double, length: Double, count: Int) -> [Double] {
    let shrink = max(1, length / Double(count))
    return (0..<count).map { index in
      let center = start + (Double(index) + 0.5) * length / Double(count)
      if filter == .nearest { return source[min(source.count - 1, Int(center.rounded(.down)))] }
      let reach = support * shrink
      var (sum, total) = (0.0, 0.0)
      for position in Int((center - reach).rounded(.down))...Int((center + reach).rounded(.up)) {
        let weight = kernel((Double(position) + 0.5 - center) / shrink)
        let mirrored =
          position < 0 ? -1 - position : position >= source.count ? 2 * source.count - 1 - position : position
        sum += weight * source[max(0, min(source.count - 1, mirrored))]
        total += weight
      }
      return sum / total
    }
  }

  /// One plane, first across, then down.
  func plane(_ source: [Double], _ geometry: ResizeGeometry) -> [Double] {
    let (width, height) = (geometry.source.width, geometry.source.height)
    let (columns, rows) = (geometry.scaled.width, geometry.scaled.height)
    let across = (0..<height).map { y in
      line(
        Array(source[y * width..<(y + 1) * width]), start: geometry.crop.left, length: geometry.crop.width,
        count: columns)
    }
    let down = (0..<columns).map { x in
      line(across.map { $0[x] }, start: geometry.crop.top, length: geometry.crop.height, count: rows)
    }
    return (0..<rows).flatMap { y in (0..<columns).map { x in down[x][y] } }
  }

  /// All samples of the scaled part, not rounded, but cut to what a sample holds. Colours are premultiplied meanwhile;
  /// where nothing is to be seen they are zero.
  func samples(of image: borrowing Image, _ geometry: ResizeGeometry) -> [Double] {
    let channels = image.layout.channels
    let most = image.layout.depth == .eight ? 255.0 : 65535.0
    let samples = image.samples.map(Double.init)
    func channel(_ index: Int) -> [Double] {
      stride(from: index, to: samples.count, by: channels.count).map { samples[$0] }
    }
    func cut(_ value: Double) -> Double { max(0, min(most, value)) }
    // IEC 61966-2-1.
    func light(_ sample: Double) -> Double {
      let share = sample / most
      return isLinear ? most * (share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)) : sample
    }
    func color(_ light: Double) -> Double {
      let share = cut(light) / most
      return isLinear ? most * (share <= 0.0031308 ? share * 12.92 : 1.055 * pow(share, 1 / 2.4) - 0.055) : cut(light)
    }
    let colors = channels.isGray ? 1 : 3
    guard channels.hasAlpha else {
      let planes = (0..<colors).map { plane(channel($0).map(light), geometry) }
      return planes[0].indices.flatMap { pixel in planes.map { color($0[pixel]) } }
    }
    let alpha = channel(colors)
    let scaledAlpha = plane(alpha, geometry)
    let planes = (0..<colors).map { index in
      plane(zip(channel(index), alpha).map { light($0) * $1 / most }, geometry)
    }
    return scaledAlpha.indices.flatMap { pixel in
      let opacity = scaledAlpha[pixel]
      return planes.map { opacity < 0.5 ? 0 : color($0[pixel] * most / opacity) } + [cut(opacity)]
    }
  }
}
