import Foundation
import Processing

/// An inspection as people and programs read it.
enum InspectionReport {
  private struct Document: Encodable {
    var file: String
    var inspection: Inspection

    private enum Key: CodingKey { case file }

    /// The file's name beside the inspection's own members.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(file, forKey: .file)
      try inspection.encode(to: encoder)
    }
  }

  static func json(_ inspection: Inspection, file: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(Document(file: file, inspection: inspection)), as: UTF8.self)
  }

  static func table(_ inspection: Inspection, file: String) -> String {
    var rows: [(String, String)] = [
      ("format", inspection.format.rawValue + (inspection.animated ? ", animated" : "")),
      ("size", "\(inspection.width)x\(inspection.height)"),
      ("colour", inspection.coding + (inspection.coding.contains("bit") ? "" : ", \(inspection.depth) bits a sample")),
    ]
    func add(_ name: String, _ value: String?) {
      if let value, !value.isEmpty { rows.append((name, value)) }
    }
    add("orientation", inspection.orientation == 1 ? nil : "\(inspection.orientation), applied in the size above")
    add("icc profile", inspection.icc.map { "\($0.name ?? "unnamed"), \($0.bytes) bytes" })
    if let disclosure = inspection.disclosure {
      if let type = disclosure.digitalSourceType { rows.append(sourceType(type)) }
      add("ai system", [disclosure.system, disclosure.systemVersion].compactMap(\.self).joined(separator: " "))
      add("prompt", disclosure.prompt)
    }
    if let exif = inspection.exif {
      add("exif", "\(exif.bytes) bytes")
      add("  description", exif.description)
      add("  software", exif.software)
      add("  date", exif.dateTime)
      add("  artist", exif.artist)
      add("  copyright", exif.copyright)
      add("  comment", exif.userComment)
      add("  camera", [exif.make, exif.model].compactMap(\.self).joined(separator: " "))
      add("  resolution", exif.dpi.map { "\($0) dpi" })
      let revealing = [
        exif.gps ? "GPS position" : nil, exif.thumbnail ? "thumbnail" : nil, exif.makerNote ? "maker note" : nil,
      ].compactMap(\.self)
      add("  holds", revealing.joined(separator: ", "))
    }
    if let xmp = inspection.xmp {
      add("xmp", "\(xmp.bytes) bytes")
      add("  description", xmp.description)
      add("  alt text", xmp.altText)
      add("  creator", xmp.creators.joined(separator: ", "))
      add("  rights", xmp.rights)
      add("  keywords", xmp.subjects.joined(separator: ", "))
      add("  tool", xmp.creatorTool)
    }
    add("iptc", inspection.iptc.map { "\($0) bytes" })
    for text in inspection.texts { add("text \(text.keyword)", text.text) }
    add("c2pa", inspection.c2pa ? "a content credential is there (not verified)" : nil)
    for piece in inspection.unread { add("unread", piece) }
    for warning in inspection.warnings { add("warning", warning) }
    rows += revealing(inspection)
    let width = min(rows.map(\.0.count).max() ?? 0, 32)
    return ([file.visible] + rows.map { line($0, $1, width) }).joined(separator: "\n")
  }

  /// What the file says is the file's: none of it can look like a row of its own.
  private static func line(_ name: String, _ value: String, _ width: Int) -> String {
    let name = name.visible
    let margin = String(repeating: " ", count: width + 4)
    return "  " + name + String(repeating: " ", count: max(1, width + 2 - name.count))
      + value.visibleLines.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n\(margin)")
  }
}
