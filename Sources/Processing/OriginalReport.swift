import Codecs
import Metadata
import Raster

/// What an original says of itself before its pixels are decoded.
public struct OriginalReport: Hashable, Sendable {
  public let header: ImageHeader
  /// From EXIF; `.upright` where there is none.
  public let orientation: Orientation
  public let blocks: MetadataBlocks
  /// Why nothing of the original's metadata can be used; `nil` when its container is whole.
  public let damage: MetadataError?

  /// As displayed, orientation applied: the size that is verified, reported and named.
  public var size: Size { orientation.displayed(header.size) }
  public var format: ImageFormat { header.format }

  /// An original that is not there yet, as it is expected: opaque, upright, of eight bits, with nothing beside its pixels.
  public static func expected(_ format: ImageFormat, _ size: Size) -> OriginalReport {
    let header = ImageHeader(format: format, size: size, layout: .rgb8, coding: "RGB")
    return OriginalReport(header: header, orientation: .upright, blocks: MetadataBlocks(), damage: nil)
  }
}
