import Codecs
import Metadata
import Raster

extension Processor {
  /// Makes the outputs of a plan, one after the other, and hands over each as soon as it is made and read back.
  ///
  /// The original is decoded once, and always: a cut original is refused although no output needs its pixels. Nothing
  /// is handed over before that.
  ///
  /// - Parameters:
  ///   - original: the bytes that were examined for the plan.
  ///   - emit: takes an output; what it throws ends the run.
  public static func run<Emission: Error>(
    _ plan: Plan, original: Span<UInt8>, limits: Limits = Limits(),
    emit: (FinishedOutput) throws(Emission) -> Void
  ) throws(RunError<Emission>) {
    let report: OriginalReport
    let upright: Image
    do throws(ProcessingError) {
      report = try examine(original, limits: limits)
      upright = try decode(original, as: report, for: plan, limits: limits)
    } catch {
      throw .processing(error)
    }
    for planned in plan.outputs {
      let output: FinishedOutput
      do throws(ProcessingError) {
        output = try finish(planned, of: plan, from: upright, original: original, report: report)
      } catch {
        throw .processing(error)
      }
      do throws(Emission) {
        try emit(output)
      } catch {
        throw .emission(error)
      }
    }
  }

  /// The original's pixels, upright.
  private static func decode(
    _ original: Span<UInt8>, as report: OriginalReport, for plan: Plan, limits: Limits
  ) throws(ProcessingError) -> Image {
    let picture: Image
    do throws(CodecError) {
      picture = try Codec.decode(original, limits: limits)
    } catch {
      throw .original(error)
    }
    guard report.format == plan.format, picture.size == plan.size, picture.layout == plan.layout else {
      throw .notAsPlanned(expected: plan.size, found: picture.size)
    }
    if plan.rejectsBlank, picture.isUniform { throw .flaw(.blank) }
    return plan.orientation == .upright ? picture : picture.oriented(by: plan.orientation)
  }

  private static func finish(
    _ planned: PlannedOutput, of plan: Plan, from upright: borrowing Image, original: Span<UInt8>,
    report: OriginalReport
  ) throws(ProcessingError) -> FinishedOutput {
    let (blocks, warnings) = try metadata(of: planned, provenance: plan.provenance, report: report)
    let bytes: [UInt8]
    switch planned.pixels {
    case .kept:
      bytes = try stamped(original, with: blocks, planned)
      try readBack(bytes, planned, blocks: blocks, mode: plan.readBack, lossless: true, pixels: upright)
    case .encoded(let steps):
      bytes = try withPicture(of: upright, steps, planned) { (picture) throws(ProcessingError) in
        let encoding = try steps.encoding.leavingRoom(for: blocks, planned)
        let encoded = try encode(picture, encoding, planned, carriesProfile: blocks.icc != nil)
        let bytes = try stamped(encoded.span, with: blocks, planned)
        try readBack(
          bytes, planned, blocks: blocks, mode: plan.readBack, lossless: steps.encoding.isLossless, pixels: picture)
        return bytes
      }
    }
    return FinishedOutput(
      planned: planned, bytes: bytes, warnings: warnings.map { .metadata(template: planned.template, $0) })
  }

  /// What the output will carry beside its pixels.
  private static func metadata(
    of planned: PlannedOutput, provenance: Provenance, report: OriginalReport
  ) throws(ProcessingError) -> (MetadataBlocks, [MetadataWarning]) {
    var original = report.blocks
    var warnings: [MetadataWarning] = []
    let pixelsChanged: Bool
    switch planned.pixels {
    case .kept: pixelsChanged = false
    case .encoded(let steps):
      pixelsChanged = true
      // A profile for other channels than the output has (grey that became RGB, CMYK) would distort its colours.
      if let profile = original.icc, ICCProfile(profile).channels != .some(steps.layout.channels.isGray ? .gray : .rgb)
      {
        original.icc = nil
        warnings = [.dropped(.icc, reason: "it is not for the channels of the output")]
      }
    }
    do throws(MetadataError) {
      let blocks = try MetadataBlocks.planned(
        for: planned.metadata, provenance: provenance, original: original, outputSize: planned.size,
        format: planned.format, pixelsChanged: pixelsChanged)
      return (blocks, warnings + blocks.warnings)
    } catch {
      throw .metadata(template: planned.template, error)
    }
  }

  static func stamped(
    _ bytes: Span<UInt8>, with blocks: MetadataBlocks, _ planned: PlannedOutput
  ) throws(ProcessingError) -> [UInt8] {
    do throws(MetadataError) {
      return try Container.rewrite(bytes, with: blocks)
    } catch {
      throw .metadata(template: planned.template, error)
    }
  }

  static func encode(
    _ picture: borrowing Image, _ encoding: Encoding, _ planned: PlannedOutput, carriesProfile: Bool
  ) throws(ProcessingError) -> [UInt8] {
    do throws(CodecError) {
      return switch encoding {
      case .webp(let options): try WebP.encode(picture, options: options)
      case .png(let options): try PNG.encode(picture, options: options, carriesProfile: carriesProfile)
      case .jpeg(let options): try JPEG.encode(picture, options: options)
      }
    } catch {
      throw .encoding(template: planned.template, error)
    }
  }

  private static func readBack(
    _ bytes: [UInt8], _ planned: PlannedOutput, blocks: MetadataBlocks, mode: Verification.ReadBack, lossless: Bool,
    pixels: borrowing Image
  ) throws(ProcessingError) {
    do throws(ReadBackFailure) {
      try ReadBack.checkStructure(of: bytes.span, planned, blocks: blocks)
      switch mode {
      case .structure: break
      case .full: try ReadBack.checkPixels(of: bytes.span, lossless: lossless, expected: pixels)
      }
    } catch {
      throw .readBack(template: planned.template, error)
    }
  }
}
