import Documents

// Lenient reading: what is missing or of another type is `nil`.

extension JSONValue {
  var object: JSONObject? { if case .object(let object) = self { object } else { nil } }

  var string: String? { if case .string(let text) = self { text } else { nil } }

  var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }

  /// A whole number, read from its text: `16`, `16.0` and `1.6e1` are the same. `nil` for a fraction, and for more than
  /// 18 digits.
  var integer: Int? {
    guard case .number(let text) = self else { return nil }
    let parts = text.split { $0 == "e" || $0 == "E" }
    guard let mantissa = parts.first, let exponent = parts.count > 1 ? Int(parts[1]) : 0,
      (-18...18).contains(exponent)
    else { return nil }
    let digits = mantissa.split(separator: ".")
    guard let whole = digits.first else { return nil }
    let fraction = digits.count > 1 ? digits[1] : ""
    let all = whole + fraction
    let shift = exponent - fraction.count
    if shift >= 0 { return Int(all + String(repeating: "0", count: shift)) }
    guard all.suffix(-shift).allSatisfy({ $0 == "0" }) else { return nil }
    return Int(all.dropLast(-shift))
  }
}

extension JSONObject {
  func object(_ key: String) -> JSONObject? { self[key]?.object }

  func string(_ key: String) -> String? { self[key]?.string }

  func bool(_ key: String) -> Bool? { if case .bool(let value)? = self[key] { value } else { nil } }

  /// The texts of an array, whatever else it holds; `nil` when there is no array.
  func strings(_ key: String) -> [String]? { self[key]?.array?.compactMap(\.string) }
}
