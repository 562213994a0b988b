import Metadata
import Raster

/// XMP packets and EXIF blocks as strangers write them, and what `keep` makes of them.
enum Foreign {
  static let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

  /// A packet with one node that holds these properties.
  static func packet(_ properties: String, attributes: String = "") -> [UInt8] {
    let names = """
      xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/" \
      xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:z="urn:z"
      """
    let text = """
      <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="\(rdf)"><rdf:Description rdf:about="" \(names) \(attributes)>
      <dc:title>Title</dc:title>\(properties)</rdf:Description></rdf:RDF></x:xmpmeta>
      <?xpacket end="w"?>
      """
    return Array(text.utf8)
  }

  /// What `keep` makes of these blocks in a new picture.
  static func kept(
    _ blocks: MetadataBlocks, _ policy: MetadataPolicy = MetadataPolicy(level: .keep), as format: ImageFormat = .png
  ) throws -> MetadataBlocks {
    try MetadataBlocks.planned(
      for: policy, provenance: Samples.provenance, original: blocks, outputSize: Samples.size, format: format,
      pixelsChanged: true)
  }

  struct Entry {
    let tag: Int
    let type: Int
    let count: Int
    /// In big-endian order; a directory's entries, for a pointer.
    let value: [UInt8]
    let directory: [Entry]?

    static func ascii(_ tag: Int, _ text: String) -> Entry {
      Entry(tag: tag, type: 2, count: text.utf8.count + 1, value: Array(text.utf8) + [0], directory: nil)
    }
    static func undefined(_ tag: Int, _ bytes: [UInt8]) -> Entry {
      Entry(tag: tag, type: 7, count: bytes.count, value: bytes, directory: nil)
    }
    static func short(_ tag: Int, _ number: UInt8) -> Entry {
      Entry(tag: tag, type: 3, count: 1, value: [0, number], directory: nil)
    }
    static func rational(_ tag: Int, _ numbers: [UInt8]) -> Entry {
      let value: [UInt8] = numbers.flatMap { number -> [UInt8] in [0, 0, 0, number, 0, 0, 0, 1] }
      return Entry(tag: tag, type: 5, count: numbers.count, value: value, directory: nil)
    }
    static func pointer(_ tag: Int, type: Int = 4, _ entries: [Entry]) -> Entry {
      Entry(tag: tag, type: type, count: 1, value: [0, 0, 0, 0], directory: entries)
    }
  }

  /// A big-endian TIFF structure: the primary directory, then another behind it, each followed by what it points to.
  static func exif(_ entries: [Entry], next: [Entry] = []) -> [UInt8] {
    var blob = Array("MM\0*".utf8) + [0, 0, 0, 8]
    let link = append(entries, to: &blob)
    if !next.isEmpty {
      blob.replaceSubrange(link..<link + 4, with: number(blob.count, 4))
      _ = append(next, to: &blob)
    }
    return blob
  }

  private static func number(_ number: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// - Returns: where the next directory's offset is.
  private static func append(_ entries: [Entry], to blob: inout [UInt8]) -> Int {
    let start = blob.count
    blob.append(contentsOf: number(entries.count, 2) + [UInt8](repeating: 0, count: 12 * entries.count + 4))
    for (index, entry) in entries.enumerated() {
      var field = entry.value + [UInt8](repeating: 0, count: max(0, 4 - entry.value.count))
      if let directory = entry.directory {
        field = number(blob.count, 4)
        _ = append(directory, to: &blob)
      } else if entry.value.count > 4 {
        field = number(blob.count, 4)
        blob.append(contentsOf: entry.value + (entry.value.count.isMultiple(of: 2) ? [] : [0]))
      }
      let place = start + 2 + 12 * index
      blob.replaceSubrange(
        place..<place + 12, with: number(entry.tag, 2) + number(entry.type, 2) + number(entry.count, 4) + field)
    }
    return start + 2 + 12 * entries.count
  }

  /// Every change of one bit in the first KiB.
  static func flips(_ bytes: [UInt8]) -> some Sequence<(name: String, bytes: [UInt8])> {
    (0..<min(bytes.count, 1024) * 8).lazy.map { index in
      var flipped = bytes
      flipped[index / 8] ^= 1 << (index % 8)
      return ("\(index / 8)-\(index % 8)", flipped)
    }
  }
}

extension MetadataBlocks {
  /// Whether a warning says that the block, or something of it, is not there.
  func warns(of block: Block) -> Bool {
    warnings.contains { warning in
      switch warning {
      case .damaged(let own, _), .dropped(let own, _): own == block
      case .cut, .charactersRemoved, .credentialDropped, .more, .unreadDropped: false
      }
    }
  }
}
