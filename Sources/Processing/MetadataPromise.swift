import Metadata
import Raster

/// What an output's tags must mean, told by its policy and its job alone. Whoever plans and writes the tags has no part
/// in it: what both got wrong would pass.
struct MetadataPromise {
  private let policy: MetadataPolicy
  private let provenance: Provenance
  /// Whether the file may be the original itself, to the byte.
  private let maySign: Bool

  init(_ planned: PlannedOutput, _ provenance: Provenance, original: MetadataBlocks) {
    policy = planned.metadata
    self.provenance = provenance
    maySign = planned.metadata.level == .keep && planned.pixels == .kept && original.hasCredential
  }

  /// - Parameter size: the picture's.
  func check(_ carried: MetadataBlocks, of size: Size) throws(ReadBackFailure) {
    if carried.hasCredential, !maySign { throw .tag("C2PA", expected: nil, found: "a content credential") }
    var xmp = XMPFields()
    if let packet = carried.xmp {
      guard let fields = XMP.fields(of: packet) else { throw .tag("XMP", expected: "RDF/XML", found: "something else") }
      xmp = fields
    }
    let exif = carried.exif.flatMap { try? Exif.summary(of: $0) }
    // A foreign block that stays may be one that libexif does not take; a fresh one is not.
    if carried.exif != nil, exif == nil, policy.level != .keep {
      throw .tag("EXIF", expected: "a block", found: "something else")
    }
    if let exif { try check(exif, of: size) }
    try checkTexts(xmp)
    switch policy.level {
    case .keep: return
    case .none:
      try expect("DigitalSourceType", nil, xmp.digitalSourceType)
      try expect("AISystemUsed", nil, xmp.aiSystem)
      try expectSilence(xmp, exif, carried)
    case .provenance:
      try checkDisclosure(xmp)
      try expectSilence(xmp, exif, carried)
    case .full:
      try checkDisclosure(xmp)
      guard let prompt = Self.writable(provenance.prompt), !prompt.isEmpty else { return }
      // It may have been cut, with a warning.
      guard let found = xmp.prompt, prompt.hasPrefix(found) else {
        throw .tag("AIPromptInformation", expected: prompt, found: xmp.prompt)
      }
    }
  }

  private func check(_ exif: ExifSummary, of size: Size) throws(ReadBackFailure) {
    try expect("Orientation", "1", "\(exif.orientation.rawValue)")
    if let found = exif.size { try expect("PixelXDimension and PixelYDimension", "\(size)", "\(found)") }
    if exif.hasThumbnail { throw .tag("EXIF thumbnail", expected: nil, found: "one") }
    if exif.hasMakerNote { throw .tag("MakerNote", expected: nil, found: "one") }
    if exif.hasGPS, !policy.keepsGPS { throw .tag("GPS", expected: nil, found: "a position") }
  }

  /// Who made it, and by what.
  private func checkDisclosure(_ xmp: XMPFields) throws(ReadBackFailure) {
    guard provenance.source != .untouched else { return }
    let term = "http://cv.iptc.org/newscodes/digitalsourcetype/\(provenance.source.rawValue)"
    try expect("DigitalSourceType", term, xmp.digitalSourceType)
    try expect("AISystemUsed", Self.writable(provenance.system), xmp.aiSystem)
  }

  /// Neither prompt nor parameters, anywhere.
  private func expectSilence(
    _ xmp: XMPFields, _ exif: ExifSummary?, _ carried: MetadataBlocks
  ) throws(ReadBackFailure) {
    try expect("AIPromptInformation", nil, xmp.prompt)
    try expect("UserComment", nil, exif?.userComment)
    try expect("text", nil, carried.texts.first?.keyword)
  }

  /// What the pipeline or the request names.
  private func checkTexts(_ xmp: XMPFields) throws(ReadBackFailure) {
    let description = Self.writable(policy.description)
    let texts: [(String, String?, String?)] = [
      ("dc:creator", Self.writable(policy.artist), xmp.creators.first),
      ("dc:rights", Self.writable(policy.copyright), xmp.rights), ("dc:description", description, xmp.description),
      ("AltTextAccessibility", Self.writable(policy.altText) ?? description, xmp.altText),
      ("AIPromptWriterName", Self.writable(policy.promptWriter), xmp.promptWriter),
    ]
    for (name, expected, found) in texts {
      guard let expected, !expected.isEmpty else { continue }
      guard let found, expected.hasPrefix(found) else { throw .tag(name, expected: expected, found: found) }
    }
    let keywords = policy.keywords.compactMap(Self.writable)
    if !keywords.isEmpty, let foreign = xmp.subjects.first(where: { !keywords.contains($0) }) {
      throw .tag("dc:subject", expected: keywords.first, found: foreign)
    }
  }

  private func expect(_ tag: String, _ expected: String?, _ found: String?) throws(ReadBackFailure) {
    if expected != found { throw .tag(tag, expected: expected, found: found) }
  }

  /// Without what XML cannot hold (XML 1.0 §2.2).
  private static func writable(_ text: String?) -> String? {
    guard let text else { return nil }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { scalar in
          switch scalar.value {
          case 0x09, 0x0A, 0x0D: true
          case 0..<0x20, 0xFFFE, 0xFFFF: false
          default: true
          }
        }))
  }
}
