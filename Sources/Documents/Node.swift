/// A value of a document, with the place it was read from. JSON and YAML both become this.
public struct Node: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    case null
    case bool(Bool)
    /// In JSON's grammar (RFC 8259 §6), also when YAML wrote it otherwise.
    case number(String)
    case string(String)
    case array([Node])
    /// In the order of the document, keys unique.
    case object([Entry])
  }

  public struct Entry: Hashable, Sendable {
    public let key: String
    public let keyPosition: Position
    public let node: Node

    public init(key: String, keyPosition: Position, node: Node) {
      self.key = key
      self.keyPosition = keyPosition
      self.node = node
    }
  }

  /// Where the value begins.
  public let position: Position
  public let content: Content

  public init(position: Position, content: Content) {
    self.position = position
    self.content = content
  }

  /// The value without its positions.
  public var value: JSONValue {
    switch content {
    case .null: .null
    case .bool(let bool): .bool(bool)
    case .number(let text): .number(text)
    case .string(let text): .string(text)
    case .array(let nodes): .array(nodes.map(\.value))
    case .object(let entries): .object(JSONObject(entries))
    }
  }

  /// The entry of a key; `nil` when there is none, and for anything but an object.
  public subscript(key: String) -> Entry? {
    guard case .object(let entries) = content else { return nil }
    return entries.first { $0.key == key }
  }

  /// The value at a path of keys and zero-based indices; `nil` where the path leads nowhere.
  public func node(at path: some Sequence<String>) -> Node? {
    var node = self
    for step in path {
      guard let next = node.child(step) else { return nil }
      node = next
    }
    return node
  }

  /// Where the value at a path stands; the deepest existing step where the path leads nowhere, since that is where
  /// something is missing.
  public func position(at path: some Sequence<String>) -> Position {
    var node = self
    for step in path {
      guard let next = node.child(step) else { return node.position }
      node = next
    }
    return node.position
  }

  private func child(_ step: String) -> Node? {
    switch content {
    case .object(let entries): entries.first { $0.key == step }?.node
    case .array(let nodes): Int(step).flatMap { nodes.indices.contains($0) ? nodes[$0] : nil }
    case .null, .bool, .number, .string: nil
    }
  }

  /// What kind of value it is, for people: `text`, `a list`, ….
  public var kind: String {
    switch content {
    case .null: "nothing (null)"
    case .bool(let bool): "\(bool)"
    case .number(let text): "the number \(text)"
    case .string: "text"
    case .array: "a list"
    case .object: "a mapping"
    }
  }
}

extension JSONObject {
  /// The entries without their positions.
  public init(_ entries: [Node.Entry]) {
    self.init()
    for entry in entries {
      append(key: entry.key, value: entry.node.value)
    }
  }
}
