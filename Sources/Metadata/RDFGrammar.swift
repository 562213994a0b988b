/// Whether XML within rdf:RDF follows RDF/XML (W3C RDF 1.1 XML Syntax §7.2), so that other readers find the same
/// properties in it. What the grammar lets pass with a warning passes.
struct RDFGrammar {
  let tree: XMLTree

  /// - Parameter rdf: the tree's rdf:RDF element.
  func accepts(_ rdf: XMLTree.Element) -> Bool {
    rdf.attributes.allSatisfy(isXMLs) && XMLCharacters.isBlank(rdf.text.utf8)
      && tree.elements.filter { $0.name == rdf.name }.count == 1 && tree.children(of: rdf).allSatisfy(isNode)
  }

  private static let syntax: Set<String> = ["RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype"]
  private static let withdrawn: Set<String> = ["aboutEach", "aboutEachPrefix", "bagID"]

  /// The name's part after RDF's own namespace; `nil` for others.
  private func term(_ name: XMLTree.Name) -> String? { name.namespace == XMP.Namespace.rdf ? name.local : nil }

  private func isXMLs(_ attribute: XMLTree.Attribute) -> Bool { attribute.name.namespace == XMP.Namespace.xml }

  private func terms(_ element: XMLTree.Element) -> [String] { element.attributes.compactMap { term($0.name) } }

  private func isForbidden(_ term: String, but: Set<String>) -> Bool {
    Self.withdrawn.contains(term) || term == "li" || term == "Description"
      || (Self.syntax.contains(term) && !but.contains(term))
  }

  private func isNode(_ element: XMLTree.Element) -> Bool {
    guard !element.name.namespace.isEmpty, XMLCharacters.isBlank(element.text.utf8) else { return false }
    if let name = term(element.name), name != "Description", isForbidden(name, but: []) { return false }
    let subjects: Set<String> = ["ID", "about", "nodeID"]
    let terms = terms(element)
    return !terms.contains { isForbidden($0, but: subjects) } && terms.filter(subjects.contains).count <= 1
      && tree.children(of: element).allSatisfy(isProperty)
  }

  private func isProperty(_ element: XMLTree.Element) -> Bool {
    guard !element.name.namespace.isEmpty else { return false }
    if let name = term(element.name), name != "li", isForbidden(name, but: []) { return false }
    let terms = terms(element)
    // Attributes that are properties of what the element points to.
    let hasProperties = element.attributes.contains {
      !isXMLs($0) && !$0.name.namespace.isEmpty && !Self.syntax.contains(term($0.name) ?? "")
    }
    let children = tree.children(of: element)
    let type = XMLTree.Name(XMP.Namespace.rdf, "parseType")
    if let type = element.attributes.first(where: { $0.name == type })?.value {
      guard !hasProperties, terms.allSatisfy({ $0 == "parseType" || $0 == "ID" }) else { return false }
      switch type {
      case "Resource": return XMLCharacters.isBlank(element.text.utf8) && children.allSatisfy(isProperty)
      case "Collection": return XMLCharacters.isBlank(element.text.utf8) && children.allSatisfy(isNode)
      // All else is a literal, whatever is inside (§7.2.17).
      default: return true
      }
    }
    let references = terms.filter { $0 == "resource" || $0 == "nodeID" }.count
    if terms.contains(where: { isForbidden($0, but: ["ID", "resource", "nodeID", "datatype"]) }) { return false }
    if let child = children.first {
      return children.count == 1 && !hasProperties && terms.allSatisfy { $0 == "ID" }
        && XMLCharacters.isBlank(element.text.utf8) && isNode(child)
    }
    if element.text.isEmpty { return references <= 1 && (!terms.contains("datatype") || references == 0) }
    return references == 0 && !hasProperties
  }
}
