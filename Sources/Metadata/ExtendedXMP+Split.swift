/// Writing more XMP than one segment holds: a main packet that every reader finds, and an extension in portions.
///
/// What is written must be read back as the very packet that was planned. So a packet is first *arranged*: its longest
/// properties move into nodes of their own at its end. *Splitting* cuts those nodes off, which joining puts back to the
/// byte.
extension ExtendedXMP {
  /// Part 3 of the specification: portions of at most 65,400 bytes.
  static let portionLimit = 65_400

  struct Parts {
    let main: [UInt8]
    let extended: [UInt8]
    /// 32 upper-case hexadecimal digits.
    let digest: String

    /// Payloads of the segments that follow the main packet's: digest, whole length, offset, data.
    var portions: [[UInt8]] {
      stride(from: 0, to: extended.count, by: portionLimit).map { offset in
        var payload = JPEGSegments.extendedXMPPrefix + Array(digest.utf8)
        payload.appendBigEndian32(extended.count)
        payload.appendBigEndian32(offset)
        payload.append(contentsOf: extended[offset..<min(extended.count, offset + portionLimit)])
        return payload
      }
    }
  }

  /// Something that can move: an attribute or a property element of a top-level node.
  private struct Item {
    let node: Int
    let range: Range<Int>
    let isAttribute: Bool
  }

  /// The same statements in an order that fits: those that are in the way stand in nodes of their own at the end.
  ///
  /// - Returns: the packet itself when it fits; `nil` when it cannot be read, or is longer than anybody joins.
  static func arranged(_ packet: [UInt8], limit: Int = JPEGContainer.xmpLimit) -> [UInt8]? {
    if packet.count <= limit { return packet }
    guard let tree = XMLTree(packet), let reader = XMPReader(tree), !reader.rdf.isEmptyTag else { return nil }
    let nodes = reader.nodes
    var items: [Item] = []
    for (index, node) in nodes.enumerated() where !node.attributes.contains(where: { $0.name == identifier }) {
      items += node.attributes.filter { !isOfNode($0) }.map { Item(node: index, range: $0.range, isAttribute: true) }
      items += tree.children(of: node).map { Item(node: index, range: $0.range, isAttribute: false) }
    }
    var free = limit - noteLength(packet, reader) - packet.count
    var moved: [Item] = []
    // The longest first: what others look for first (rights, a disclosure, identifiers) is short, and stays.
    for item in items.sorted(by: { ($1.range.count, $0.range.lowerBound) < ($0.range.count, $1.range.lowerBound) }) {
      if free >= 0 { break }
      free += item.range.count
      moved.append(item)
    }
    guard free >= 0 else { return nil }
    moved.sort { $0.range.lowerBound < $1.range.lowerBound }

    var added: [UInt8] = []
    for (index, node) in nodes.enumerated() {
      let own = moved.filter { $0.node == index }
      guard !own.isEmpty else { continue }
      let name = packet[node.tag.lowerBound + 1..<node.attributesStart]
      added.append(UInt8(ascii: "<"))
      added.append(contentsOf: name)
      for declaration in node.declarations { added.append(contentsOf: packet[declaration.range]) }
      for attribute in node.attributes where isOfNode(attribute) { added.append(contentsOf: packet[attribute.range]) }
      for item in own where item.isAttribute { added.append(contentsOf: packet[item.range]) }
      added.append(UInt8(ascii: ">"))
      for item in own where !item.isAttribute { added.append(contentsOf: packet[item.range]) }
      added.append(contentsOf: Array("</".utf8) + name + Array(">".utf8))
    }
    let end = reader.rdf.content.upperBound
    let edits =
      moved.map { ByteEdit(range: $0.range, replacement: []) } + [ByteEdit(range: end..<end, replacement: added)]
    let output = ByteEdit.applied(edits, to: packet, within: 0..<packet.count)
    guard let parts = parts(of: output, limit: limit), parts.extended.count <= Self.limit else { return nil }
    return output
  }

  /// Cuts off as few nodes at the end as make the rest fit.
  ///
  /// - Returns: `nil` when no such nodes stand at the end, one directly after the other: then the packet has to be
  ///   arranged first.
  static func parts(of packet: [UInt8], limit: Int = JPEGContainer.xmpLimit) -> Parts? {
    guard let tree = XMLTree(packet), let reader = XMPReader(tree), !reader.rdf.isEmptyTag else { return nil }
    let nodes = reader.nodes
    let end = reader.rdf.content.upperBound
    let room = limit - noteLength(packet, reader)
    var start = end
    // The first node stays: a main packet says something.
    for node in nodes.dropFirst().reversed() {
      guard node.range.upperBound == start else { return nil }
      start = node.range.lowerBound
      if packet.count - (end - start) > room { continue }
      // The same elements around the nodes as in the main packet, so that all prefixes mean the same.
      var around = [reader.rdf]
      while let parent = around.last?.parent { around.append(tree.elements[parent]) }
      let heads = around.reversed().flatMap { packet[$0.tag] }
      let tails = around.flatMap { packet[$0.content.upperBound..<$0.range.upperBound] }
      let split = heads + packet[start..<end] + tails
      let digest = MD5.name(of: split)
      let main = ByteEdit.applied(
        [ByteEdit(range: start..<end, replacement: note(digest, reader))], to: packet, within: 0..<packet.count)
      return Parts(main: main, extended: split, digest: digest)
    }
    return nil
  }

  private static let identifier = XMLTree.Name(XMP.Namespace.rdf, "ID")

  /// What says of which resource a node speaks, or holds for all in it: a node made of it has it too.
  private static func isOfNode(_ attribute: XMLTree.Attribute) -> Bool {
    [XMP.Namespace.rdf, XMP.Namespace.xml, ""].contains(attribute.name.namespace)
  }

  /// The node that names the extension. It stands alone, so that it can go without a trace.
  private static func note(_ digest: String, _ reader: XMPReader) -> [UInt8] {
    let about = XMLTree.Name(XMP.Namespace.rdf, "about")
    let subject = reader.nodes.lazy.flatMap(\.attributes).first { $0.name == about }?.value ?? ""
    return Array(
      """
      <rdf:Description xmlns:rdf="\(XMP.Namespace.rdf)" rdf:about="\(XMP.escaped(subject))" \
      xmlns:xmpNote="\(XMP.Namespace.note)" xmpNote:HasExtendedXMP="\(digest)"/>
      """.utf8)
  }

  private static func noteLength(_ packet: [UInt8], _ reader: XMPReader) -> Int {
    note(String(repeating: "0", count: 32), reader).count
  }
}
