import Raster

/// EXIF blocks: raw TIFF structures, without the prefix that JPEG puts before them.
///
/// A fresh block is built by libexif. A foreign one keeps its layout or is dropped, and is never built anew: MakerNotes
/// and private values point to offsets that nobody else knows.
public enum Exif {
  /// Exif 2.32 §4.7.2 keeps a block within one JPEG segment: so does a fresh one everywhere. A foreign block may be
  /// longer in PNG and WebP.
  public static let limit = JPEGContainer.exifLimit

  /// How the block says that the picture is turned; `.upright` when it does not, or is damaged.
  public static func orientation(of blob: [UInt8]) -> Orientation {
    guard let structure = try? TIFFStructure(blob),
      let entry = structure.entry(.primary, TIFFStructure.Tag.orientation), let number = structure.number(entry)
    else { return .upright }
    return Orientation(rawValue: number) ?? .upright
  }

  /// A foreign block without GPS (unless asked), thumbnail and MakerNote, its orientation set to 1 and its sizes true.
  ///
  /// Offsets stay; what went reads zero. `nil` when nothing is left or it cannot be done safely: then the block is
  /// dropped.
  public static func sanitized(_ blob: [UInt8], size: Size, keepsGPS: Bool) -> [UInt8]? {
    try? sanitized(blob, size: size, keepsGPS: keepsGPS, isSRGB: false, additions: [])
  }

  /// - Parameter isSRGB: the block says so, and nothing else of its colours.
  /// - Returns: `nil` when nothing is left.
  /// - Throws: `damagedExif` when it cannot be done safely.
  static func sanitized(
    _ blob: [UInt8], size: Size, keepsGPS: Bool, isSRGB: Bool, additions: [TIFFStructure.Addition]
  ) throws(MetadataError) -> [UInt8]? {
    typealias Tag = TIFFStructure.Tag
    let structure = try TIFFStructure(blob)
    var settings = [
      TIFFStructure.Setting(directory: .primary, tag: Tag.orientation, number: 1),
      TIFFStructure.Setting(directory: .primary, tag: Tag.imageWidth, number: size.width),
      TIFFStructure.Setting(directory: .primary, tag: Tag.imageLength, number: size.height),
      TIFFStructure.Setting(directory: .exif, tag: Tag.pixelXDimension, number: size.width),
      TIFFStructure.Setting(directory: .exif, tag: Tag.pixelYDimension, number: size.height),
    ]
    var directories: Set<TIFFStructure.Directory> = [.primary, .exif]
    if keepsGPS { directories.insert(.gps) }
    if isSRGB {
      settings.append(.init(directory: .exif, tag: Tag.colorSpace, number: 1))
    }
    // Its index is where DCF says sRGB or Adobe RGB.
    if !isSRGB || structure.namedByIndex == .sRGB { directories.insert(.interoperability) }
    return try structure.rebuilt(
      directories: directories,
      keeps: { directory, entry in
        if settings.contains(where: { $0.directory == directory && $0.tag == entry.tag }) {
          return (entry.type == 3 || entry.type == 4) && entry.count == 1
        }
        if isSRGB, Tag.colors.contains(entry.tag) { return false }
        return isPlain(entry, in: directory) || (keepsGPS && directory == .primary && entry.tag == Tag.gpsPointer)
      },
      settings: settings, additions: additions)
  }

  /// Whether an entry is what it seems: no other block or picture inside, no private data, of a known type.
  static func isPlain(_ entry: TIFFStructure.Entry, in directory: TIFFStructure.Directory) -> Bool {
    // A type that is not known tells no length.
    guard entry.value != nil || (1...13).contains(entry.type) else { return false }
    switch (directory, entry.tag) {
    case (.gps, _), (.interoperability, _): return true
    // Positions and lengths of a picture inside (strips, tiles, JPEG), SubIFDs, global parameters.
    case (_, 0x0111), (_, 0x0117), (_, 0x0144), (_, 0x0145), (_, 0x0201), (_, 0x0202), (_, 0x014A), (_, 0x0190):
      return false
    // XMP, IPTC, Photoshop resources and ICC inside EXIF: their places are elsewhere, and here nobody would look
    // through them.
    case (_, 0x02BC), (_, 0x83BB), (_, 0x8649), (_, 0x8773): return false
    case (_, TIFFStructure.Tag.makerNote), (_, TIFFStructure.Tag.gpsPointer): return false
    // PrintIM is harmless; the rest up there is DNG's, Lightroom's, Microsoft's padding and the like.
    case (_, 0xC4A5): return true
    case (_, let tag): return tag < 0xC000
    }
  }
}
