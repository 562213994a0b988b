import Raster

/// What a file says of its picture before any pixel is decoded.
public struct ImageHeader: Hashable, Sendable, Codable {
  public let format: ImageFormat
  /// As stored; EXIF orientation is not applied.
  public let size: Size
  /// What `decode` returns for this file.
  public let layout: Layout
  /// More than one frame; `decode` returns the first.
  public let isAnimated: Bool
  /// The file's own word for its colour, for people: `palette`, `YCbCr 4:2:0`, `CMYK`, `lossless RGB`, ….
  public let coding: String
  /// What of a picture can be moved only as a whole, in pixels, when its encoded samples are moved; `nil` where they cannot.
  public let block: Size?

  public init(
    format: ImageFormat, size: Size, layout: Layout, isAnimated: Bool = false, coding: String, block: Size? = nil
  ) {
    self.format = format
    self.size = size
    self.layout = layout
    self.isAnimated = isAnimated
    self.coding = coding
    self.block = block
  }
}
