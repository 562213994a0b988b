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
    try? sanitized(blob, size: size, keepsGPS: keepsGPS, isSRGB: false, additions: []).blob
  }

  struct Sanitized {
    /// `nil` when nothing is left.
    let blob: [UInt8]?
    /// What is missing in it because it could not be read.
    let loss: String?
  }

  /// - Parameter isSRGB: the block says so, and nothing else of its colours.
  /// - Throws: `damagedExif` when it cannot be done safely.
  static func sanitized(
    _ blob: [UInt8], size: Size, keepsGPS: Bool, isSRGB: Bool, additions: [TIFFStructure.Addition]
  ) throws(MetadataError) -> Sanitized {
    typealias Tag = TIFFStructure.Tag
    let structure = try TIFFStructure(blob)
    guard structure.tables[.primary]?.entries.isEmpty == false else {
      throw .damagedExif(reason: "its directory has no entry")
    }
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
    var unreadable: [Int] = []
    let output = try structure.rebuilt(
      directories: directories,
      keeps: { directory, entry in
        if settings.contains(where: { $0.directory == directory && $0.tag == entry.tag }) {
          return (entry.type == 3 || entry.type == 4) && entry.count == 1
        }
        if isSRGB, Tag.colors.contains(entry.tag) { return false }
        guard mayStay(entry, in: directory) || (keepsGPS && Tag.tellsPlace(entry.tag, in: directory)) else {
          return false
        }
        if entry.value == nil { unreadable.append(entry.tag) }
        return entry.value != nil
      },
      settings: settings, additions: additions)
    // Values may lie where the directory was before additions moved it: then others would read something else.
    if !additions.isEmpty, let output, (try? summary(of: output)) == nil {
      throw .damagedExif(reason: "its values and its directories share bytes")
    }
    return Sanitized(blob: output, loss: loss(unreadable, structure, directories))
  }

  /// Words for what a block claims and nobody can read: values beyond its end, directories that are none.
  private static func loss(
    _ tags: [Int], _ structure: TIFFStructure, _ directories: Set<TIFFStructure.Directory>
  ) -> String? {
    let names = tags.prefix(8).map { "0x" + String($0 + 0x1_0000, radix: 16).dropFirst().uppercased() }
    let rest = tags.count > names.count ? " and \(tags.count - names.count) more" : ""
    var losses: [String] = []
    if !tags.isEmpty {
      losses.append(
        "the value of tag \(names.joined(separator: ", "))\(rest) lies outside of it or is of no known type")
    }
    for directory in TIFFStructure.Directory.allCases where directories.contains(directory) {
      if let flaw = structure.broken[directory] { losses.append("\(directory) entries: \(flaw)") }
    }
    return losses.isEmpty ? nil : losses.joined(separator: "; ") + "; the rest is kept"
  }
}
