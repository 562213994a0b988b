/// The image resources that Photoshop keeps in JPEG's APP13 (Photoshop file format specification, "Image Resource
/// Blocks"): of these only IPTC-IIM, resource 0x0404, is metadata of ours. The others (thumbnails, print settings) are
/// unread.
enum PhotoshopResources {
  private static let iptcResource = 0x0404

  /// Photoshop's own; PhotoDeluxe's, ImageReady's, and those of two more that write resources of the same build.
  private static let signatures = ["8BIM", "MeSa", "PHUT", "AgHg", "DCSR"]

  static func read(_ resources: [UInt8], into blocks: inout MetadataBlocks) {
    let bytes = resources.span
    var position = 0
    while bytes.count - position >= 12 {
      // Signature, identifier, a Pascal string padded to even length, size.
      guard signatures.contains(where: { bytes.has($0.utf8, at: position) }) else {
        // Nobody knows how this one is built, and so where the next begins.
        blocks.hasUnread = true
        return
      }
      let identifier = bytes.bigEndian16(at: position + 4)
      let size = position + 6 + (Int(bytes[position + 6]) + 2) / 2 * 2
      guard bytes.count - size >= 4 else { break }
      let start = size + 4
      let length = bytes.bigEndian32(at: size)
      guard bytes.count - start >= length else { break }
      if identifier == iptcResource, bytes.has("8BIM".utf8, at: position), blocks.iptc == nil, length > 0 {
        blocks.iptc = bytes.copy(start..<start + length)
      } else {
        blocks.hasUnread = true
      }
      position = start + (length + 1) / 2 * 2
    }
    if position < bytes.count { blocks.warnings.append(.damaged(.iptc, reason: "an image resource is cut")) }
  }

  static func resource(iptc: [UInt8]) -> [UInt8] {
    var resource = Array("8BIM".utf8)
    resource.appendBigEndian16(iptcResource)
    resource.appendBigEndian16(0)
    resource.appendBigEndian32(iptc.count)
    resource.append(contentsOf: iptc)
    if !iptc.count.isMultiple(of: 2) { resource.append(0) }
    return resource
  }
}
