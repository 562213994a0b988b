/// What is too long for its place is cut with a record, or moved to where there is room: a picture that was paid for is
/// not lost over its metadata.
extension MetadataPlan {
  /// More than anybody reads, and few enough bytes for every reader.
  static let packetLimit = 512 << 10
  private static let textLimit = 8_192

  /// Puts the fields into EXIF, where they must fit 64 KiB: long texts are cut.
  ///
  /// - Parameter generation: what the comment says, when it is of prompt and parameters: then the prompt is cut, and the
  ///   parameters stay.
  mutating func writeExif(_ fields: ExifFields, generation: GenerationText? = nil) throws(MetadataError) {
    var fields = fields
    // Four texts of at most this leave half of the block to the comment.
    fields.imageDescription = cut(fields.imageDescription, .exif, "description")
    fields.software = cut(fields.software, .exif, "software")
    fields.artist = cut(fields.artist, .exif, "artist")
    fields.copyright = cut(fields.copyright, .exif, "copyright")
    if let comment = generation?.text ?? fields.userComment {
      fields.userComment = ""
      let free = Exif.limit - (try Exif.build(fields)).count
      if let generation {
        let fitted = generation.fitting(free) { $0.utf16.count * 2 }
        fields.userComment = fitted.text
        for (name, kept, whole) in [
          ("prompt", fitted.prompt, generation.prompt), ("negative prompt", fitted.negative, generation.negative),
          ("parameters", fitted.settings, generation.settings),
        ] {
          if let whole { recordCut(.exif, name, kept, of: whole) }
        }
      } else {
        fields.userComment = comment.prefix(fitting: free) { $0.utf16.count * 2 }
        recordCut(.exif, "comment", fields.userComment, of: comment)
      }
    }
    let blob = try Exif.build(fields)
    set { $0.exif = blob }
  }

  /// Puts the fields into XMP.
  mutating func writeXMP(_ fields: XMPFields) {
    guard !fields.isEmpty else { return }
    place(XMP.packet(fitted(fields)))
  }

  /// Puts a packet into the output. Where it is too long for one JPEG segment it is arranged, so that it can be split.
  ///
  /// - Returns: whether it has a place there.
  @discardableResult
  mutating func place(_ packet: [UInt8]) -> Bool {
    var packet = packet
    if format == .jpeg {
      guard let arranged = ExtendedXMP.arranged(packet) else {
        drop(.xmp, "\(packet.count) bytes fit no JPEG segment, nor can they be split")
        return false
      }
      packet = arranged
    }
    set { $0.xmp = packet }
    return true
  }

  /// The fields with what makes a packet too long cut: keywords to half of it, then the prompt, then the rest.
  mutating func fitted(_ fields: XMPFields) -> XMPFields {
    var fields = fields
    if XMP.packet(fields).count <= Self.packetLimit { return fields }
    let subjects = fields.subjects
    var free = Self.packetLimit / 2
    fields.subjects = Array(
      subjects.prefix {
        free -= XMP.escaped($0).utf8.count + "<rdf:li></rdf:li>".utf8.count
        return free >= 0
      })
    recordCut(.xmp, "keywords", fields.subjects.joined(), of: subjects.joined())
    if XMP.packet(fields).count > Self.packetLimit, let prompt = fields.prompt {
      fields.prompt = nil
      // Its element has less than a hundred bytes.
      let free = Self.packetLimit - XMP.packet(fields).count - 100
      let kept = prompt.prefix(fitting: free) { XMP.escaped(String($0)).utf8.count }
      fields.prompt = kept.isEmpty ? nil : kept
      recordCut(.xmp, "prompt", kept, of: prompt)
    }
    if XMP.packet(fields).count > Self.packetLimit {
      fields.description = cut(fields.description, .xmp, "description")
      fields.altText = cut(fields.altText, .xmp, "alt text")
      fields.rights = cut(fields.rights, .xmp, "rights")
      fields.creators = fields.creators.prefix(16).compactMap { cut($0, .xmp, "creator") }
      fields.aiSystem = cut(fields.aiSystem, .xmp, "system")
      fields.aiSystemVersion = cut(fields.aiSystemVersion, .xmp, "system version")
      fields.creatorTool = cut(fields.creatorTool, .xmp, "tool")
    }
    return fields
  }

  private mutating func cut(_ text: String?, _ block: Block, _ field: String) -> String? {
    guard let text, text.utf8.count > Self.textLimit else { return text }
    let kept = text.prefix(fitting: Self.textLimit) { $0.utf8.count }
    recordCut(block, field, kept, of: text)
    return kept
  }

  private mutating func recordCut(_ block: Block, _ field: String, _ kept: String?, of text: String) {
    let kept = kept ?? ""
    guard kept.utf8.count < text.utf8.count else { return }
    set { $0.warnings.append(.cut(block, field: field, kept: kept.count, of: text.count)) }
  }
}

extension String {
  /// The longest beginning of whole characters whose sizes add up to at most `limit`.
  func prefix(fitting limit: Int, size: (Character) -> Int) -> String {
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
