// Lenient reading, of what others write: what is missing or of another type is `nil`.

extension JSONValue {
  public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }

  public var string: String? { if case .string(let text) = self { text } else { nil } }

  public var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }

  /// A whole number, read from its text: `16`, `16.0` and `1.6e1` are the same. `nil` for a fraction, and for what `Int`
  /// cannot hold.
  public var integer: Int? { if case .number(let text) = self { DecimalNumber(text)?.integer } else { nil } }
}

extension JSONObject {
  public func object(_ key: String) -> JSONObject? { self[key]?.object }

  public func string(_ key: String) -> String? { self[key]?.string }

  public func bool(_ key: String) -> Bool? { if case .bool(let value)? = self[key] { value } else { nil } }

  /// The number as it was written.
  public func number(_ key: String) -> String? { if case .number(let text)? = self[key] { text } else { nil } }

  /// The texts of an array, whatever else it holds; `nil` when there is no array.
  public func strings(_ key: String) -> [String]? { self[key]?.array?.compactMap(\.string) }

  /// The objects of an array, whatever else it holds; empty when there is no array.
  public func objects(_ key: String) -> [JSONObject] { self[key]?.array?.compactMap(\.object) ?? [] }
}
