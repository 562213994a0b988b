import Metadata
import Raster

/// Blocks with something of everything, and the words in them that must not leak.
enum Samples {
  static let size = Size(width: 24, height: 16)
  static let prompt = "A canal in <Venice> & \"東京\" 🎨, dusk"
  static let system = "Venice.ai venice-sd35"

  static let provenance = Provenance(
    source: .trainedAlgorithmicMedia, system: system, prompt: prompt,
    parameters: [
      .init(name: "negative_prompt", value: "boats, people"), .init(name: "steps", value: "20"),
      .init(name: "seed", value: "1234567"),
    ],
    created: "2026-11-21T08:30:00Z", originalSHA256: String(repeating: "0123456789abcdef", count: 4))

  static let policy = MetadataPolicy(
    level: .full,
    texts: MetadataTexts(
      artist: "Ada Lovelace", copyright: "© 2026 Example", description: "Übersicht", keywords: ["canal", "夕方"]),
    dpi: 300, writesParameters: true)

  static func blocks(for name: String) throws -> MetadataBlocks {
    let format = format(of: name)
    let exif = try Exif.build(
      ExifFields(
        size: size, imageDescription: "Übersicht", software: system, dateTime: "2026-11-21T08:30:00Z", artist: "Ada",
        copyright: "© 2026", userComment: prompt, dotsPerInch: 300))
    return MetadataBlocks(
      exif: exif, xmp: XMP.packet(XMPFields(aiSystem: system, prompt: prompt)), icc: try Fixtures.profile(),
      iptc: format == .jpeg ? [0x1C, 2, 25, 0, 5] + Array("canal".utf8) : nil,
      texts: format == .webp ? [] : [TextBlock(keyword: "Comment", text: "from afar")],
      density: Density.dotsPerInch(300).expressed(for: format),
      modificationTime: format == .png ? [0x07, 0xEA, 11, 21, 8, 30, 0] : nil)
  }

  static func format(of name: String) -> ImageFormat { ImageFormat(fileExtension: name.split(separator: ".")[1])! }
}

extension [UInt8] {
  func contains(_ text: String) -> Bool { contains(Array(text.utf8)) }

  func contains(_ bytes: [UInt8]) -> Bool {
    guard let first = bytes.first, count >= bytes.count else { return false }
    return indices.dropLast(bytes.count - 1).contains { self[$0] == first && self[$0..<$0 + bytes.count] == bytes[...] }
  }
}

extension MetadataBlocks {
  struct Missing: Error { let block: Block }

  /// What the packet says; throws when there is none.
  func xmpFields() throws -> XMPFields {
    guard let fields = xmp.flatMap(XMP.fields(of:)) else { throw Missing(block: .xmp) }
    return fields
  }

  /// What the EXIF block says; throws when there is none.
  func exifSummary() throws -> ExifSummary {
    guard let exif else { throw Missing(block: .exif) }
    return try Exif.summary(of: exif)
  }
}
