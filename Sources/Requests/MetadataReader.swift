import Documents
import Metadata

/// Reads an output's `metadata`: a level, or a mapping with more.
enum MetadataReader {
  /// Bytes of one text. EXIF holds 64 KiB in all.
  static let textLimit = 2000
  static let keywordLimit = 100

  private enum GPS: String, CaseIterable {
    case keep
  }

  static func policy(_ output: Section) throws(RequestError) -> MetadataPolicy {
    guard let node = output["metadata"] else { return MetadataPolicy(level: .provenance) }
    switch node.content {
    case .string:
      return MetadataPolicy(level: try output.choice("metadata", MetadataPolicy.Level.self) ?? .provenance)
    case .object: return try policy(in: Section(node, path: output.place.path + ["metadata"]))
    case .null, .bool, .number, .array:
      let levels = MetadataPolicy.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw .wrongType(
        output.place(of: "metadata"), expected: "a level (\(levels)) or a mapping", found: Section.kind(node))
    }
  }

  private static func policy(in section: Section) throws(RequestError) -> MetadataPolicy {
    try section.checkKeys(textKeys + ownKeys) { key in
      ["thumbnail", "maker-note", "makernote"].contains(key)
        ? "Thumbnails and maker notes are never kept: they show and tell what the output does not" : nil
    }
    let texts = try texts(section)
    var policy = MetadataPolicy(
      level: try section.choice("level", MetadataPolicy.Level.self) ?? .provenance, texts: texts)
    policy.dpi = try section.integer("dpi", in: 1...9600)
    if try section.choice("gps", GPS.self) != nil {
      guard policy.level == .keep else {
        throw .conflict(section.place(of: "gps"), with: "level", why: "only the level 'keep' has positions to keep")
      }
      policy.keepsGPS = true
    }
    policy.writesParameters = try section.bool("parameters") ?? false
    return policy
  }

  /// A request's own `metadata`; `nil` where it says nothing.
  static func texts(ofRequest request: Section) throws(RequestError) -> MetadataTexts? {
    guard let section = try request.section("metadata") else { return nil }
    try section.checkKeys(textKeys) { key in
      ownKeys.contains(key) ? "What outputs carry is the pipeline's to say; a request gives the words" : nil
    }
    return try texts(section)
  }

  private static let textKeys = ["artist", "copyright", "description", "alt-text", "keywords", "prompt-writer"]
  private static let ownKeys = ["level", "dpi", "gps", "parameters"]

  private static func texts(_ section: Section) throws(RequestError) -> MetadataTexts {
    MetadataTexts(
      artist: try text("artist", in: section), copyright: try text("copyright", in: section),
      description: try text("description", in: section), altText: try text("alt-text", in: section),
      keywords: try keywords(section), promptWriter: try text("prompt-writer", in: section))
  }

  private static func text(_ key: String, in section: Section) throws(RequestError) -> String? {
    guard let text = try section.text(key) else { return nil }
    try check(text, at: section.place(of: key))
    return text
  }

  private static func keywords(_ section: Section) throws(RequestError) -> [String] {
    var keywords: [String] = []
    for (index, node) in (try section.list("keywords") ?? []).enumerated() {
      let place = Place(position: node.position, path: section.place.path + ["keywords", "\(index)"])
      guard case .string(let text) = node.content else {
        throw .wrongType(place, expected: "text", found: Section.kind(node))
      }
      try check(text, at: place)
      keywords.append(text)
    }
    guard keywords.count <= keywordLimit else {
      throw .outOfRange(
        section.place(of: "keywords"), value: "\(keywords.count)", allowed: "at most \(keywordLimit) words")
    }
    return keywords
  }

  /// EXIF's texts end at a NUL, and XML takes no other control characters than these three.
  private static func check(_ text: String, at place: Place) throws(RequestError) {
    if text.isEmpty { throw .invalid(place, value: text, why: "it is empty; leave the key out") }
    if text.utf8.count > textLimit {
      throw .invalid(place, value: text, why: "it has \(text.utf8.count) bytes, at most \(textLimit) are kept")
    }
    if text.unicodeScalars.contains(where: { $0.value < 0x20 && !"\t\n\r".unicodeScalars.contains($0) }) {
      throw .invalid(place, value: text, why: "it has a control character")
    }
  }
}
