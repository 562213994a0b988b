import Raster

/// The level `keep`: what the original carried, minus position, thumbnail and MakerNote, plus what the policy names.
extension MetadataPlan {
  mutating func keep(keepsCredentialLink: Bool = false) throws(MetadataError) {
    let fields = policyFields()
    try keepExif(fields)
    try keepXMP(fields, keepsCredentialLink: keepsCredentialLink)
    keepIPTC(fields)
    keepTexts()
    let time = format == .png && !pixelsChanged ? original.modificationTime : nil
    let density = original.density?.expressed(for: format)
    set {
      $0.modificationTime = time
      $0.density = density
    }
  }

  private mutating func keepExif(_ fields: XMPFields) throws(MetadataError) {
    typealias Tag = TIFFStructure.Tag
    var additions: [TIFFStructure.Addition] = []
    if let text = fields.description { additions.append(.init(tag: Tag.imageDescription, value: .text(text))) }
    if let text = fields.creators.first { additions.append(.init(tag: Tag.artist, value: .text(text))) }
    if let text = fields.rights { additions.append(.init(tag: Tag.copyright, value: .text(text))) }
    if let dpi = policy.dpi {
      additions.append(.init(tag: Tag.xResolution, value: .whole(dpi)))
      additions.append(.init(tag: Tag.yResolution, value: .whole(dpi)))
      additions.append(.init(tag: Tag.resolutionUnit, value: .short(2)))
    }
    if let exif = original.exif {
      do throws(MetadataError) {
        let kept = try Exif.sanitized(exif, size: size, keepsGPS: policy.keepsGPS, isSRGB: toSRGB, additions: additions)
        set { $0.exif = kept }
        return
      } catch {
        set { $0.warnings.append(.damaged(.exif, reason: error.description)) }
        spellOut()
      }
    }
    guard !additions.isEmpty else { return }
    try writeExif(
      ExifFields(
        size: size, imageDescription: fields.description, artist: fields.creators.first, copyright: fields.rights,
        dotsPerInch: policy.dpi ?? 72, isSRGB: saysSRGB))
  }

  private mutating func keepXMP(_ fields: XMPFields, keepsCredentialLink: Bool) throws(MetadataError) {
    if let xmp = original.xmp {
      let restrictions = XMP.Restrictions(
        size: size, keepsGPS: policy.keepsGPS, keepsCredentialLink: keepsCredentialLink, isSRGB: toSRGB)
      if let packet = XMP.sanitized(xmp, restrictions, additions: fields) {
        if format != .jpeg || packet.count <= JPEGContainer.xmpLimit {
          set { $0.xmp = packet }
          return
        }
        drop(.xmp, "\(packet.count) bytes do not fit one JPEG segment")
      } else {
        set { $0.warnings.append(.damaged(.xmp, reason: "it is no RDF/XML, so that nobody knows what it says")) }
      }
    }
    try writeXMP(fields)
  }

  private mutating func keepIPTC(_ fields: XMPFields) {
    guard let iptc = original.iptc else { return }
    guard format == .jpeg else { return drop(.iptc, "\(format.rawValue) has no place for it") }
    var replaced: Set<UInt8> = []
    if fields.description != nil { replaced.insert(IPTC.DataSet.caption) }
    if !fields.creators.isEmpty { replaced.insert(IPTC.DataSet.byline) }
    if fields.rights != nil { replaced.insert(IPTC.DataSet.copyright) }
    if !fields.subjects.isEmpty { replaced.insert(IPTC.DataSet.keywords) }
    guard let kept = IPTC.sanitized(iptc, keepsGPS: policy.keepsGPS, replaced: replaced) else {
      set { $0.warnings.append(.damaged(.iptc, reason: "a data set is cut")) }
      return
    }
    if !kept.isEmpty { set { $0.iptc = kept } }
  }

  private mutating func keepTexts() {
    for text in original.texts {
      let words = text.keyword.lowercased()
      if !policy.keepsGPS, ["gps", "latitude", "longitude", "location"].contains(where: words.contains) { continue }
      switch format {
      case .png: set { $0.texts.append(text) }
      case .jpeg where text.keyword == TextBlock.comment && text.text.utf8.count <= JPEGContainer.payloadLimit:
        set { $0.texts.append(TextBlock(keyword: TextBlock.comment, text: text.text)) }
      case .jpeg, .webp: drop(.text, "\(format.rawValue) has no place for \(text.keyword)")
      }
    }
  }
}
