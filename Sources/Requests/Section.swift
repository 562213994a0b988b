import Documents

/// A mapping of a document while it is read: each access checks a type and knows its place.
struct Section {
  let place: Place
  let entries: [Node.Entry]

  init(_ node: Node, path: [String], expected: String = "a mapping") throws(RequestError) {
    let place = Place(position: node.position, path: path)
    guard case .object(let entries) = node.content else {
      throw .wrongType(place, expected: expected, found: node.kind)
    }
    self.place = place
    self.entries = entries
  }

  /// A mapping that holds nothing, where a request says nothing.
  init(emptyAt position: Position) {
    place = Place(position: position, path: [])
    entries = []
  }

  subscript(key: String) -> Node? { entries.first { $0.key == key }?.node }

  /// Where the value of a key stands.
  func place(of key: String) -> Place {
    Place(position: self[key]?.position ?? place.position, path: place.path + [key])
  }

  /// - Parameter hint: where a key belongs that is known elsewhere.
  func checkKeys(_ known: [String], hint: (String) -> String? = { _ in nil }) throws(RequestError) {
    for entry in entries where !known.contains(entry.key) {
      let place = Place(position: entry.keyPosition, path: place.path + [entry.key])
      throw .unknownKey(place, nearest: known.nearest(to: entry.key), hint: hint(entry.key))
    }
  }

  func text(_ key: String) throws(RequestError) -> String? {
    guard let node = self[key] else { return nil }
    guard case .string(let text) = node.content else { throw wrongType(key, "text", node) }
    return text
  }

  func bool(_ key: String) throws(RequestError) -> Bool? {
    guard let node = self[key] else { return nil }
    guard case .bool(let bool) = node.content else { throw wrongType(key, "true or false", node) }
    return bool
  }

  func integer(_ key: String, in range: ClosedRange<Int>) throws(RequestError) -> Int? {
    guard let node = self[key] else { return nil }
    return try Self.integer(node, place: place(of: key), in: range)
  }

  static func integer(_ node: Node, place: Place, in range: ClosedRange<Int>) throws(RequestError) -> Int {
    guard case .number(let text) = node.content else {
      throw .wrongType(place, expected: "a whole number", found: kind(node))
    }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }) else {
      throw .wrongType(place, expected: "a whole number", found: kind(node))
    }
    guard let number = Int(text), range.contains(number) else {
      throw .outOfRange(place, value: text, allowed: "\(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Choice.Type
  ) throws(RequestError) -> Choice? where Choice.RawValue == String {
    guard let node = self[key] else { return nil }
    return try Self.choice(node, place: place(of: key), type)
  }

  static func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: Node, place: Place, _ type: Choice.Type
  ) throws(RequestError) -> Choice where Choice.RawValue == String {
    let allowed = Choice.allCases.map(\.rawValue)
    guard case .string(let text) = node.content else {
      throw .wrongType(place, expected: "one of \(allowed.joined(separator: ", "))", found: kind(node))
    }
    guard let choice = Choice(rawValue: text) else {
      throw .notAChoice(place, value: text, allowed: allowed, nearest: allowed.nearest(to: text))
    }
    return choice
  }

  func list(_ key: String) throws(RequestError) -> [Node]? {
    guard let node = self[key] else { return nil }
    guard case .array(let nodes) = node.content else { throw wrongType(key, "a list", node) }
    return nodes
  }

  func section(_ key: String) throws(RequestError) -> Section? {
    guard let node = self[key] else { return nil }
    return try Section(node, path: place.path + [key])
  }

  private func wrongType(_ key: String, _ expected: String, _ node: Node) -> RequestError {
    .wrongType(place(of: key), expected: expected, found: Self.kind(node))
  }

  /// What was found, with the two slips that YAML makes easy: `#` begins a comment, and `yes` is text.
  static func kind(_ node: Node) -> String {
    switch node.content {
    case .null: "nothing (in YAML, text with # in front needs quotes)"
    case .string(let text) where text.count <= 20: "the text '\(text)'"
    case .bool, .number, .string, .array, .object: node.kind
    }
  }
}
