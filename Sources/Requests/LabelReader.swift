import Documents
import Processing

/// Reads a request's `labels`: texts by key. Numbers and booleans are taken as they are written.
enum LabelReader {
  static let countLimit = 64
  /// In bytes.
  static let keyLimit = 64
  /// In bytes.
  static let valueLimit = 256

  static func labels(_ root: Section) throws(RequestError) -> [String: String] {
    guard let section = try root.section("labels") else { return [:] }
    guard section.entries.count <= countLimit else {
      throw .outOfRange(section.place, value: "\(section.entries.count)", allowed: "at most \(countLimit) labels")
    }
    var labels: [String: String] = [:]
    for entry in section.entries {
      let key = PlaceName.normalized(entry.key)
      if let flaw = flaw(ofKey: key) {
        let place = Place(position: entry.keyPosition, path: section.place.path + [entry.key])
        throw .invalid(place, value: key, why: flaw)
      }
      let place = section.place(of: entry.key)
      let value = PlaceName.normalized(try text(entry.node, at: place))
      if value.utf8.count > valueLimit {
        throw .invalid(place, value: value, why: "it has \(value.utf8.count) bytes, a label has at most \(valueLimit)")
      }
      if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
        throw .invalid(place, value: value, why: "a label has no control characters")
      }
      labels[key] = value
    }
    return labels
  }

  /// File names use labels as `{label.KEY}`.
  private static func flaw(ofKey key: String) -> String? {
    if key.isEmpty { return "a label's key has at least one character" }
    if key.utf8.count > keyLimit { return "it has \(key.utf8.count) bytes, a label's key has at most \(keyLimit)" }
    if key.unicodeScalars.contains(where: { $0 == "{" || $0 == "}" || PlannedName.isForbidden($0) }) {
      return "a label's key has no braces, separators or control characters"
    }
    return nil
  }

  private static func text(_ node: Node, at place: Place) throws(RequestError) -> String {
    switch node.content {
    case .string(let text), .number(let text): return text
    case .bool(let bool): return "\(bool)"
    case .null, .array, .object: throw .wrongType(place, expected: "text", found: Section.kind(node))
    }
  }
}
