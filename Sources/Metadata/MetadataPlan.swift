import Raster

/// The making of one output's blocks.
struct MetadataPlan {
  let policy: MetadataPolicy
  let provenance: Provenance
  let original: MetadataBlocks
  let size: Size
  let format: ImageFormat
  let pixelsChanged: Bool
  let toSRGB: Bool
  let isSRGB: Bool
  let spelledOut: [UInt8]?
  private(set) var blocks = MetadataBlocks()

  init(
    policy: MetadataPolicy, provenance: Provenance, original: MetadataBlocks, size: Size, format: ImageFormat,
    pixelsChanged: Bool, toSRGB: Bool, isSRGB: Bool, spelledOut: [UInt8]?
  ) {
    self.policy = policy
    self.provenance = provenance
    self.original = original
    self.size = size
    self.format = format
    self.pixelsChanged = pixelsChanged
    self.toSRGB = toSRGB
    self.isSRGB = isSRGB
    self.spelledOut = spelledOut
  }

  mutating func make() throws(MetadataError) -> MetadataBlocks {
    takeProfile()
    if policy.level == .keep {
      if staysAsItIs() { return original }
      blocks.warnings.append(contentsOf: original.warnings.filter { !$0.isAbout(.icc) })
      try keep()
    } else {
      spellOut()
      try write()
    }
    if let dpi = policy.dpi { blocks.density = Density.dotsPerInch(dpi).expressed(for: format) }
    if original.hasCredential { blocks.warnings.append(.credentialDropped) }
    return blocks
  }

  /// Whether `keep` would change nothing in the file, so that a credential in it stays valid.
  private func staysAsItIs() -> Bool {
    guard !pixelsChanged, !original.hasUnread, original.warnings.isEmpty else { return false }
    var attempt = self
    guard (try? attempt.keep(keepsCredentialLink: true)) != nil, attempt.blocks.warnings.isEmpty else { return false }
    if let dpi = policy.dpi, original.density != Density.dotsPerInch(dpi).expressed(for: format) { return false }
    attempt.blocks.hasCredential = original.hasCredential
    return attempt.blocks.hasSameContent(as: original)
  }

  private mutating func takeProfile() {
    blocks.warnings.append(contentsOf: original.warnings.filter { $0.isAbout(.icc) })
    let limit = format == .jpeg ? 255 * JPEGContainer.iccChunkLimit : PNGContainer.profileLimit
    guard let icc = original.icc else { return }
    if icc.count <= limit {
      blocks.icc = icc
    } else {
      drop(.icc, "\(icc.count) bytes do not fit \(format.rawValue)")
    }
  }

  /// Without the original's EXIF, a profile says what it said of the colours.
  mutating func spellOut() { blocks.icc = blocks.icc ?? spelledOut }

  /// Whether a new EXIF block may say so.
  var saysSRGB: Bool { isSRGB && blocks.icc == nil }

  mutating func drop(_ block: Block, _ reason: String) { blocks.warnings.append(.dropped(block, reason: reason)) }

  /// Without the characters that XML and C strings cannot hold.
  mutating func cleaned(_ text: String?, _ field: String) -> String? {
    guard let text else { return nil }
    let kept = text.unicodeScalars.filter(XMP.isAllowed)
    if kept.count == text.unicodeScalars.count { return text }
    let warning = MetadataWarning.charactersRemoved(field: field, count: text.unicodeScalars.count - kept.count)
    if !blocks.warnings.contains(warning) { blocks.warnings.append(warning) }
    return String(String.UnicodeScalarView(kept))
  }

  /// Puts the fields into EXIF, where they must fit 64 KiB: long texts are cut.
  mutating func writeExif(_ fields: ExifFields) throws(MetadataError) {
    var fields = fields
    // Four texts of at most this leave half of the block to the comment.
    let limit = 8_192
    fields.imageDescription = cut(fields.imageDescription, "description", to: limit)
    fields.software = cut(fields.software, "software", to: limit)
    fields.artist = cut(fields.artist, "artist", to: limit)
    fields.copyright = cut(fields.copyright, "copyright", to: limit)
    if let comment = fields.userComment {
      fields.userComment = ""
      let free = Exif.limit - (try Exif.build(fields)).count
      fields.userComment = comment.prefix(fitting: free) { $0.utf16.count * 2 }
      recordCut(.exif, "prompt", fields.userComment, of: comment)
    }
    blocks.exif = try Exif.build(fields)
  }

  private mutating func cut(_ text: String?, _ field: String, to limit: Int) -> String? {
    guard let text, text.utf8.count > limit else { return text }
    let kept = text.prefix(fitting: limit) { $0.utf8.count }
    recordCut(.exif, field, kept, of: text)
    return kept
  }

  /// Puts the fields into XMP. JPEG has room for one segment: a long prompt is cut.
  mutating func writeXMP(_ fields: XMPFields) throws(MetadataError) {
    guard !fields.isEmpty else { return }
    var fields = fields
    var packet = XMP.packet(fields)
    if format == .jpeg, packet.count > JPEGContainer.xmpLimit, let prompt = fields.prompt {
      fields.prompt = ""
      let free = JPEGContainer.xmpLimit - XMP.packet(fields).count
      fields.prompt = prompt.prefix(fitting: free) { XMP.escaped(String($0)).utf8.count }
      recordCut(.xmp, "prompt", fields.prompt, of: prompt)
      packet = XMP.packet(fields)
    }
    if format == .jpeg, packet.count > JPEGContainer.xmpLimit {
      throw .tooLarge(.xmp, bytes: packet.count, limit: JPEGContainer.xmpLimit, .jpeg)
    }
    blocks.xmp = packet
  }

  private mutating func recordCut(_ block: Block, _ field: String, _ kept: String?, of text: String) {
    let kept = kept ?? ""
    guard kept.utf8.count < text.utf8.count else { return }
    blocks.warnings.append(.cut(block, field: field, kept: kept.count, of: text.count))
  }

  /// For the extensions in other files, which make the levels.
  mutating func set(_ change: (inout MetadataBlocks) -> Void) { change(&blocks) }
}

extension String {
  /// The longest beginning of whole characters whose sizes add up to at most `limit`.
  fileprivate func prefix(fitting limit: Int, size: (Character) -> Int) -> String {
    var free = limit
    var end = startIndex
    while end < endIndex {
      free -= size(self[end])
      if free < 0 { break }
      end = index(after: end)
    }
    return String(self[..<end])
  }
}

extension MetadataWarning {
  fileprivate func isAbout(_ block: Block) -> Bool {
    switch self {
    case .damaged(let own, _), .dropped(let own, _), .cut(let own, _, _, _): own == block
    case .charactersRemoved, .credentialDropped: false
    }
  }
}
