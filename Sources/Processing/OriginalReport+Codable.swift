import Codecs
import Metadata
import Raster

/// What plans are made of travels; the metadata itself stays where it was read.
extension OriginalReport: Codable {
  private enum Key: CodingKey {
    case header
    case orientation
    case damage
    case surveys
    case space
    case flaw
    case isCarried
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      header: try container.decode(ImageHeader.self, forKey: .header),
      orientation: try container.decode(Orientation.self, forKey: .orientation), blocks: MetadataBlocks(),
      damage: try container.decodeIfPresent(MetadataError.self, forKey: .damage),
      color: OriginalColor(
        space: try container.decode(OriginalColor.Space.self, forKey: .space),
        flaw: try container.decodeIfPresent(String.self, forKey: .flaw),
        isCarried: try container.decode(Bool.self, forKey: .isCarried)),
      surveys: try container.decode([Survey].self, forKey: .surveys))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(header, forKey: .header)
    try container.encode(orientation, forKey: .orientation)
    try container.encodeIfPresent(damage, forKey: .damage)
    try container.encode(surveys, forKey: .surveys)
    try container.encode(color.space, forKey: .space)
    try container.encodeIfPresent(color.flaw, forKey: .flaw)
    try container.encode(color.isCarried, forKey: .isCarried)
  }
}
