import Codecs
import Metadata
import Raster

extension Processor {
  /// What the output will carry beside its pixels.
  static func metadata(
    of planned: PlannedOutput, provenance: Provenance, report: OriginalReport
  ) throws(ProcessingError) -> (MetadataBlocks, [MetadataWarning]) {
    var original = report.blocks
    var warnings: [MetadataWarning] = []
    let pixelsChanged: Bool
    switch planned.pixels {
    case .kept: pixelsChanged = false
    case .turned: pixelsChanged = true
    case .encoded(let work):
      pixelsChanged = true
      if !planned.isToSRGB { original.icc = report.color.carried }
      // A profile for other channels than the output has (grey that became RGB, CMYK) would distort its colours.
      if let profile = original.icc, !planned.isToSRGB,
        ICCProfile(profile).channels != .some(work.layout.channels.isGray ? .gray : .rgb)
      {
        original.icc = nil
        warnings = [.dropped(.icc, reason: "it is not for the channels of the output")]
      }
    }
    if planned.isToSRGB { original.icc = nil }
    var provenance = provenance
    provenance.rendition = planned.rendition
    do throws(MetadataError) {
      let blocks = try MetadataBlocks.planned(
        for: planned.metadata, provenance: provenance, original: original, outputSize: planned.size,
        format: planned.format, pixelsChanged: pixelsChanged, toSRGB: planned.isToSRGB,
        isSRGB: planned.isToSRGB || report.color.space == .sRGB,
        spelledOut: report.color.isFromExif && !planned.isToSRGB ? report.color.carried : nil)
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
    _ picture: borrowing Image, _ encoding: Encoding, _ planned: PlannedOutput, carriesProfile: Bool, threads: Int
  ) throws(ProcessingError) -> [UInt8] {
    do throws(CodecError) {
      return switch encoding {
      case .webp(let options): try WebP.encode(picture, options: options, threads: threads)
      case .png(let options): try PNG.encode(picture, options: options, carriesProfile: carriesProfile)
      case .jpeg(let options): try JPEG.encode(picture, options: options)
      }
    } catch {
      throw .encoding(template: planned.template, error)
    }
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
