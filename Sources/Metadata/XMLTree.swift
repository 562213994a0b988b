/// An XML document as XMP uses it, with the bytes that each piece came from, so that a packet can be cut without being
/// written anew.
///
/// There is no document type here, and so no entities but XML's five: nothing is fetched and nothing expands. What lies
/// within the root is well-formed, with its namespaces; what lies around it is not judged.
struct XMLTree {
  struct Name: Hashable {
    /// Empty for none.
    let namespace: String
    let local: String

    init(_ namespace: String, _ local: String) {
      self.namespace = namespace
      self.local = local
    }
  }

  struct Attribute {
    let name: Name
    let value: String
    /// With the white space before it.
    let range: Range<Int>
  }

  struct Declaration {
    /// Empty for the default namespace.
    let prefix: String
    let range: Range<Int>
  }

  struct Element {
    let name: Name
    let attributes: [Attribute]
    let declarations: [Declaration]
    let parent: Int?
    /// The start tag, or the whole of an empty element.
    let tag: Range<Int>
    /// Where attributes may be put: after the element's name.
    let attributesStart: Int
    /// From the start tag to the end of the end tag.
    fileprivate(set) var range: Range<Int>
    /// Between the tags.
    fileprivate(set) var content: Range<Int>
    fileprivate(set) var children: [Int] = []
    /// The element's own text, without its children's.
    fileprivate(set) var text = ""

    var isEmptyTag: Bool { range == tag }
  }

  /// Why bytes are no tree.
  enum Flaw: Error, Hashable {
    /// Not UTF-8, not XML, or more of XML than XMP uses.
    case malformed
    /// More than any honest packet has, so that nobody shall spend time on it.
    case tooLarge
  }

  static let byteLimit = 4 << 20
  /// Of elements, and of attributes.
  static let countLimit = 20_000
  static let depthLimit = 64

  /// In document order; the first is the root.
  private(set) var elements: [Element] = []
  /// Comments and processing instructions.
  private(set) var asides: [Range<Int>] = []
  /// Whether nothing but a byte order mark, white space and XMP's own processing instructions stands around the root.
  private(set) var isPlainOutsideRoot = true

  init?(_ bytes: [UInt8]) {
    guard let tree = try? XMLTree(parsing: bytes) else { return nil }
    self = tree
  }

  init(parsing bytes: [UInt8]) throws(Flaw) {
    guard bytes.count <= Self.byteLimit else { throw .tooLarge }
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .malformed }
    var scanner = XMLScanner(bytes)
    var attributes = 0
    // Innermost last: the open elements, and the namespaces that each declares.
    var open: [(index: Int, name: String)] = []
    var scopes: [[String: String]] = [["xml": XMP.Namespace.xml]]
    var isFirst = true
    while let token = scanner.next() {
      defer { isFirst = false }
      switch token {
      case .damage: throw .malformed
      case .excess: throw .tooLarge
      case .comment(let range): asides.append(range)
      case .instruction(let range):
        if !open.isEmpty {
          asides.append(range)
        } else if !bytes.span.has("<?xpacket ".utf8, at: range.lowerBound) || !XMLCharacters.areAllowed(bytes[range]) {
          isPlainOutsideRoot = false
        }
      case .text(let text):
        if let last = open.last {
          elements[last.index].text += text
        } else {
          let isMark = isFirst && text.unicodeScalars.first == "\u{FEFF}"
          if !XMLCharacters.isBlank(isMark ? text.utf8.dropFirst(3) : text.utf8[...]) { isPlainOutsideRoot = false }
        }
      case .start(let tag):
        guard !(open.isEmpty && !elements.isEmpty) else { throw .malformed }
        attributes += tag.attributes.count
        guard open.count < Self.depthLimit, elements.count < Self.countLimit, attributes <= Self.countLimit else {
          throw .tooLarge
        }
        scopes.append(tag.declared)
        guard let element = Self.element(tag, scopes, parent: open.last?.index) else { throw .malformed }
        if let parent = element.parent { elements[parent].children.append(elements.count) }
        if tag.isEmpty { scopes.removeLast() } else { open.append((elements.count, tag.name)) }
        elements.append(element)
      case .end(let name, let range):
        guard let last = open.popLast(), last.name == name else { throw .malformed }
        scopes.removeLast()
        let start = elements[last.index].tag
        elements[last.index].range = start.lowerBound..<range.upperBound
        elements[last.index].content = start.upperBound..<range.lowerBound
      }
    }
    guard open.isEmpty, let root = elements.first, XMLCharacters.areAllowed(bytes[root.range]) else {
      throw .malformed
    }
  }

  func first(_ name: Name) -> Element? { elements.first { $0.name == name } }

  func children(of element: Element) -> [Element] { element.children.map { elements[$0] } }

  private static func element(_ tag: XMLScanner.Tag, _ scopes: [[String: String]], parent: Int?) -> Element? {
    func name(_ qualified: String, isAttribute: Bool) -> Name? {
      let parts = qualified.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.count <= 2, parts.allSatisfy(XMLCharacters.begins) else { return nil }
      // An attribute without prefix is in no namespace.
      if parts.count == 1, isAttribute { return Name("", parts[0]) }
      let prefix = parts.count == 2 ? parts[0] : ""
      let namespace = scopes.reversed().lazy.compactMap { $0[prefix] }.first
      guard let namespace = namespace ?? (prefix.isEmpty ? "" : nil) else { return nil }
      return Name(namespace, parts[parts.count - 1])
    }
    var attributes: [Attribute] = []
    var declarations: [Declaration] = []
    var names: Set<Name> = []
    for attribute in tag.attributes {
      if let prefix = attribute.declaredPrefix {
        guard mayDeclare(attribute, prefix) else { return nil }
        declarations.append(Declaration(prefix: prefix, range: attribute.range))
      } else {
        // Two prefixes may stand for one namespace: the same attribute twice (Namespaces in XML 1.0 §6.3).
        guard let name = name(attribute.name, isAttribute: true), names.insert(name).inserted else { return nil }
        attributes.append(Attribute(name: name, value: attribute.value, range: attribute.range))
      }
    }
    guard let own = name(tag.name, isAttribute: false) else { return nil }
    return Element(
      name: own, attributes: attributes, declarations: declarations, parent: parent, tag: tag.range,
      attributesStart: tag.attributesStart, range: tag.range, content: tag.range.upperBound..<tag.range.upperBound)
  }

  /// Prefixes are not taken back, and `xml` and `xmlns` are nobody's but XML's (Namespaces in XML 1.0 §2.2, §3).
  private static func mayDeclare(_ attribute: XMLScanner.Attribute, _ prefix: String) -> Bool {
    let isDefault = attribute.name == "xmlns"
    if prefix == "xml" { return attribute.value == XMP.Namespace.xml }
    if attribute.value == XMP.Namespace.xml || attribute.value == "http://www.w3.org/2000/xmlns/" { return false }
    if isDefault { return true }
    return prefix != "xmlns" && !prefix.contains(":") && XMLCharacters.begins(prefix) && !attribute.value.isEmpty
  }
}
