import Codecs
import Colorimetry
import Metadata
import Raster

/// What an original's numbers look like, told from its profile, from what a PNG says beside one, or from EXIF.
///
/// Where several are there, the first that can be used counts, in the order of PNG Third Edition §4.3: cICP, the ICC
/// profile, sRGB, gAMA and cHRM; then what EXIF says. Without any a picture is sRGB, as every reader on the web takes it.
public struct OriginalColor: Hashable, Sendable {
  public enum Space: Hashable, Sendable, Codable {
    /// sRGB, as far as a 255th of a channel goes, whatever it is called. Of ink: nothing is known of it.
    case sRGB
    /// An ICC profile's, whose name is for people.
    case profile(name: String?)
    /// A PNG's own words for it, or EXIF's: `gAMA 1.0`, `cICP 12/13/0/1`.
    case coded(String)
  }

  public let space: Space
  /// What could not be used, and why: the first.
  public let flaw: String?
  /// Whether unconverted pixels keep what says what they look like, be it of use or not.
  let isCarried: Bool
  /// The profile that the space is converted through; `nil` for sRGB.
  let profile: [UInt8]?
  /// What an output has to carry for its unconverted pixels to look the same.
  let carried: [UInt8]?
  /// Whether that is said by EXIF alone: pixels that are kept, and EXIF with them, need not carry it.
  let isFromExif: Bool

  static let plain = OriginalColor(space: .sRGB, flaw: nil, profile: nil, carried: nil)

  init(space: Space, flaw: String?, profile: [UInt8]?, carried: [UInt8]?, isFromExif: Bool = false) {
    (self.space, self.flaw, self.profile, self.carried) = (space, flaw, profile, carried)
    self.isFromExif = isFromExif
    isCarried = carried != nil
  }

  /// Of an original that is elsewhere, and its profile with it.
  init(space: Space, flaw: String?, isCarried: Bool) {
    (self.space, self.flaw, self.isCarried) = (space, flaw, isCarried)
    (profile, carried, isFromExif) = (nil, nil, false)
  }

  /// A picture that says nothing of its colours costs nothing here.
  init(of channels: Layout.Channels, _ blocks: MetadataBlocks) {
    let chunks = blocks.colorChunks
    var flaw: String?
    if let cicp = chunks?.cicp {
      do throws(ColorimetryError) {
        self = try Self.coded(try CodedSpace(cicp: cicp), channels, flaw: nil)
        return
      } catch {
        flaw = "\(error)"
      }
    }
    var coded: OriginalColor?
    var codedFlaw: String?
    let isCoded = chunks?.isSRGB == false && (chunks?.gamma != nil || chunks?.chromaticities != nil)
    if let chunks, isCoded {
      do throws(ColorimetryError) {
        coded = try Self.coded(
          try CodedSpace(gamma: chunks.gamma, chromaticities: chunks.chromaticities), channels, flaw: nil)
      } catch {
        codedFlaw = "\(error)"
      }
    }
    if let icc = blocks.icc {
      do throws(ColorimetryError) {
        // Without its profile the picture would be what the chunks say.
        let isSRGB = try SourceProfile(icc, channels: channels).isSRGB && (!isCoded || coded?.space == .sRGB)
        let name = ICCProfile(icc).name.map(Self.plainWords)
        self.init(
          space: isSRGB ? .sRGB : .profile(name: name), flaw: flaw, profile: isSRGB ? nil : icc, carried: icc)
        return
      } catch {
        flaw = flaw ?? "the colour profile cannot be used: \(error)"
      }
    } else if let warning = blocks.warnings.first(where: \.isAboutProfile) {
      flaw = flaw ?? "\(warning)"
    }
    if let coded {
      self.init(space: coded.space, flaw: flaw, profile: coded.profile, carried: coded.carried)
    } else if chunks?.isSRGB != true, let profile = Self.profile(namedBy: blocks.exif, channels) {
      self.init(
        space: .coded(CodedSpace.adobeRGB.words), flaw: flaw ?? codedFlaw, profile: profile,
        carried: blocks.icc ?? profile, isFromExif: blocks.icc == nil)
    } else {
      self.init(space: .sRGB, flaw: flaw ?? codedFlaw, profile: nil, carried: blocks.icc)
    }
  }

  private static func coded(
    _ space: CodedSpace, _ channels: Layout.Channels, flaw: String?
  ) throws(ColorimetryError) -> OriginalColor {
    let profile = try space.profile(isGray: channels.isGray)
    if try SourceProfile(profile, channels: channels).isSRGB {
      return OriginalColor(space: .sRGB, flaw: flaw, profile: nil, carried: nil)
    }
    return OriginalColor(space: .coded(space.words), flaw: flaw, profile: profile, carried: profile)
  }

  /// `nil` where EXIF names sRGB or nothing, and for ink, which it has no name for.
  private static func profile(namedBy exif: [UInt8]?, _ channels: Layout.Channels) -> [UInt8]? {
    guard channels != .cmyk, let exif, Exif.colorSpace(of: exif) == .adobeRGB else { return nil }
    // It is one of our own: nothing but memory could be missing.
    return try? CodedSpace.adobeRGB.profile(isGray: channels.isGray)
  }

  /// A name of anybody's, for a terminal.
  private static func plainWords(_ name: String) -> String {
    String(name.unicodeScalars.prefix(80).map { $0.properties.generalCategory.isShown ? Character($0) : " " })
  }
}

extension Unicode.GeneralCategory {
  fileprivate var isShown: Bool {
    switch self {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}

extension MetadataWarning {
  fileprivate var isAboutProfile: Bool {
    switch self {
    case .damaged(.icc, _), .dropped(.icc, _): true
    default: false
    }
  }
}

/// What is made of an original's numbers before anything else, so that they are sRGB.
public enum ColorConversion: Hashable, Sendable, Codable {
  /// From the original's own space, relative colorimetric with black point compensation.
  case from(OriginalColor.Space)
  /// CMYK without a profile: what light each ink lets through, multiplied.
  case plainInk
}

extension ColorConversion {
  var words: String {
    switch self {
    case .plainInk: "convert CMYK to sRGB without a profile"
    case .from(.sRGB): "convert to sRGB"
    case .from(.profile(let name)): "convert to sRGB through \(name.map { "\"\($0)\"" } ?? "its profile")"
    case .from(.coded(let words)): "convert to sRGB from \(words)"
    }
  }
}

extension OriginalReport {
  /// How the pixels come to be sRGB; `nil` when they are.
  var conversion: ColorConversion? {
    switch color.space {
    case .sRGB: header.layout.channels == .cmyk ? .plainInk : nil
    case .profile, .coded: .from(color.space)
    }
  }

  /// What does the conversion. Not there for a report that has travelled: its profile stayed behind.
  func converter() throws(ProcessingError) -> SRGBConverter? {
    guard conversion != nil else { return nil }
    do throws(ColorimetryError) {
      guard let profile = color.profile else {
        guard conversion == .plainInk else { throw .unusable(reason: "the profile is not at hand") }
        return SRGBConverter(plainInk: ())
      }
      return try SRGBConverter(
        try SourceProfile(profile, channels: header.layout.channels), layout: header.layout)
    } catch {
      throw .color(reason: error.description)
    }
  }
}
