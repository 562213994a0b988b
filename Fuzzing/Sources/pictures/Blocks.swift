import Colorimetry
import Harness
import Raster

@testable import Metadata
@testable import Processing

/// Blocks of metadata: read, searched for what they reveal, cleaned, written.
enum Blocks {
  static let targets = [
    FuzzTarget("exif", exif), FuzzTarget("xmp", xmp), FuzzTarget("extended-xmp", extendedXMP),
    FuzzTarget("xmp-fields", fields), FuzzTarget("iptc", iptc), FuzzTarget("icc", icc),
    FuzzTarget("credential", credential),
  ]

  private static let size = Size(width: 640, height: 480)

  /// What is cleaned is upright, of the true size, without a position, and clean.
  private static func exif(_ blob: [UInt8]) {
    do throws(MetadataError) {
      _ = try Exif.summary(of: blob)
    } catch {
      promise(!error.description.isEmpty, "an error has words")
    }
    _ = Exif.colorSpace(of: blob)
    _ = Exif.orientation(of: blob)
    _ = Exif.findings(in: blob)
    for keepsGPS in [false, true] {
      guard let clean = Exif.sanitized(blob, size: size, keepsGPS: keepsGPS) else { continue }
      promise(clean.count <= blob.count, "a block does not grow")
      promise(Exif.orientation(of: clean) == .upright, "a cleaned block is upright")
      let summary = sure("a cleaned block can be read") { () throws(MetadataError) in try Exif.summary(of: clean) }
      promise(!summary.hasThumbnail && !summary.hasMakerNote, "a cleaned block hides nothing: \(summary)")
      promise(keepsGPS || !summary.hasGPS, "a cleaned block has no position")
      let findings = Exif.findings(in: clean)
      promise(keepsGPS || !findings.contains { $0.kind == .position }, "a cleaned block tells no position: \(findings)")
      promise(Exif.sanitized(clean, size: size, keepsGPS: keepsGPS) == clean, "what is clean stays as it is")
    }
    let additions = [
      TIFFStructure.Addition(tag: TIFFStructure.Tag.artist, value: .text("Ada")),
      TIFFStructure.Addition(tag: TIFFStructure.Tag.xResolution, value: .whole(300)),
    ]
    if let made = try? Exif.sanitized(blob, size: size, keepsGPS: false, isSRGB: true, additions: additions).blob {
      let summary = sure("a block with additions can be read") { () throws(MetadataError) in
        try Exif.summary(of: made)
      }
      promise(summary.artist == "Ada" && summary.dotsPerInch == 300, "additions are there: \(summary)")
    }
  }

  /// What is cleaned can be read, says what was added, and nothing of a position.
  private static func xmp(_ packet: [UInt8]) {
    let fields = XMP.fields(of: packet)
    _ = XMP.findings(in: packet)
    _ = XMP.flaw(of: packet)
    for keepsGPS in [false, true] {
      let restrictions = XMP.Restrictions(size: size, keepsGPS: keepsGPS, keepsCredentialLink: false, isSRGB: keepsGPS)
      guard let clean = XMP.sanitized(packet, restrictions)?.packet else { continue }
      promise(fields != nil, "what can be cleaned can be read")
      promise(XMP.fields(of: clean) != nil, "what was cleaned can be read")
      let findings = XMP.findings(in: clean)
      promise(keepsGPS || !findings.contains { $0.kind == .position }, "it tells no position: \(findings)")
      promise(XMP.sanitized(clean, restrictions)?.packet == clean, "what is clean stays as it is")
      let additions = XMPFields(description: "<a> & \"b\"", creators: ["Ada", "Bob"], rights: "©")
      guard let made = XMP.sanitized(packet, restrictions, additions: additions).flatMap({ XMP.fields(of: $0.packet) })
      else {
        fatalError("a broken promise: a clean packet takes additions")
      }
      promise(
        made.description == additions.description && made.creators == additions.creators && made.rights == "©",
        "additions are there: \(made)")
    }
  }

  /// What does not fit one segment says the same in two.
  private static func extendedXMP(_ packet: [UInt8]) {
    let limit = 600
    guard let whole = ExtendedXMP.arranged(packet, limit: limit), whole.count > limit else { return }
    guard let parts = ExtendedXMP.parts(of: whole, limit: limit) else {
      fatalError("a broken promise: what was arranged can be parted")
    }
    promise(parts.main.count <= limit, "the main packet fits: \(parts.main.count)")
    promise(XMP.fields(of: whole) != nil && XMP.fields(of: parts.main) != nil, "both can be read")
    var portions = ExtendedXMP()
    for portion in parts.portions { portions.take(portion.span, portion.indices) }
    var blocks = MetadataBlocks(xmp: parts.main)
    portions.finish(into: &blocks)
    promise(blocks.xmp == whole && blocks.warnings.isEmpty, "joined, it is what it was: \(blocks.warnings)")
  }

