import Metadata

/// For bytes that tests hold in arrays. (A span of a temporary array within a `try` crashes the 6.3 compiler.)
extension Container {
  static func read(_ bytes: [UInt8]) throws(MetadataError) -> MetadataBlocks { try read(bytes.span) }

  static func rewrite(_ bytes: [UInt8], with blocks: MetadataBlocks) throws(MetadataError) -> [UInt8] {
    try rewrite(bytes.span, with: blocks)
  }
}
