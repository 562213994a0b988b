import Control
import Documents

/// What a question is about, read strictly: a condition that was passed over, because it is misspelt or of another kind,
/// would let a word reach more jobs than was meant.
struct Particulars {
  private let object: JSONObject

  /// - Parameter known: all that the question's word understands.
  init(_ object: JSONObject, known: [String]) throws(ControlRefusal) {
    if let unknown = object.keys.first(where: { !known.contains($0) }) {
      throw ControlRefusal(
        .invalid,
        "this daemon, version \(Darkroom.version), does not understand \"\(unknown.prefix(40))\" in a question")
    }
    self.object = object
  }

  func text(_ key: String) throws(ControlRefusal) -> String? {
    try value(key, "a text") { $0.string }
  }

  /// `nil` where there is none; never empty.
  func texts(_ key: String) throws(ControlRefusal) -> [String]? {
    try value(key, "a list of texts") { value in
      guard let items = value.array, !items.isEmpty else { return nil }
      let texts = items.compactMap(\.string)
      return texts.count == items.count ? texts : nil
    }
  }

  func objects(_ key: String) throws(ControlRefusal) -> [JSONObject] {
    try value(key, "a list of objects") { value in
      guard let items = value.array else { return nil }
      let objects = items.compactMap(\.object)
      return objects.count == items.count ? objects : nil
    } ?? []
  }

  func flag(_ key: String) throws(ControlRefusal) -> Bool {
    try value(key, "true or false") { if case .bool(let flag) = $0 { flag } else { nil } } ?? false
  }

  func count(_ key: String) throws(ControlRefusal) -> Int? {
    try value(key, "a whole number from 1") { value in value.integer.flatMap { $0 >= 1 ? $0 : nil } }
  }

  private func value<Value>(
    _ key: String, _ kind: String, _ read: (JSONValue) -> Value?
  ) throws(ControlRefusal) -> Value? {
    guard let value = object[key] else { return nil }
    guard let found = read(value) else { throw ControlRefusal(.invalid, "\"\(key)\" in a question is \(kind)") }
    return found
  }
}
