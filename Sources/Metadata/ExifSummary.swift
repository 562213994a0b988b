import Raster

/// What an EXIF block says, as far as people ask for it.
public struct ExifSummary: Sendable, Hashable {
  public var orientation: Orientation = .upright
  /// PixelXDimension and PixelYDimension, when both are there.
  public var size: Size?
  /// Horizontal resolution in dots per inch, rounded.
  public var dotsPerInch: Int?
  public var imageDescription: String?
  public var software: String?
  /// As written: `YYYY:MM:DD HH:MM:SS`.
  public var dateTime: String?
  public var artist: String?
  public var copyright: String?
  public var userComment: String?
  /// The camera's maker and model.
  public var make: String?
  public var model: String?
  public var hasGPS = false
  public var hasThumbnail = false
  public var hasMakerNote = false

  public init() {}
}
