import Raster

/// The levels that write metadata anew: `none`, `provenance`, `full`. What the policy itself names is written at each.
extension MetadataPlan {
  mutating func write() throws(MetadataError) {
    let carried = Carried(provenance.source == .untouched ? original : MetadataBlocks())
    let isFull = policy.level == .full
    let tellsSystem = policy.level == .provenance || isFull
    let system = tellsSystem ? cleaned(provenance.system, "system") : nil
    let prompt = isFull ? cleaned(provenance.prompt, "prompt") : nil
    let generation = isFull ? GenerationText(prompt: prompt, parameters: cleanedParameters()) : nil

    var fields = policyFields()
    if tellsSystem {
      fields.digitalSourceType = provenance.source.uri ?? carried.xmp.digitalSourceType
      fields.aiSystem = system ?? carried.xmp.aiSystem
      fields.aiSystemVersion = cleaned(provenance.systemVersion, "system") ?? carried.xmp.aiSystemVersion
    }
    let identity = DocumentIdentity(provenance, size: size, format: format, policy: policy)
    // The link to the signed original is what remains of its credential.
    if isFull || (tellsSystem && original.hasCredential) { fields.derivedFrom = identity?.original }
    if isFull {
      fields.prompt = prompt ?? carried.xmp.prompt
      fields.description = fields.description ?? carried.description
      fields.creators = fields.creators.isEmpty ? carried.creators : fields.creators
      fields.rights = fields.rights ?? carried.rights
      fields.subjects = fields.subjects.isEmpty ? carried.xmp.subjects : fields.subjects
      fields.altText = fields.altText ?? carried.xmp.altText
      fields.creatorTool = system ?? carried.xmp.creatorTool
      fields.createDate = provenance.source == .untouched ? carried.xmp.createDate : provenance.created
      fields.documentID = identity?.document
      fields.instanceID = identity?.instance
    }
    writeXMP(fields)

    var exif = ExifFields(size: size, dotsPerInch: policy.dpi ?? 72, isSRGB: saysSRGB)
    let empty = exif
    exif.imageDescription = fields.description
    exif.artist = fields.creators.isEmpty ? nil : fields.creators.joined(separator: "; ")
    exif.copyright = fields.rights
    // Exif's "software … used to generate the image" is the AI system.
    exif.software = system
    if isFull {
      exif.dateTime = fields.createDate
    }
    if exif != empty || policy.dpi != nil || generation != nil { try writeExif(exif, generation: generation) }

    if policy.writesParameters, format == .png, let text = generation?.text {
      set { $0.texts = [TextBlock(keyword: GenerationText.keyword, text: text)] }
    }
  }

  private mutating func cleanedParameters() -> [Provenance.Parameter] {
    provenance.parameters.map { .init(name: $0.name, value: cleaned($0.value, "parameters") ?? "") }
  }

  /// What the policy names.
  mutating func policyFields() -> XMPFields {
    let description = cleaned(policy.description, "description")
    let artist = cleaned(policy.artist, "artist")
    let rights = cleaned(policy.copyright, "copyright")
    let keywords = policy.keywords.compactMap { cleaned($0, "keywords") }
    return XMPFields(
      description: description, altText: cleaned(policy.altText, "alt-text") ?? description,
      creators: artist.map { [$0] } ?? [], rights: rights, subjects: keywords,
      promptWriter: cleaned(policy.promptWriter, "prompt-writer"))
  }
}

/// What somebody's own picture says of itself, and goes on saying. A text longer than a page is no caption, name or
/// right: it is left out, so that a stranger's file cannot fill the output's metadata.
private struct Carried {
  let xmp: XMPFields
  let description: String?
  let creators: [String]
  let rights: String?

  private static let limit = 8_192

  init(_ blocks: MetadataBlocks) {
    var xmp = blocks.xmp.flatMap(XMP.fields(of:)) ?? XMPFields()
    let exif = blocks.exif.flatMap { try? Exif.summary(of: $0) }
    func bounded(_ text: String?) -> String? { text.flatMap { $0.utf8.count <= Self.limit ? $0 : nil } }
    func bounded(_ texts: [String]) -> [String] { texts.reduce(0) { $0 + $1.utf8.count } <= Self.limit ? texts : [] }
    for field in [\XMPFields.digitalSourceType, \.aiSystem, \.aiSystemVersion, \.altText, \.creatorTool, \.createDate] {
      xmp[keyPath: field] = bounded(xmp[keyPath: field])
    }
    xmp.subjects = bounded(xmp.subjects)
    self.xmp = xmp
    description = bounded(xmp.description ?? exif?.imageDescription)
    creators = bounded(xmp.creators.isEmpty ? exif?.artist.map { [$0] } ?? [] : xmp.creators)
    rights = bounded(xmp.rights ?? exif?.copyright)
  }
}

extension Provenance.Source {
  /// The term's URI; `nil` when nothing is claimed.
  var uri: String? {
    switch self {
    case .trainedAlgorithmicMedia, .compositeWithTrainedAlgorithmicMedia:
      "http://cv.iptc.org/newscodes/digitalsourcetype/\(rawValue)"
    case .untouched: nil
    }
  }
}
