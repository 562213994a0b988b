import Codecs
import Metadata
import Raster

/// What a picture file says of itself, for `darkroom inspect`. Nothing is decoded, so that a cut picture may pass.
public struct Inspection: Hashable, Sendable, Codable {
  public var format: ImageFormat
  /// Pixels as displayed, orientation applied.
  public var width: Int
  public var height: Int
  /// Bits of a sample once decoded.
  public var depth: Int
  public var channels: Layout.Channels
  /// The file's own word for its colour: `palette`, `YCbCr 4:2:0`, ….
  public var coding: String
  public var animated: Bool
  /// EXIF's number, 1 (upright) to 8.
  public var orientation: Int
  public var icc: ICC?
  public var exif: EXIF?
  public var xmp: XMPFacts?
  /// IPTC-IIM, in bytes.
  public var iptc: Int?
  public var texts: [Text]
  /// What the metadata says of the part that AI had in the picture; `nil` when it says nothing.
  public var disclosure: Disclosure?
  /// Whether a content credential is there. It is not verified.
  public var c2pa: Bool
  /// What whoever has the file can learn from it, beside what the picture shows.
  public var revealing: [Finding]
  /// Pieces that are not looked into, in words.
  public var unread: [String]
  /// What is damaged or was left out while reading.
  public var warnings: [String]

  public struct ICC: Hashable, Sendable, Codable {
    public var name: String?
    public var bytes: Int
  }

  public struct Text: Hashable, Sendable, Codable {
    public var keyword: String
    public var text: String
  }

  public struct EXIF: Hashable, Sendable, Codable {
    public var bytes: Int
    public var width: Int?
    public var height: Int?
    public var dpi: Int?
    public var description: String?
    public var software: String?
    public var dateTime: String?
    public var artist: String?
    public var copyright: String?
    public var userComment: String?
    public var make: String?
    public var model: String?
    public var gps: Bool
    public var thumbnail: Bool
    public var makerNote: Bool
  }

  public struct XMPFacts: Hashable, Sendable, Codable {
    public var bytes: Int
    public var description: String?
    public var altText: String?
    public var creators: [String]
    public var rights: String?
    public var subjects: [String]
    public var creatorTool: String?
    public var createDate: String?
    public var documentID: String?
    public var derivedFrom: String?
  }

  public struct Disclosure: Hashable, Sendable, Codable {
    /// A URI of http://cv.iptc.org/newscodes/digitalsourcetype/.
    public var digitalSourceType: String?
    public var system: String?
    public var systemVersion: String?
    public var prompt: String?
  }
}

extension Inspection {
  /// Reads a file's header and metadata.
  ///
  /// - Throws: `.original` for what is no picture or breaks a limit.
  public init(of bytes: Span<UInt8>, limits: Limits = Limits()) throws(ProcessingError) {
    let report = try Processor.examine(bytes, limits: limits)
    let blocks = report.blocks
    warnings = blocks.warnings.map(\.description)
    if let damage = report.damage { warnings.append(damage.description) }
    format = report.format
    width = report.size.width
    height = report.size.height
    depth = report.header.layout.depth.rawValue
    channels = report.header.layout.channels
    coding = report.header.coding
    animated = report.header.isAnimated
    orientation = report.orientation.rawValue
    icc = blocks.icc.map { ICC(name: ICCProfile($0).name, bytes: $0.count) }
    iptc = blocks.iptc?.count
    texts = blocks.texts.map { Text(keyword: $0.keyword, text: $0.text) }
    c2pa = blocks.hasCredential
    unread = blocks.unread
    let terms = c2pa ? Container.credentialTerms(in: bytes) : []
    revealing = Finding.byKind(
      blocks.findings + (blocks.icc.map { ICCProfile($0).findings } ?? [])
        + terms.map { Finding(.credential, "C2PA", "DigitalSourceType", "\($0) (not verified)") })
    if let blob = blocks.exif {
      do throws(MetadataError) {
        exif = EXIF(bytes: blob.count, try Exif.summary(of: blob))
      } catch {
        warnings.append(error.description)
      }
    }
    if let packet = blocks.xmp {
      let fields = XMP.fields(of: packet)
      if fields == nil { warnings.append("XMP is damaged and cannot be read") }
      xmp = XMPFacts(bytes: packet.count, fields ?? XMPFields())
      disclosure = fields.flatMap(Disclosure.init)
    }
  }
}

extension Inspection.EXIF {
  fileprivate init(bytes: Int, _ summary: ExifSummary) {
    self.init(
      bytes: bytes, width: summary.size?.width, height: summary.size?.height, dpi: summary.dotsPerInch,
      description: summary.imageDescription, software: summary.software, dateTime: summary.dateTime,
      artist: summary.artist, copyright: summary.copyright, userComment: summary.userComment, make: summary.make,
      model: summary.model, gps: summary.hasGPS, thumbnail: summary.hasThumbnail, makerNote: summary.hasMakerNote)
  }
}

extension Inspection.XMPFacts {
  fileprivate init(bytes: Int, _ fields: XMPFields) {
    self.init(
      bytes: bytes, description: fields.description, altText: fields.altText, creators: fields.creators,
      rights: fields.rights, subjects: fields.subjects, creatorTool: fields.creatorTool,
      createDate: fields.createDate, documentID: fields.documentID, derivedFrom: fields.derivedFrom)
  }
}

extension Inspection.Disclosure {
  fileprivate init?(_ fields: XMPFields) {
    self.init(
      digitalSourceType: fields.digitalSourceType, system: fields.aiSystem, systemVersion: fields.aiSystemVersion,
      prompt: fields.prompt)
    if self == Self() { return nil }
  }
}
