import Raster

extension Processor {
  /// Runs `body` on what an encoder is given: resized, flattened, converted, each only where it is needed, and without
  /// a copy of what is already right.
  static func withPicture<R>(
    of upright: borrowing Image, _ steps: Steps, _ planned: PlannedOutput,
    _ body: (borrowing Image) throws(ProcessingError) -> R
  ) throws(ProcessingError) -> R {
    guard !steps.geometry.isIdentity else { return try withFlattened(upright, steps, body) }
    let resized: Image
    do throws(RasterError) {
      resized = try upright.resized(steps.geometry, filter: steps.filter, background: steps.padding)
    } catch {
      throw .resampling(template: planned.template, error)
    }
    return try withFlattened(resized, steps, body)
  }

  private static func withFlattened<R>(
    _ image: borrowing Image, _ steps: Steps, _ body: (borrowing Image) throws(ProcessingError) -> R
  ) throws(ProcessingError) -> R {
    guard let background = steps.flattening else { return try withConverted(image, steps, body) }
    return try withConverted(image.flattened(onto: background), steps, body)
  }

  private static func withConverted<R>(
    _ image: borrowing Image, _ steps: Steps, _ body: (borrowing Image) throws(ProcessingError) -> R
  ) throws(ProcessingError) -> R {
    image.layout == steps.layout ? try body(image) : try body(image.converted(to: steps.layout))
  }
}

extension Encoding {
  /// Whether decoding gives back exactly what was encoded.
  var isLossless: Bool {
    switch self {
    case .png: true
    case .webp(let options): options.lossless && options.nearLossless == nil
    case .jpeg: false
    }
  }
}
