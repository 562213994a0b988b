extension Exif {
  /// A colour space that EXIF has a name for.
  public enum ColorSpace: Hashable, Sendable {
    case sRGB
    case adobeRGB
  }

  /// What a block says that the picture's numbers mean; `nil` where it does not say, or is damaged.
  ///
  /// Exif 2.32 (§4.6.5, ColorSpace) has a number for sRGB only: all else is "uncalibrated", of which DCF 2.0 (§5.1.4) says by
  /// its interoperability index, R03, that it is Adobe RGB. Some writers have a number of their own for that, 2.
  public static func colorSpace(of blob: [UInt8]) -> ColorSpace? {
    guard let structure = try? TIFFStructure(blob) else { return nil }
    switch structure.entry(.exif, TIFFStructure.Tag.colorSpace).flatMap(structure.number) {
    case 1: return .sRGB
    case 2: return .adobeRGB
    case nil, 0xFFFF: return structure.namedByIndex
    case _?: return nil
    }
  }
}

extension TIFFStructure {
  /// DCF's index: `R98` is for sRGB, `R03` for Adobe RGB.
  var namedByIndex: Exif.ColorSpace? {
    guard let entry = entry(.interoperability, Tag.interoperabilityIndex), let value = entry.value else { return nil }
    return switch String(decoding: blob[value].prefix { $0 != 0 }, as: UTF8.self) {
    case "R98": .sRGB
    case "R03": .adobeRGB
    default: nil
    }
  }
}
