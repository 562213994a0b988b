import Codecs
import Metadata
import Raster

/// What an original says of itself before its pixels are decoded, and of its pixels what a plan depends on.
public struct OriginalReport: Hashable, Sendable {
  /// What a trim would leave of the original.
  public struct Survey: Hashable, Sendable, Codable {
    public let trim: Trim
    /// Of the upright picture; `nil` when all of it is border.
    public let region: Region?

    public init(trim: Trim, region: Region?) {
      self.trim = trim
      self.region = region
    }
  }

  public let header: ImageHeader
  /// From EXIF; `.upright` where there is none.
  public let orientation: Orientation
  public let blocks: MetadataBlocks
  public let color: OriginalColor
  /// Why nothing of the original's metadata can be used; `nil` when its container is whole.
  public let damage: MetadataError?
  /// One for each trim that was asked about, which only pixels tell.
  public var surveys: [Survey]

  init(
    header: ImageHeader, orientation: Orientation, blocks: MetadataBlocks, damage: MetadataError?,
    color: OriginalColor = .plain, surveys: [Survey] = []
  ) {
    self.header = header
    self.orientation = orientation
    self.blocks = blocks
    self.color = color
    self.damage = damage
    self.surveys = surveys
  }

  /// As displayed, orientation applied: the size that is verified, reported and named.
  public var size: Size { orientation.displayed(header.size) }
  public var format: ImageFormat { header.format }

  /// An original that is not there yet, as it is expected: opaque, upright, of eight bits, with nothing beside its pixels.
  public static func expected(_ format: ImageFormat, _ size: Size) -> OriginalReport {
    let header = ImageHeader(format: format, size: size, layout: .rgb8, coding: "RGB")
    return OriginalReport(header: header, orientation: .upright, blocks: MetadataBlocks(), damage: nil)
  }
}
