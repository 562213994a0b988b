import Codecs
import Colorimetry
import Raster

extension Processor {
  /// Makes a picture fit what a service takes.
  ///
  /// With too many pixels it is scaled down (Lanczos) to the largest size of its shape that fits, and encoded again in
  /// its format. While it has too many bytes, losslessness goes first, then quality, in steps, then size. Its
  /// orientation is applied, its colour profile stays, CMYK becomes sRGB, and all else that it carries beside its pixels is left out: it
  /// may be private, and the service is a stranger. Of an animation the first frame stays.
  ///
  /// Equal bytes and bounds give equal bytes. Memory holds the decoded picture, which `limits` bounds, and at most two
  /// more of its size, beside what an encoder takes for itself.
  ///
  /// - Returns: `nil` when it fits as it is.
  /// - Throws: `.input`; with too few pixels always, since enlarging would invent them.
  public static func fitted(
    _ bytes: Span<UInt8>, to bounds: InputBounds, limits: Limits = Limits()
  ) throws(ProcessingError) -> FittedInput? {
    let report: OriginalReport
    do throws(ProcessingError) {
      report = try examine(bytes, limits: limits)
    } catch {
      if case .original(let error) = error { throw .input(.unreadable(error)) }
      throw error
    }
    let misfit = bounds.misfit(of: report.header, bytes: bytes.count)
    do throws(InputFitError) {
      switch misfit {
      case nil: return nil
      case .tooFewPixels(let found, let minimum)?: throw .tooFewPixels(found: found, minimum: minimum)
      case .tooManyPixels?, .tooManyBytes?:
        let fit = InputFit(bounds: bounds, report: report, originalBytes: bytes.count)
        return try fit.fitted(try decodedUpright(bytes, report, limits: limits))
      }
    } catch {
      throw .input(error)
    }
  }

  /// As displayed, without an alpha channel that hides nothing.
  private static func decodedUpright(
    _ bytes: Span<UInt8>, _ report: OriginalReport, limits: Limits
  ) throws(InputFitError) -> Image {
    var picture: Image
    do throws(CodecError) {
      picture = try Codec.decode(bytes, limits: limits)
    } catch {
      throw .unreadable(error)
    }
    // Nobody takes ink.
    if picture.layout.channels == .cmyk {
      do throws(ProcessingError) {
        if let converter = try report.converter() {
          picture = converter.converted(picture, sharing: Crew.sharing(among: processors))
        }
      } catch {
        throw .color(reason: error.description)
      }
    }
    let upright = report.orientation == .upright ? picture : picture.oriented(by: report.orientation)
    guard upright.layout.hasAlpha, upright.isOpaque else { return upright }
    return upright.converted(to: Layout(upright.layout.channels.isGray ? .gray : .rgb, upright.layout.depth))
  }
}
