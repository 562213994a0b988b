extension XMP {
  /// What a packet says; `nil` when it is no XMP. Properties may stand as elements or as attributes, in several nodes.
  public static func fields(of packet: [UInt8]) -> XMPFields? {
    XMLTree(packet).flatMap { XMPReader($0) }?.fields
  }
}

/// The properties of one packet, whichever of RDF's ways they are written in (ISO 16684-1 §7.4 to §7.9).
struct XMPReader {
  let tree: XMLTree
  let rdf: XMLTree.Element

  init?(_ tree: XMLTree) {
    guard let rdf = tree.first(XMLTree.Name(XMP.Namespace.rdf, "RDF")) else { return nil }
    self.tree = tree
    self.rdf = rdf
  }

  var nodes: [XMLTree.Element] { tree.children(of: rdf) }

  var fields: XMPFields {
    typealias Space = XMP.Namespace
    return XMPFields(
      digitalSourceType: text(Space.iptcExt, "DigitalSourceType"),
      aiSystem: text(Space.iptcExt, "AISystemUsed"),
      aiSystemVersion: text(Space.iptcExt, "AISystemVersionUsed"),
      prompt: text(Space.iptcExt, "AIPromptInformation"),
      description: text(Space.dc, "description"),
      altText: text(Space.iptcCore, "AltTextAccessibility"),
      creators: texts(Space.dc, "creator"),
      rights: text(Space.dc, "rights"),
      subjects: texts(Space.dc, "subject"),
      creatorTool: text(Space.xmp, "CreatorTool"),
      createDate: text(Space.xmp, "CreateDate"),
      documentID: text(Space.xmpMM, "DocumentID"),
      instanceID: text(Space.xmpMM, "InstanceID"),
      derivedFrom: member(Space.xmpMM, "DerivedFrom", XMLTree.Name(Space.stRef, "documentID")),
      promptWriter: text(Space.iptcExt, "AIPromptWriterName"), headline: text(Space.photoshop, "Headline"))
  }

  /// A simple value, or the default language of several.
  func text(_ namespace: String, _ local: String) -> String? {
    let name = XMLTree.Name(namespace, local)
    if let attribute = attribute(name) { return attribute }
    guard let element = element(name) else { return nil }
    let items = items(of: element)
    let language = XMLTree.Name(XMP.Namespace.xml, "lang")
    let standard = items.first { $0.attributes.contains { $0.name == language && $0.value == "x-default" } }
    if let item = standard ?? items.first { return item.text }
    let resource = XMLTree.Name(XMP.Namespace.rdf, "resource")
    return element.attributes.first { $0.name == resource }?.value ?? element.text
  }

  private func texts(_ namespace: String, _ local: String) -> [String] {
    let name = XMLTree.Name(namespace, local)
    if let attribute = attribute(name) { return [attribute] }
    guard let element = element(name) else { return [] }
    let items = items(of: element)
    return items.isEmpty ? [element.text] : items.map(\.text)
  }

  /// A member of a structure: an attribute or an element in it, or in the node inside it.
  private func member(_ namespace: String, _ local: String, _ member: XMLTree.Name) -> String? {
    guard let element = element(XMLTree.Name(namespace, local)) else { return nil }
    for holder in [element] + tree.children(of: element) {
      if let attribute = holder.attributes.first(where: { $0.name == member }) { return attribute.value }
      if let child = tree.children(of: holder).first(where: { $0.name == member }) { return child.text }
    }
    return nil
  }

  private func attribute(_ name: XMLTree.Name) -> String? {
    nodes.lazy.flatMap(\.attributes).first { $0.name == name }?.value
  }

  private func element(_ name: XMLTree.Name) -> XMLTree.Element? {
    nodes.lazy.flatMap { tree.children(of: $0) }.first { $0.name == name }
  }

  /// The items of an rdf:Alt, rdf:Seq or rdf:Bag.
  private func items(of element: XMLTree.Element) -> [XMLTree.Element] {
    let item = XMLTree.Name(XMP.Namespace.rdf, "li")
    return tree.children(of: element).flatMap { tree.children(of: $0) }.filter { $0.name == item }
  }
}