  /// Any words can be written, and read as what XML can say of them.
  private static func fields(_ bytes: [UInt8]) {
    let texts = bytes.split(separator: 0, omittingEmptySubsequences: false).prefix(12)
      .map { String(decoding: $0, as: UTF8.self) }
    func text(_ index: Int) -> String? { index < texts.count ? texts[index] : nil }
    let fields = XMPFields(
      digitalSourceType: text(0), aiSystem: text(1), prompt: text(2), description: text(3), altText: text(4),
      creators: texts.dropFirst(9).map { $0 }, rights: text(5), creatorTool: text(6), documentID: text(7),
      headline: text(8))
    let packet = XMP.packet(fields)
    guard let found = XMP.fields(of: packet) else { fatalError("a broken promise: what was written can be read") }
    promise(XMP.fields(of: XMP.packet(found)) == found, "written \(found), read \(String(describing: found))")
    if bytes.allSatisfy({ $0 == 0 || (0x20..<0x7F).contains($0) }) {
      promise(found.prompt == fields.prompt && found.creators == fields.creators, "plain words are kept: \(found)")
    }
  }

  /// What is cleaned is a part of what was there, and says no place.
  private static func iptc(_ bytes: [UInt8]) {
    for dataSets in [bytes, resources(bytes)] {
      _ = IPTC.findings(in: dataSets)
      _ = IPTC.fields(of: dataSets)
      guard let clean = IPTC.sanitized(dataSets, keepsGPS: false) else { continue }
      promise(clean.count <= dataSets.count, "data sets do not grow")
      promise(!IPTC.findings(in: clean).contains { $0.kind == .position }, "cleaned data sets say no place")
      promise(IPTC.sanitized(clean, keepsGPS: false) == clean, "what is clean stays as it is")
      if !clean.isEmpty { promise(resources(PhotoshopResources.resource(iptc: clean)) == clean, "a resource is read") }
    }
  }

  /// The data sets in image resources.
  private static func resources(_ bytes: [UInt8]) -> [UInt8] {
    var blocks = MetadataBlocks()
    PhotoshopResources.read(bytes, into: &blocks)
    return blocks.iptc ?? []
  }

  /// A profile converts pictures of its own channels, or says why not.
  private static func icc(_ bytes: [UInt8]) {
    let profile = ICCProfile(bytes)
    promise((profile.name ?? "").count <= bytes.count, "a name is in the profile")
    _ = profile.findings
    let layouts = [Layout.rgb8, .gray8, .cmyk8, Layout(.rgba, .sixteen)]
    for layout in layouts {
      do throws(ColorimetryError) {
        let converter = try SRGBConverter(try SourceProfile(bytes, channels: layout.channels), layout: layout)
        let size = Size(width: 5, height: 3)
        let count = size.width * size.height * layout.bytesPerPixel
        let image = Image(size: size, layout: layout, pixels: (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37) })
        let made = converter.converted(image)
        promise(made.size == size && made.layout == converter.targetLayout, "\(made.size) \(made.layout)")
      } catch {
        promise(!error.description.isEmpty, "an error has words")
      }
    }
  }

  /// A manifest store is searched, not believed.
  private static func credential(_ bytes: [UInt8]) {
    _ = CredentialStore.finding(bytes.span, bytes.indices)
    _ = CredentialStore.isStore(bytes.span, bytes.indices)
    // In APP11 segments: each has its length before it.
    var jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xC0, 0, 2]
    var rest = bytes[...]
    while let length = rest.popFirst() {
      let data = rest.prefix(Int(length))
      jpeg += [0xFF, 0xEB, UInt8((data.count + 2) >> 8), UInt8((data.count + 2) & 255)] + data
      rest = rest.dropFirst(data.count)
    }
    jpeg += [0xFF, 0xDA, 0, 2, 0xFF, 0xD9]
    _ = try? Container.read(jpeg.span)
    for term in Container.credentialTerms(in: jpeg.span) + Container.credentialTerms(in: bytes.span) {
      promise(term.utf8.count <= bytes.count, "a term is in the store")
    }
  }
}
