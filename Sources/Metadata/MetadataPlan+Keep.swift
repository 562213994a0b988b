import Raster

/// The level `keep`: what the original carried, minus position, thumbnail and MakerNote, plus what the policy names.
extension MetadataPlan {
  /// - Parameter isUnchanged: whether this is to see if the file may stay as it is: then nothing is moved in a packet, and
  ///   a link to a remote credential stays true.
  mutating func keep(isUnchanged: Bool = false) throws(MetadataError) {
    var fields = policyFields()
    if original.hasCredential, !isUnchanged {
      // The link to the signed original is what remains of its credential.
      fields.derivedFrom =
        DocumentIdentity(provenance, size: size, format: format, policy: policy)?.original
    }
    try keepExif(fields)
    keepXMP(format == .jpeg ? fields : fieldsWithIPTC(fields), isUnchanged: isUnchanged)
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
        if let loss = kept.loss { drop(.exif, loss) }
        if format == .jpeg, let blob = kept.blob, blob.count > Exif.limit {
          drop(.exif, "\(blob.count) bytes do not fit a JPEG segment, which holds \(Exif.limit)")
          spellOut()
        } else {
          set { $0.exif = kept.blob }
          return
        }
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

  private mutating func keepXMP(_ fields: XMPFields, isUnchanged: Bool) {
    if let xmp = original.xmp {
      let restrictions = XMP.Restrictions(
        size: size, keepsGPS: policy.keepsGPS, keepsCredentialLink: isUnchanged, keepsFurtherPictures: isUnchanged,
        isSRGB: toSRGB)
      if let kept = XMP.sanitized(xmp, restrictions, additions: fitted(fields)) {
        if isUnchanged {
          set { $0.xmp = kept.packet }
          return
        }
        if kept.hasLostPictures {
          drop(
            .xmp,
            "what it says of further pictures (gain map, motion photo) is not true of the output; the rest is kept")
        }
        if place(kept.packet) { return }
      } else {
        set { $0.warnings.append(XMP.flaw(of: xmp)) }
      }
    }
    writeXMP(fields)
  }

  private mutating func keepIPTC(_ fields: XMPFields) {
    guard let iptc = original.iptc, format == .jpeg else { return }
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

  /// Only JPEG has a place for IPTC-IIM: elsewhere XMP says what both have words for.
  private mutating func fieldsWithIPTC(_ fields: XMPFields) -> XMPFields {
    guard let iptc = original.iptc else { return fields }
    guard var mapped = IPTC.fields(of: iptc) else {
      set { $0.warnings.append(.damaged(.iptc, reason: "a data set is cut")) }
      return fields
    }
    mapped.description = cleaned(mapped.description, "description")
    mapped.rights = cleaned(mapped.rights, "copyright")
    mapped.headline = cleaned(mapped.headline, "headline")
    mapped.creators = mapped.creators.compactMap { cleaned($0, "artist") }
    mapped.subjects = mapped.subjects.compactMap { cleaned($0, "keywords") }
    let present = original.xmp.flatMap(XMP.fields(of:)) ?? XMPFields()
    let reason = "\(format.rawValue) has no place for it"
    drop(.iptc, mapped.isEmpty ? reason : "\(reason); XMP says its by-line, caption, headline, copyright and keywords")
    return fields.filled(from: mapped, unlessIn: present)
  }
}
