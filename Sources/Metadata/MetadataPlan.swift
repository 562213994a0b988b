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
      if !original.unread.isEmpty { blocks.warnings.append(.unreadDropped(original.unread)) }
      try keep()
    } else {
      spellOut()
      try write()
    }
    if let dpi = policy.dpi { blocks.density = Density.dotsPerInch(dpi).expressed(for: format) }
    if original.hasCredential { blocks.warnings.append(.credentialDropped) }
    blocks.warnings = blocks.warnings.bounded()
    return blocks
  }

  /// Whether `keep` would change nothing in the file, so that a credential in it stays valid.
  private func staysAsItIs() -> Bool {
    guard !pixelsChanged, !original.hasUnread, original.warnings.isEmpty else { return false }
    // What others do not find where it stands is put right, unless a signature is worth more.
    if original.isMisplaced, !original.hasCredential { return false }
    var attempt = self
    guard (try? attempt.keep(isUnchanged: true)) != nil, attempt.blocks.warnings.isEmpty else { return false }
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

  /// For the extensions in other files, which make the levels.
  mutating func set(_ change: (inout MetadataBlocks) -> Void) { change(&blocks) }
}

extension MetadataWarning {
  fileprivate func isAbout(_ block: Block) -> Bool {
    switch self {
    case .damaged(let own, _), .dropped(let own, _), .cut(let own, _, _, _): own == block
    case .charactersRemoved, .credentialDropped, .more, .unreadDropped: false
    }
  }
}
