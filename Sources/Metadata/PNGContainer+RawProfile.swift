extension PNGContainer {
  /// A block in a text's place: how ImageMagick and exiftool kept EXIF, IPTC, XMP and profiles before PNG had places for
  /// them, and often still do. The text is a name, the length in decimal, and the bytes in hexadecimal, each on lines of
  /// its own. Browsers do not look there, so that a rewrite puts them where they belong.
  struct RawProfile {
    enum Kind {
      /// A TIFF structure with JPEG's prefix, or an XMP packet with its own: a whole APP1 segment.
      case segment
      case xmp
      /// Photoshop's image resources, or IPTC's data sets alone.
      case resources
      case icc
      case other
    }

    let kind: Kind
    let keyword: String
    let text: [UInt8]

    private static let prefix = "Raw profile type "

    /// `nil` for a keyword of another text.
    static func kind(of keyword: String) -> Kind? {
      guard keyword.hasPrefix(prefix) else { return nil }
      return switch keyword.dropFirst(prefix.count).lowercased() {
      case "exif", "app1": .segment
      case "xmp": .xmp
      case "iptc", "8bim", "app13": .resources
      case "icc", "icm": .icc
      default: .other
      }
    }

    /// Puts it into the blocks where none of its kind is there yet.
    func take(into blocks: inout MetadataBlocks) {
      guard kind != .other else {
        blocks.hasUnread = true
        blocks.warnings.append(.dropped(.text, reason: "\(keyword) is a block in a text's place"))
        return
      }
      guard let data = Self.decoded(text) else {
        blocks.warnings.append(.damaged(block, reason: "\(keyword) is cut, or not hexadecimal"))
        return
      }
      blocks.isMisplaced = true
      switch kind {
      case .segment where data.starts(with: JPEGSegments.xmpPrefix):
        blocks.takeXMP(Array(data.dropFirst(JPEGSegments.xmpPrefix.count)))
      case .segment: blocks.takeExif(data)
      case .xmp: blocks.takeXMP(data)
      case .icc: blocks.takeICC(data)
      case .resources:
        let isSegment = data.starts(with: JPEGSegments.photoshopPrefix)
        let resources = isSegment ? Array(data.dropFirst(JPEGSegments.photoshopPrefix.count)) : data
        if resources.first != 0x1C {
          PhotoshopResources.read(resources, into: &blocks)
        } else if blocks.iptc == nil {
          blocks.iptc = resources
        } else {
          blocks.hasUnread = true
        }
      case .other: break
      }
    }

    private var block: Block {
      switch kind {
      case .segment: .exif
      case .xmp: .xmp
      case .resources: .iptc
      case .icc: .icc
      case .other: .text
      }
    }

    /// - Returns: `nil` when the bytes are not as many as said.
    private static func decoded(_ text: [UInt8]) -> [UInt8]? {
      var lines = text.drop { $0 == 0x0A }.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
      guard lines.count == 3 else { return nil }
      let digits = lines.removeLast().filter { !isSpace($0) }
      let stated = String(decoding: lines[1].filter { !isSpace($0) }, as: UTF8.self)
      guard let count = Int(stated), count >= 0, digits.count == 2 * count else { return nil }
      var output: [UInt8] = []
      output.reserveCapacity(count)
      for index in stride(from: 0, to: digits.count, by: 2) {
        guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
        output.append(high << 4 | low)
      }
      return output
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func nibble(_ byte: UInt8) -> UInt8? {
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x41...0x46: byte - 0x37
      case 0x61...0x66: byte - 0x57
      default: nil
      }
    }
  }
}
