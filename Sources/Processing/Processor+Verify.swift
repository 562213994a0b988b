import Codecs
import Raster

extension Processor {
  /// Aspect ratios of requests are met within 2%: models round sides to multiples of their own.
  static let requestedAspectTolerance = 0.02

  /// Checks a picture between two steps of a job, before more is paid for what is made of it: whole, of the size that
  /// its own step asked for, and none of what the recipe rejects. Sizes that the recipe itself names are the last
  /// step's business.
  ///
  /// - Parameter job: with the size and format that the picture's step asked for.
  public static func verifyInterim(
    _ bytes: Span<UInt8>, original: OriginalFacts, by verification: Verification, job: JobFacts,
    limits: Limits = Limits()
  ) throws(ProcessingError) {
    let report = try examine(bytes, limits: limits)
    var interim = verification
    if interim.size != .requested { interim.size = .range(min: nil, max: nil, aspect: nil, tolerance: 0) }
    _ = try verify(report, original: original, by: interim, job: job)
    let picture: Image
    do throws(CodecError) {
      picture = try Codec.decode(bytes, limits: limits)
    } catch {
      throw .original(error)
    }
    if verification.reject.contains(.blank), picture.isBlank { throw .flaw(.blank) }
  }

  /// Checks an original against a recipe, as far as can be told without its pixels. ``plan`` does it too; before pixels
  /// are decoded for a plan, it saves their time.
  ///
  /// - Throws: `.size` and `.flaw`.
  @discardableResult
  public static func verify(
    _ report: OriginalReport, original: OriginalFacts, by verification: Verification, job: JobFacts
  ) throws(ProcessingError) -> [ProcessingWarning] {
    if original.isViolation, verification.reject.contains(.violation) { throw .flaw(.violation) }
    if original.isBlurred, verification.reject.contains(.blurred) { throw .flaw(.blurred) }
    var warnings: [ProcessingWarning] = []
    for expected in verification.size.expectations(original.requestedSize ?? job.requestedSize)
    where !expected.allows(report.size) {
      switch verification.onMismatch {
      case .fail: throw .size(expected: expected, found: report.size)
      case .accept: warnings.append(.sizeAccepted(expected: expected, found: report.size))
      }
    }
    if let asked = job.requestedFormat, asked != report.format {
      warnings.append(.otherFormat(asked: asked, found: report.format))
    }
    if report.header.isAnimated { warnings.append(.animated) }
    return warnings
  }
}

extension Verification.SizeRule {
  func expectations(_ requested: RequestedSize) -> [ExpectedSize] {
    switch self {
    case .requested: requested.expectation.map { [$0] } ?? []
    case .exact(let size): [.exact(size)]
    case .range(let min, let max, let aspect, let tolerance):
      [.range(min: min, max: max)] + (aspect.map { [.aspectRatio($0, tolerance: tolerance)] } ?? [])
    }
  }
}

extension RequestedSize {
  var expectation: ExpectedSize? {
    switch self {
    case .unspecified: nil
    case .exact(let size): .exact(size)
    case .aspectRatio(let ratio): .aspectRatio(ratio, tolerance: Processor.requestedAspectTolerance)
    case .scaled(let size, let factor): .scaled(size, factor: factor)
    }
  }
}

extension ExpectedSize {
  func allows(_ size: Size) -> Bool {
    switch self {
    case .exact(let expected): size == expected
    case .aspectRatio(let ratio, let tolerance):
      // As products, so that 2% of whole numbers is exact; as doubles, because a ratio may have any numbers.
      abs(Double(size.width) * Double(ratio.height) - Double(size.height) * Double(ratio.width))
        <= tolerance * (Double(size.height) * Double(ratio.width))
    case .scaled(let source, let factor):
      // Where a side does not come to whole pixels, either neighbour is right.
      abs(Double(size.width) - Double(source.width) * factor) < 1
        && abs(Double(size.height) - Double(source.height) * factor) < 1
    case .range(let min, let max):
      size.width >= min?.width ?? 1 && size.height >= min?.height ?? 1 && size.width <= max?.width ?? .max
        && size.height <= max?.height ?? .max
    }
  }
}

extension Image {
  /// Whether every pixel is the same. One pixel alone tells nothing.
  var isBlank: Bool { size.pixelCount != 1 && isUniform }
}
