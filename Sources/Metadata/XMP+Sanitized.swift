import Raster

extension XMP {
  /// What a foreign packet may not say in an output.
  struct Restrictions {
    /// The output's true size; other sizes go.
    var size: Size
    /// Whether coordinates and place names may stay.
    var keepsGPS: Bool
    /// Whether the link to a remote C2PA manifest may stay: it vouches for unchanged bytes only.
    var keepsCredentialLink: Bool
    /// Whether the file's further pictures stay, and what tells of them.
    var keepsFurtherPictures = false
    /// Whether the pixels are sRGB whatever the packet says.
    var isSRGB = false
  }

  /// What of a foreign packet may stand in an output.
  struct Sanitized {
    let packet: [UInt8]
    /// Whether it told of further pictures, and does not any more.
    let hasLostPictures: Bool
  }

  /// A foreign packet without position, pictures, MakerNote, comments, untrue sizes and padding; all that is not known
  /// here stays as it was written. Fields in `additions` take the place of the packet's own.
  ///
  /// - Returns: `nil` when the packet cannot be read, so that nobody knows what it says: `flaw` tells why.
  static func sanitized(
    _ packet: [UInt8], _ restrictions: Restrictions, additions: XMPFields = XMPFields()
  ) -> Sanitized? {
    guard let tree = XMLTree(packet), let reader = XMPReader(tree), let root = tree.elements.first,
      !reader.rdf.isEmptyTag, RDFGrammar(tree: tree).accepts(reader.rdf)
    else { return nil }
    var edits = tree.asides.map { ByteEdit(range: $0, replacement: []) }
    var hasLostPictures = false
    func check(_ name: XMLTree.Name, _ value: String, _ range: Range<Int>) {
      let tellsOfPictures = !restrictions.keepsFurtherPictures && tellsOfFurtherPictures(name)
      if tellsOfPictures { hasLostPictures = true }
      if tellsOfPictures || !isWelcome(name, value, restrictions) {
        edits.append(ByteEdit(range: range, replacement: []))
      }
    }
    for element in tree.elements {
      check(element.name, element.text, element.range)
      for attribute in element.attributes { check(attribute.name, attribute.value, attribute.range) }
    }
    edits.append(contentsOf: merging(additions, into: reader))
    // With nothing to change, padding may stay too: a signed file with this packet can then stay as it is.
    if edits.isEmpty, tree.isPlainOutsideRoot { return Sanitized(packet: packet, hasLostPictures: false) }
    let body = ByteEdit.applied(edits, to: packet, within: root.range)
    // A cut may bring together the brackets that end a CDATA section.
    if hasSectionEnd(body), XMLTree(body) == nil { return nil }
    return Sanitized(packet: Array(head.utf8) + body + Array(tail.utf8), hasLostPictures: hasLostPictures)
  }

  private static func hasSectionEnd(_ bytes: [UInt8]) -> Bool {
    let span = bytes.span
    return bytes.indices.contains { bytes[$0] == 0x5D && span.has("]]>".utf8, at: $0) }
  }

  /// Why `sanitized` gave nothing back.
  static func flaw(of packet: [UInt8]) -> MetadataWarning {
    do throws(XMLTree.Flaw) {
      _ = try XMLTree(parsing: packet)
    } catch {
      switch error {
      case .malformed: break
      case .tooLarge:
        return .dropped(
          .xmp,
          reason: "it has more than \(XMLTree.byteLimit) bytes, \(XMLTree.countLimit) elements or attributes, or "
            + "\(XMLTree.depthLimit) levels: too much to be looked through")
      }
    }
    return .damaged(.xmp, reason: "it is no RDF/XML, so that nobody knows what it says")
  }
}

/// A run of bytes and what takes its place.
struct ByteEdit {
  let range: Range<Int>
  let replacement: [UInt8]

  /// The bytes of `window` with all edits made. An edit inside another's range is done with it.
  static func applied(_ edits: [ByteEdit], to bytes: [UInt8], within window: Range<Int>) -> [UInt8] {
    var output: [UInt8] = []
    var position = window.lowerBound
    // What is put in before what is taken out behind it.
    for edit in edits.sorted(by: { ($0.range.lowerBound, $0.range.count) < ($1.range.lowerBound, $1.range.count) }) {
      guard edit.range.lowerBound >= position, edit.range.upperBound <= window.upperBound else { continue }
      output.append(contentsOf: bytes[position..<edit.range.lowerBound])
      output.append(contentsOf: edit.replacement)
      position = edit.range.upperBound
    }
    output.append(contentsOf: bytes[position..<window.upperBound])
    return output
  }
}
