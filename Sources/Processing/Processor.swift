import Codecs
import Metadata
import Raster

/// Processing turns an original and a recipe into finished outputs: examine, plan, run.
///
/// It is a pure function of bytes: no file, no clock, no network, so that it can run in a process without any rights,
/// and from any thread. It fails when the original is no whole picture or is not what it must be, when the recipe
/// cannot be followed, and when an output, read back, is not what was planned. Failing, it has no effect but the
/// outputs already emitted, which the caller has staged and discards.
public enum Processor {
  /// Reads the header and the metadata. No pixel is decoded, so that a cut picture may pass here; ``run`` refuses it.
  ///
  /// - Throws: `.original` for what is no picture or breaks a limit.
  public static func examine(
    _ original: Span<UInt8>, limits: Limits = Limits()
  ) throws(ProcessingError) -> OriginalReport {
    let header: ImageHeader
    do throws(CodecError) {
      if original.count > limits.bytes { throw .tooManyBytes(found: original.count, limit: limits.bytes) }
      header = try Codec.header(original)
      if header.size.pixelCount ?? .max > limits.pixels {
        throw .tooManyPixels(found: header.size, limit: limits.pixels)
      }
    } catch {
      throw .original(error)
    }
    let blocks: MetadataBlocks
    var damage: MetadataError?
    do throws(MetadataError) {
      blocks = try Container.read(original)
    } catch {
      // The picture may be whole although what lies around it is not, and it has been paid for.
      blocks = MetadataBlocks()
      damage = error
    }
    let orientation = blocks.exif.map(Exif.orientation(of:)) ?? .upright
    return OriginalReport(
      header: header, orientation: orientation, blocks: blocks, damage: damage,
      color: OriginalColor(of: header.layout.channels, blocks))
  }

  /// Decodes the pixels to see what trims leave of them. Whoever has a recipe looks first whether it takes the original
  /// at all: ``verify(_:original:by:job:)``.
  ///
  /// - Parameters:
  ///   - report: what ``examine(_:limits:)`` says of the same bytes.
  ///   - trims: ``Recipe/trims``.
  /// - Returns: one for each trim, in their order.
  public static func survey(
    _ original: Span<UInt8>, as report: OriginalReport, for trims: [Trim], limits: Limits = Limits()
  ) throws(ProcessingError) -> [OriginalReport.Survey] {
    var picture: Image
    do throws(CodecError) {
      picture = try Codec.decode(original, limits: limits)
    } catch {
      throw .original(error)
    }
    // A border's colour is one of light.
    if picture.layout.channels == .cmyk, let converter = try report.converter() {
      picture = converter.converted(picture, sharing: Crew.sharing(among: processors))
    }
    if report.orientation != .upright { picture = picture.oriented(by: report.orientation) }
    return zip(trims, picture.regions(leftBy: trims)).map { OriginalReport.Survey(trim: $0, region: $1) }
  }
}
