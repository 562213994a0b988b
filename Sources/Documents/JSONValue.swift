/// A JSON value that keeps what it was read from: the order of keys and the text of numbers.
public indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// The number as it was written, in JSON's grammar (RFC 8259 §6): `1024`, `-0.5`, `1e3`.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// The members of a JSON object in their order. Keys are unique.
public struct JSONObject: Hashable, Sendable {
  public struct Member: Hashable, Sendable {
    public var key: String
    public var value: JSONValue

    public init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  public private(set) var members: [Member]

  public init() {
    members = []
  }

  /// The members in this order; of a key that comes twice, the last value in the first place.
  public init(_ members: [(String, JSONValue)]) {
    self.init()
    for (key, value) in members { self[key] = value }
  }

  /// The value of a key; setting `nil` removes it, setting a new key appends it.
  public subscript(key: String) -> JSONValue? {
    get { members.first { $0.key == key }?.value }
    set {
      let index = members.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  public var keys: [String] { members.map(\.key) }
}

extension JSONObject {
  /// Appends a member whose key is known to be new, without looking through the others.
  mutating func append(key: String, value: JSONValue) {
    members.append(Member(key: key, value: value))
  }
}
