/// An XML document as XMP uses it, with the bytes that each piece came from, so that a packet can be cut without being
/// written anew.
///
/// There is no document type here, and so no entities but XML's five: nothing is fetched and nothing expands. A
/// document that is not well-formed as far as it concerns us, or nests deeper than any packet, is `nil`.
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

  static let depthLimit = 64

  /// In document order; the first is the root.
  private(set) var elements: [Element] = []
  private(set) var comments: [Range<Int>] = []
  /// Whether nothing but white space, byte order marks and processing instructions stands around the root.
  private(set) var isBlankOutsideRoot = true

  init?(_ bytes: [UInt8]) {
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    var scanner = XMLScanner(bytes)
    // Innermost last: the open elements, and the namespaces that each declares.
    var open: [(index: Int, name: String)] = []
    var scopes: [[String: String]] = [["xml": XMP.Namespace.xml]]
    while let token = scanner.next() {
      switch token {
      case .damage: return nil
      case .comment(let range): comments.append(range)
      case .text(let text):
        if let last = open.last {
          elements[last.index].text += text
        } else if !text.allSatisfy({ $0.isWhitespace || $0 == "\u{FEFF}" }) {
          isBlankOutsideRoot = false
        }
      case .start(let tag):
        guard open.count < Self.depthLimit, !(open.isEmpty && !elements.isEmpty) else { return nil }
        scopes.append(tag.declared)
        guard let element = Self.element(tag, scopes, parent: open.last?.index) else { return nil }
        if let parent = element.parent { elements[parent].children.append(elements.count) }
        if tag.isEmpty { scopes.removeLast() } else { open.append((elements.count, tag.name)) }
        elements.append(element)
      case .end(let name, let range):
        guard let last = open.popLast(), last.name == name else { return nil }
        scopes.removeLast()
        let start = elements[last.index].tag
        elements[last.index].range = start.lowerBound..<range.upperBound
        elements[last.index].content = start.upperBound..<range.lowerBound
      }
    }
    guard open.isEmpty, !elements.isEmpty else { return nil }
  }

  func first(_ name: Name) -> Element? { elements.first { $0.name == name } }

  func children(of element: Element) -> [Element] { element.children.map { elements[$0] } }

  private static func element(_ tag: XMLScanner.Tag, _ scopes: [[String: String]], parent: Int?) -> Element? {
    func name(_ qualified: String, isAttribute: Bool) -> Name? {
      let parts = qualified.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
      // An attribute without prefix is in no namespace.
      if parts.count == 1, isAttribute { return Name("", parts[0]) }
      let prefix = parts.count == 2 ? parts[0] : ""
      let namespace = scopes.reversed().lazy.compactMap { $0[prefix] }.first
      guard let namespace = namespace ?? (prefix.isEmpty ? "" : nil) else { return nil }
      return Name(namespace, parts[parts.count - 1])
    }
    var attributes: [Attribute] = []
    var declarations: [Declaration] = []
    for attribute in tag.attributes {
      if let prefix = attribute.declaredPrefix {
        declarations.append(Declaration(prefix: prefix, range: attribute.range))
      } else {
        guard let name = name(attribute.name, isAttribute: true) else { return nil }
        attributes.append(Attribute(name: name, value: attribute.value, range: attribute.range))
      }
    }
    guard let own = name(tag.name, isAttribute: false) else { return nil }
    return Element(
      name: own, attributes: attributes, declarations: declarations, parent: parent, tag: tag.range,
      attributesStart: tag.attributesStart, range: tag.range, content: tag.range.upperBound..<tag.range.upperBound)
  }
}
