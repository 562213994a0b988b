import Raster

/// What a fresh EXIF block says (Exif 2.32 §4.6). `nil` fields are not written.
public struct ExifFields: Sendable, Hashable {
  /// Tag 0x010E.
  public var imageDescription: String?
  /// Tag 0x0131: what made the picture.
  public var software: String?
  /// Tags 0x0132 and 0x9010. RFC 3339; written as UTC. Left out when it is not a time.
  public var dateTime: String?
  /// Tag 0x013B.
  public var artist: String?
  /// Tag 0x8298.
  public var copyright: String?
  /// Tag 0x9286, in UTF-16.
  public var userComment: String?
  /// Tags 0x011A, 0x011B and 0x0128. Exif demands a resolution; 72 stands for "unknown".
  public var dotsPerInch: Int
  /// Tags 0xA002 and 0xA003: the true size.
  public var size: Size
  /// Tag 0xA001: 1 for sRGB, 0xFFFF ("uncalibrated") where an ICC profile says more.
  public var isSRGB: Bool

  public init(
    size: Size, imageDescription: String? = nil, software: String? = nil, dateTime: String? = nil,
    artist: String? = nil, copyright: String? = nil, userComment: String? = nil, dotsPerInch: Int = 72,
    isSRGB: Bool = true
  ) {
    self.size = size
    self.imageDescription = imageDescription
    self.software = software
    self.dateTime = dateTime
    self.artist = artist
    self.copyright = copyright
    self.userComment = userComment
    self.dotsPerInch = dotsPerInch
    self.isSRGB = isSRGB
  }
}
