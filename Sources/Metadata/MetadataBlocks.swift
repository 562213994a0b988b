/// What a picture file carries beside its pixels, taken out of its container.
///
/// The same blocks fit all three containers; what a container has no place for is left out when metadata is planned
/// for it, with a warning. All bytes are foreign until planned: `exif` and `xmp` may hold anything that a stranger
/// wrote.
public struct MetadataBlocks: Sendable, Hashable {
  /// A TIFF structure that begins with `II` or `MM`; never with the `Exif\0\0` prefix that JPEG puts before it.
  public var exif: [UInt8]?
  /// One packet in UTF-8. A JPEG's extended XMP has been joined to it.
  public var xmp: [UInt8]?
  /// A whole ICC profile, inflated and joined.
  public var icc: [UInt8]?
  /// IPTC-IIM data sets, without the Photoshop resource around them. JPEG only.
  public var iptc: [UInt8]?
  /// PNG's text chunks and JPEG's comments, in file order. PNG and JPEG only.
  public var texts: [TextBlock]
  /// Pixels per unit of length: JFIF's density, PNG's pHYs. `nil` when the file does not say.
  public var density: Density?
  /// The seven bytes of PNG's tIME. PNG only.
  public var modificationTime: [UInt8]?
  /// What PNG says of its colours beside a profile. It is part of the pixels: a rewrite neither adds nor takes it.
  public var colorChunks: ColorChunks?
  /// Whether the file carries a C2PA manifest store, in JPEG's APP11, PNG's caBX or WebP's C2PA chunk. Any changed byte
  /// breaks its signature, so a rewritten file never has one.
  public var hasCredential: Bool
  /// Whether the file holds segments, chunks or trailing bytes that these blocks do not tell of. A rewrite drops them.
  public var hasUnread: Bool
  /// Whether a block is in a form or a place in which other programs do not look for it: behind the pixels, announced
  /// wrongly, as a text. A rewrite puts it right.
  public var isMisplaced = false
  /// What `hasUnread` is about, in words; not all of it where that is much.
  public var unread: [String] = []
  /// What reading or planning left out or cut, and why.
  public var warnings: [MetadataWarning]

  public init(
    exif: [UInt8]? = nil, xmp: [UInt8]? = nil, icc: [UInt8]? = nil, iptc: [UInt8]? = nil, texts: [TextBlock] = [],
    density: Density? = nil, modificationTime: [UInt8]? = nil, hasCredential: Bool = false, hasUnread: Bool = false,
    warnings: [MetadataWarning] = []
  ) {
    self.exif = exif
    self.xmp = xmp
    self.icc = icc
    self.iptc = iptc
    self.texts = texts
    self.density = density
    self.modificationTime = modificationTime
    self.hasCredential = hasCredential
    self.hasUnread = hasUnread
    self.warnings = warnings
  }

  /// Whether what was read from a file is what was planned for it, whatever was left out on the way there.
  ///
  /// A density is compared where both state one: a JPEG without JFIF, as CMYK ones are, has no place for it, and its
  /// EXIF tells it.
  public func carriesSame(as other: MetadataBlocks) -> Bool {
    var (left, right) = (self, other)
    if left.density == nil || right.density == nil { (left.density, right.density) = (nil, nil) }
    return left.hasSameContent(as: right)
  }

  func hasSameContent(as other: MetadataBlocks) -> Bool {
    var (left, right) = (self, other)
    (left.warnings, right.warnings) = ([], [])
    (left.hasUnread, right.hasUnread) = (false, false)
    (left.isMisplaced, right.isMisplaced) = (false, false)
    (left.unread, right.unread) = ([], [])
    (left.colorChunks, right.colorChunks) = (nil, nil)
    return left == right
  }
}
