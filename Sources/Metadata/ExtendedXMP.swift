/// XMP that did not fit one JPEG segment: a second packet in portions (XMP specification, part 3, "Extended XMP in
/// JPEG"), each with the digest that the first packet names, the whole's length and its own offset.
struct ExtendedXMP {
  private struct Portion {
    let digest: [UInt8]
    let length: Int
    let offset: Int
    let data: [UInt8]
  }

  /// Beyond this a packet holds pictures or worse.
  static let limit = 16 << 20

  private var portions: [Portion] = []

  mutating func take(_ bytes: Span<UInt8>, _ payload: Range<Int>) {
    let start = payload.lowerBound + JPEGSegments.extendedXMPPrefix.count
    // A portion without its head belongs to nothing; the missing length shows it.
    guard payload.upperBound - start >= 40 else { return }
    portions.append(
      Portion(
        digest: bytes.copy(start..<start + 32), length: bytes.bigEndian32(at: start + 32),
        offset: bytes.bigEndian32(at: start + 36), data: bytes.copy(start + 40..<payload.upperBound)))
  }

  /// Joins the extension to the packet that names it. An extension that no packet names is unread, as the standard
  /// says.
  func finish(into blocks: inout MetadataBlocks) {
    guard let packet = blocks.xmp, let tree = XMLTree(packet), let reader = XMPReader(tree),
      let digest = reader.text(XMP.Namespace.note, "HasExtendedXMP")
    else {
      if !portions.isEmpty { blocks.hasUnread = true }
      return
    }
    // The note must go either way: what it names is joined or missing.
    let note = XMLTree.Name(XMP.Namespace.note, "HasExtendedXMP")
    var edits = tree.elements.flatMap { element in
      if element.saysOnly(note) { return [ByteEdit(range: element.range, replacement: [])] }
      return element.attributes.filter { $0.name == note }.map { ByteEdit(range: $0.range, replacement: []) }
        + (element.name == note ? [ByteEdit(range: element.range, replacement: [])] : [])
    }
    var around = [reader.rdf]
    while let parent = around.last?.parent { around.append(tree.elements[parent]) }
    let declared = Self.scope(around, packet)
    if let nodes = nodes(digest: Array(digest.utf8), declared), !reader.rdf.isEmptyTag {
      let end = reader.rdf.content.upperBound
      edits.append(ByteEdit(range: end..<end, replacement: nodes))
    } else {
      blocks.warnings.append(.damaged(.xmp, reason: "its extension is not whole; the first packet is kept"))
    }
    blocks.xmp = ByteEdit.applied(edits, to: packet, within: 0..<packet.count)
  }

  /// The namespaces around a packet's nodes, by prefix.
  private static func scope(_ around: [XMLTree.Element], _ packet: [UInt8]) -> [String: ArraySlice<UInt8>] {
    var scope: [String: ArraySlice<UInt8>] = [:]
    // Innermost first: it hides what is further out.
    for declaration in around.flatMap(\.declarations) where scope[declaration.prefix] == nil {
      // As written after the equals sign and a quotation mark, which the same writer writes the same way.
      let bytes = packet[declaration.range]
      scope[declaration.prefix] = bytes.drop { $0 != 0x22 && $0 != 0x27 }.dropFirst().dropLast()
    }
    return scope
  }

  /// The extension's RDF nodes, each with the namespaces that its packet declares around it and the main packet does
  /// not.
  private func nodes(digest: [UInt8], _ declared: [String: ArraySlice<UInt8>]) -> [UInt8]? {
    let own = portions.filter { $0.digest == digest }.sorted { $0.offset < $1.offset }
    guard let length = own.first?.length, length <= Self.limit else { return nil }
    var packet: [UInt8] = []
    for portion in own {
      guard portion.offset == packet.count, portion.length == length, portion.data.count <= length - packet.count else {
        return nil
      }
      packet.append(contentsOf: portion.data)
    }
    guard packet.count == length, let tree = XMLTree(packet), let reader = XMPReader(tree) else { return nil }
    var around = [reader.rdf]
    while let parent = around.last?.parent { around.append(tree.elements[parent]) }
    let scope = Self.scope(around, packet)
    let known = Set(scope.keys.filter { declared[$0] == scope[$0] })
    var output: [UInt8] = []
    for node in reader.nodes {
      var prefixes = known.union(node.declarations.map(\.prefix))
      output.append(contentsOf: packet[node.range.lowerBound..<node.attributesStart])
      // Innermost first: it hides what is further out.
      for declaration in around.flatMap(\.declarations) where prefixes.insert(declaration.prefix).inserted {
        output.append(contentsOf: packet[declaration.range])
      }
      output.append(contentsOf: packet[node.attributesStart..<node.range.upperBound])
    }
    return output
  }
}

extension XMLTree.Element {
  /// Whether nothing is in the element but this attribute and its subject.
  fileprivate func saysOnly(_ name: XMLTree.Name) -> Bool {
    guard isEmptyTag, attributes.contains(where: { $0.name == name }) else { return false }
    return attributes.allSatisfy { $0.name == name || $0.name == XMLTree.Name(XMP.Namespace.rdf, "about") }
  }
}
