extension XMP {
  /// The edits that put fields into a foreign packet. They take the place of properties of the picture itself; what
  /// has the same name inside a structure (a source's creator, an ingredient's rights) is somebody else's and stays, as
  /// do a text's other languages.
  static func merging(_ fields: XMPFields, into reader: XMPReader) -> [ByteEdit] {
    guard !fields.isEmpty else { return [] }
    var rest = fields
    var edits: [ByteEdit] = []
    let replaced = names(of: fields)
    for node in reader.nodes {
      for attribute in node.attributes where replaced.contains(attribute.name) {
        edits.append(ByteEdit(range: attribute.range, replacement: []))
      }
      for property in reader.tree.children(of: node) where replaced.contains(property.name) {
        if let field = languageFields[property.name], let text = rest[keyPath: field],
          let own = replacingDefault(of: property, with: text, in: reader.tree)
        {
          edits.append(contentsOf: own)
          rest[keyPath: field] = nil
        } else {
          edits.append(ByteEdit(range: property.range, replacement: []))
        }
      }
    }
    guard !rest.isEmpty else { return edits }
    // One packet describes one resource: all its nodes have the same rdf:about (ISO 16684-1 §7.4).
    let about = XMLTree.Name(Namespace.rdf, "about")
    let subject = reader.nodes.lazy.flatMap(\.attributes).first { $0.name == about }?.value ?? ""
    let end = reader.rdf.content.upperBound
    return edits + [ByteEdit(range: end..<end, replacement: Array(node(rest, about: subject).utf8))]
  }

  private static let languageFields: [XMLTree.Name: WritableKeyPath<XMPFields, String?> & Sendable] = [
    XMLTree.Name(Namespace.dc, "description"): \.description, XMLTree.Name(Namespace.dc, "rights"): \.rights,
    XMLTree.Name(Namespace.iptcCore, "AltTextAccessibility"): \.altText,
  ]

  /// Puts a text into a language alternative as its default; `nil` when the property is none. The former default goes,
  /// with the item that repeats it in its own language (ISO 16684-1 §8.2.2.4).
  private static func replacingDefault(
    of property: XMLTree.Element, with text: String, in tree: XMLTree
  ) -> [ByteEdit]? {
    let children = tree.children(of: property)
    guard children.count == 1, children[0].name == XMLTree.Name(Namespace.rdf, "Alt"), !children[0].isEmptyTag else {
      return nil
    }
    let language = XMLTree.Name(Namespace.xml, "lang")
    let items = tree.children(of: children[0])
    let standard = items.first { item in
      item.attributes.contains { $0.name == language && $0.value.lowercased() == "x-default" }
    }
    let gone = items.filter { item in standard.map { $0.range == item.range || $0.text == item.text } ?? false }
    let start = children[0].content.lowerBound
    let item = "<rdf:li xmlns:rdf=\"\(Namespace.rdf)\" xml:lang=\"x-default\">\(escaped(text))</rdf:li>"
    return [ByteEdit(range: start..<start, replacement: Array(item.utf8))]
      + gone.map { ByteEdit(range: $0.range, replacement: []) }
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
    add(Namespace.photoshop, "Headline", if: fields.headline != nil)
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
