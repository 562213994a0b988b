import Yams

/// Turns the tree that Yams composes into a ``Node``, under this module's rules.
///
/// A value that an alias names has the position of its anchor, since that is where it is written.
struct YAMLComposer {
  private let limits: DocumentLimits
  private var values = 0

  static func node(_ bytes: Span<UInt8>, limits: DocumentLimits) throws(DocumentError) -> Node {
    let text = try text(bytes)
    guard !YAMLAliasEstimate(text).isExcessive else { throw .aliasExpansion(limit: YAMLAliasEstimate.limit) }
    let root: Yams.Node?
    do {
      // Scalars are resolved below; the basic resolver spares Yams its regular expressions.
      root = try Yams.compose(yaml: text, .basic, .default, .utf8)
    } catch let error as YamlError {
      throw DocumentError(error, in: text)
    } catch {
      throw .yaml(Position(line: 1, column: 1), problem: "\(error)")
    }
    guard let root else { throw .unexpectedEnd(Position(line: 1, column: 1), expected: "a value") }
    var composer = YAMLComposer(limits: limits)
    return try composer.node(root, depth: 0)
  }

  private init(limits: DocumentLimits) {
    self.limits = limits
  }

  private static func text(_ bytes: Span<UInt8>) throws(DocumentError) -> String {
    let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
    let content = bytes.extracting((hasMark ? 3 : 0)..<bytes.count)
    do {
      return String(copying: try UTF8Span(validating: content))
    } catch {
      let found = error.byteOffsets
      var before: [UInt8] = []
      for index in 0..<found.lowerBound { before.append(content[index]) }
      let position = Position(endOf: String(decoding: before, as: UTF8.self))
      if error.kind == .truncatedScalar, found.upperBound == content.count {
        throw .unexpectedEnd(position, expected: "the rest of a character")
      }
      throw .invalidUTF8(position)
    }
  }

  private mutating func node(_ node: Yams.Node, depth: Int) throws(DocumentError) -> Node {
    let position = Position(node.mark)
    values += 1
    guard values <= limits.values else { throw .tooManyValues(position, limit: limits.values) }
    switch node {
    case .scalar(let scalar): return Node(position: position, content: try YAMLScalar.content(of: scalar))
    case .sequence(let sequence):
      guard depth < limits.depth else { throw .tooDeep(position, limit: limits.depth) }
      try check(sequence.tag, is: .seq, at: position)
      var nodes: [Node] = []
      for element in sequence { nodes.append(try self.node(element, depth: depth + 1)) }
      return Node(position: position, content: .array(nodes))
    case .mapping(let mapping):
      guard depth < limits.depth else { throw .tooDeep(position, limit: limits.depth) }
      try check(mapping.tag, is: .map, at: position)
      return Node(position: position, content: .object(try entries(mapping, depth: depth + 1)))
    case .alias: throw .yaml(position, problem: "an alias without its anchor")
    }
  }

  /// A key is its text, whatever it looks like: `2026` and `true` are keys as good as any.
  private mutating func entries(_ mapping: Yams.Node.Mapping, depth: Int) throws(DocumentError) -> [Node.Entry] {
    var entries: [Node.Entry] = []
    // Yams lets keys pass that differ in their tags alone, `1` and `!!int 1`.
    var seen: [String: Position] = [:]
    for (key, value) in mapping {
      let position = Position(key.mark)
      guard case .scalar(let scalar) = key else { throw .keyIsNotText(position) }
      if scalar.style == .plain, scalar.string == "<<" { throw .mergeKey(position) }
      if let first = seen.updateValue(position, forKey: scalar.string) {
        throw .duplicateKey(position, key: scalar.string, first: first)
      }
      entries.append(Node.Entry(key: scalar.string, keyPosition: position, node: try node(value, depth: depth)))
    }
    return entries
  }

  private func check(_ tag: Tag, is name: Tag.Name, at position: Position) throws(DocumentError) {
    switch Tag.Name(rawValue: tag.rawValue) {
    case .implicit, .nonSpecific, name: return
    default: throw .unsupportedTag(position, tag: tag.rawValue)
    }
  }
}
