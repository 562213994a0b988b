import Codecs
import Colorimetry
import Metadata
import Raster

extension Processor {
  /// Makes the outputs of a plan, side by side, and hands them over in the plan's order, each made and read back.
  ///
  /// The original is decoded once, and always: a cut original is refused although no output needs its pixels. Nothing
  /// is handed over before that. The bytes do not depend on how many threads there are; nor does the error, which is
  /// that of the first output that cannot be made, after those before it were handed over.
  ///
  /// - Parameters:
  ///   - original: the bytes that were examined for the plan.
  ///   - threads: that convert colours and make outputs, this one among them; at least 1. What is in memory at once: ``Production``.
  ///   - emit: takes an output, on this thread; what it throws ends the run.
  public static func run<Emission: Error>(
    _ plan: Plan, original: Span<UInt8>, limits: Limits = Limits(), threads: Int = processors,
    emit: (FinishedOutput) throws(Emission) -> Void
  ) throws(RunError<Emission>) {
    try run(plan, original: original, limits: limits, threads: threads, altering: nil, emit: emit)
  }

  /// What a fault would do to an output between its making and its reading back.
  package typealias Alteration = @Sendable ([UInt8]) -> [UInt8]

  /// - Parameter altering: a fault, for tests of what is done about it.
  package static func run<Emission: Error>(
    _ plan: Plan, original: Span<UInt8>, limits: Limits, threads: Int = processors, altering: Alteration?,
    emit: (FinishedOutput) throws(Emission) -> Void
  ) throws(RunError<Emission>) {
    let report: OriginalReport
    // Nothing else holds the picture: it goes when the outputs do not need it any more.
    let production: Monitor<Production>
    let converter: SRGBConverter?
    do throws(ProcessingError) {
      report = try examine(original, limits: limits)
      var picture = try decode(original, as: report, for: plan, limits: limits, threads: threads)
      converter = try self.converter(for: plan, report)
      if plan.convertsEverything, let converter {
        picture = Self.converted(picture, by: converter, Crew.sharing(among: threads))
      }
      let size = picture.size
      production = Monitor(
        Production(
          plan.outputs, from: Picture(picture), of: size, done: plan.stepsDoneBefore,
          comparesAll: plan.readBack == .full))
    } catch {
      throw .processing(error)
    }
    // Threads cannot borrow a span. Those that are given the buffer end before the closure does.
    try unsafe original.withUnsafeBufferPointer { buffer throws(RunError<Emission>) in
      let workshop = unsafe Workshop(
        plan: plan, report: report, original: buffer, production: production, converter: converter, limits: limits,
        threads: threads, altering: altering)
      try workshop.run(emit: emit)
    }
  }

  /// How many threads make outputs at once by default: as many as there are processors, and at most 8.
  public static var processors: Int { Crew.processors }

  private static func converter(for plan: Plan, _ report: OriginalReport) throws(ProcessingError) -> SRGBConverter? {
    guard let conversion = plan.conversion else { return nil }
    guard conversion == report.conversion else {
      throw .color(reason: "they are not in the space that was planned for; plan again from its bytes")
    }
    return try report.converter()
  }

  /// In its own memory, but for ink, which becomes smaller.
  private static func converted(
    _ picture: consuming Image, by converter: SRGBConverter, _ sharing: Sharing
  ) -> Image {
    if picture.layout.channels == .cmyk { return converter.converted(picture, sharing: sharing) }
    var picture = picture
    converter.convert(&picture, sharing: sharing)
    return picture
  }

  /// The original's pixels, upright.
  private static func decode(
    _ original: Span<UInt8>, as report: OriginalReport, for plan: Plan, limits: Limits, threads: Int
  ) throws(ProcessingError) -> Image {
    var picture = try decode(original, limits, plan.scale, threads)
    guard report.format == plan.format, report.header.size == plan.size, picture.layout == plan.layout,
      picture.size == (plan.format == .jpeg ? plan.scale.size(of: plan.size) : plan.size)
    else { throw .notAsPlanned(expected: plan.size, found: report.header.size) }
    if plan.rejectsBlank, picture.isBlank {
      // What a smaller picture does not show may be there nevertheless.
      let isBlank = plan.scale == .full ? true : try decode(original, limits, .full, threads).isBlank
      if isBlank { throw .flaw(.blank) }
    }
    if plan.orientation != .upright { picture = picture.oriented(by: plan.orientation) }
    return picture
  }

  private static func decode(
    _ original: Span<UInt8>, _ limits: Limits, _ scale: JPEG.Scale, _ threads: Int
  ) throws(ProcessingError) -> Image {
    do throws(CodecError) {
      return try Codec.decode(original, limits: limits, scale: scale, threads: threads)
    } catch {
      throw .original(error)
    }
  }
}
