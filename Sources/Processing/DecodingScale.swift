import Codecs
import Raster

/// When a JPEG is decoded at a half, a quarter or an eighth of its sides, which takes three quarters to half of the time
/// and a fraction of the memory.
///
/// A decoder that scales drops the higher frequencies of each block, which is not quite what the filter would have done
/// with them. So it is done only where every output is smaller still, by ``margin`` or more, and its own filter comes to
/// its right. A decoder mixes samples as they are stored, so that nothing is scaled for linear light; and a trim or a crop
/// before the resize counts pixels as they are. Of four photographs and a drawn picture, each at two qualities, what was
/// made then was never further from the same made of all pixels than an SSIM of 0.9938 (a field of stars) and a PSNR of
/// 41.3 dB. Pictures with more in the high frequencies than photographs have are further: hard edges and noise reach
/// 0.98 and 32 dB.
enum DecodingScale {
  /// How many times smaller an output has to be than what is decoded for it.
  static let margin = 1.75

  /// The scale that all outputs allow; full where one needs pixels as they are.
  static func largest(
    for outputs: [PlannedOutput], of report: OriginalReport, readBack: Verification.ReadBack
  ) -> JPEG.Scale {
    guard report.format == .jpeg else { return .full }
    let factor = outputs.map { greatestFactor(for: $0, readBack: readBack) }.min() ?? .infinity
    return JPEG.Scale.allCases.last { $0 == .full || Double($0.rawValue) <= factor } ?? .full
  }

  private static func greatestFactor(for output: PlannedOutput, readBack: Verification.ReadBack) -> Double {
    switch output.pixels {
    // Decoded to see that the original is whole; compared with the original pixel by pixel when that is asked for.
    case .kept: readBack == .full ? 1 : .infinity
    case .turned: .infinity
    // Colours are converted one by one: however large the picture is.
    case .encoded(let work): work.steps.first(where: \.dependsOnSize).map(greatestFactor) ?? 1
    }
  }

  private static func greatestFactor(for step: Step) -> Double {
    guard case .resize(let geometry, let filter, isLinear: false, _) = step, filter != .nearest else { return 1 }
    return min(
      geometry.crop.width / Double(geometry.scaled.width), geometry.crop.height / Double(geometry.scaled.height))
      / margin
  }

  /// The output, made of a picture of this scale.
  static func applied(
    _ scale: JPEG.Scale, to output: PlannedOutput, orientation: Orientation
  ) -> PlannedOutput {
    guard scale != .full, case .encoded(let work) = output.pixels,
      let place = work.steps.firstIndex(where: \.dependsOnSize),
      case .resize(let geometry, let filter, let isLinear, let background) = work.steps[place]
    else { return output }
    let moved = orientation.movedEdges
    let reduced = geometry.reduced(
      by: scale.rawValue,
      turned: orientation.swapsSides ? (left: moved.bottom, top: moved.right) : (left: moved.right, top: moved.bottom))
    var steps = work.steps
    steps[place] = .resize(reduced, filter, isLinear: isLinear, background: background)
    return PlannedOutput(
      name: output.name, template: output.template, format: output.format, size: output.size,
      pixels: .encoded(Work(steps: steps, layout: work.layout, encoding: work.encoding)), color: output.color,
      metadata: output.metadata)
  }
}

extension Step {
  /// Whether it makes something else of a smaller picture.
  fileprivate var dependsOnSize: Bool {
    if case .color = self { false } else { true }
  }
}
