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
    /// Whether the pixels are sRGB whatever the packet says.
    var isSRGB = false
  }

  /// A foreign packet without position, thumbnail, MakerNote, comments, untrue sizes and padding; all that is not known
  /// here stays as it was written. Fields in `additions` take the place of the packet's own.
  ///
  /// - Returns: `nil` when the packet cannot be read, so that nobody knows what it says.
  static func sanitized(_ packet: [UInt8], _ restrictions: Restrictions, additions: XMPFields = XMPFields()) -> [UInt8]?
  {
    guard let tree = XMLTree(packet), let reader = XMPReader(tree), let root = tree.elements.first,
      !reader.rdf.isEmptyTag
    else { return nil }
    let replaced = names(of: additions)
    var cuts = tree.comments
    for element in tree.elements {
      if !isWelcome(element.name, element.text, restrictions) || replaced.contains(element.name) {
        cuts.append(element.range)
      }
      for attribute in element.attributes
      where !isWelcome(attribute.name, attribute.value, restrictions) || replaced.contains(attribute.name) {
        cuts.append(attribute.range)
      }
    }
    var edits = cuts.map { ByteEdit(range: $0, replacement: []) }
    if !additions.isEmpty {
      // One packet describes one resource: all its nodes have the same rdf:about (ISO 16684-1 §7.4).
      let about = XMLTree.Name(Namespace.rdf, "about")
      let subject = reader.nodes.lazy.flatMap(\.attributes).first { $0.name == about }?.value ?? ""
      let end = reader.rdf.content.upperBound
      edits.append(ByteEdit(range: end..<end, replacement: Array(node(additions, about: subject).utf8)))
    }
    // With nothing to change, padding may stay too: a signed file with this packet can then stay as it is.
    if edits.isEmpty, tree.isBlankOutsideRoot { return packet }
    return Array(head.utf8) + ByteEdit.applied(edits, to: packet, within: root.range) + Array(tail.utf8)
  }

  /// Names that tell a position whoever's namespace they are in: exif:GPSLatitude, drone-dji:GpsLongitude, …
  private static let positionWords = ["latitude", "longitude", "altitude"]

  /// Where a picture was taken, in words: editors fill these in from the coordinates.
  private static let placeNames: Set<XMLTree.Name> = [
    XMLTree.Name(Namespace.iptcExt, "LocationCreated"), XMLTree.Name(Namespace.iptcExt, "LocationShown"),
    XMLTree.Name(Namespace.iptcCore, "Location"), XMLTree.Name(Namespace.iptcCore, "CountryCode"),
    XMLTree.Name(Namespace.photoshop, "City"), XMLTree.Name(Namespace.photoshop, "State"),
    XMLTree.Name(Namespace.photoshop, "Country"),
  ]

  private static func isWelcome(_ name: XMLTree.Name, _ value: String, _ restrictions: Restrictions) -> Bool {
    if !restrictions.keepsGPS {
      let local = name.local.lowercased()
      if local.hasPrefix("gps") || positionWords.contains(where: local.contains) { return false }
      if placeNames.contains(name) { return false }
    }
    switch (name.namespace, name.local) {
    case (Namespace.xmp, "Thumbnails"), (Namespace.exif, "MakerNote"): return false
    case (Namespace.dcterms, "provenance"): return restrictions.keepsCredentialLink
    case (Namespace.exif, "ColorSpace"): return !restrictions.isSRGB || value == "1"
    case (Namespace.photoshop, "ICCProfile"), (Namespace.exif, "Gamma"), (Namespace.tiff, "TransferFunction"),
      (Namespace.tiff, "WhitePoint"), (Namespace.tiff, "PrimaryChromaticities"):
      return !restrictions.isSRGB
    case (Namespace.tiff, "Orientation"): return value == "1"
    case (Namespace.tiff, "ImageWidth"), (Namespace.exif, "PixelXDimension"):
      return value == "\(restrictions.size.width)"
    case (Namespace.tiff, "ImageLength"), (Namespace.exif, "PixelYDimension"):
      return value == "\(restrictions.size.height)"
    default: return true
    }
  }

  private static func names(of fields: XMPFields) -> Set<XMLTree.Name> {
    var names: Set<XMLTree.Name> = []
    func add(_ namespace: String, _ local: String, if present: Bool) {
      if present { names.insert(XMLTree.Name(namespace, local)) }
    }
    add(Namespace.dc, "description", if: fields.description != nil)
    add(Namespace.dc, "creator", if: !fields.creators.isEmpty)
    add(Namespace.dc, "rights", if: fields.rights != nil)
    add(Namespace.dc, "subject", if: !fields.subjects.isEmpty)
    add(Namespace.xmp, "CreatorTool", if: fields.creatorTool != nil)
    add(Namespace.xmp, "CreateDate", if: fields.createDate != nil)
    add(Namespace.xmpMM, "DocumentID", if: fields.documentID != nil)
    add(Namespace.xmpMM, "InstanceID", if: fields.instanceID != nil)
    add(Namespace.xmpMM, "DerivedFrom", if: fields.derivedFrom != nil)
    add(Namespace.iptcCore, "AltTextAccessibility", if: fields.altText != nil)
    add(Namespace.iptcExt, "DigitalSourceType", if: fields.digitalSourceType != nil)
    add(Namespace.iptcExt, "AISystemUsed", if: fields.aiSystem != nil)
    add(Namespace.iptcExt, "AISystemVersionUsed", if: fields.aiSystemVersion != nil)
    add(Namespace.iptcExt, "AIPromptInformation", if: fields.prompt != nil)
    add(Namespace.iptcExt, "AIPromptWriterName", if: fields.promptWriter != nil)
    return names
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
    for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      guard edit.range.lowerBound >= position, edit.range.upperBound <= window.upperBound else { continue }
      output.append(contentsOf: bytes[position..<edit.range.lowerBound])
      output.append(contentsOf: edit.replacement)
      position = edit.range.upperBound
    }
    output.append(contentsOf: bytes[position..<window.upperBound])
    return output
  }
}
