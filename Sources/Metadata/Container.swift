// What picture files say beside their pixels: reading it, planning it, writing it into JPEG segments, PNG chunks and
// RIFF chunks. Pixels are never decoded here, and their encoded bytes are copied as they stand.
//
// Foreign bytes are expected to be hostile. A container that breaks its rules throws a `MetadataError`; a block that is
// damaged inside a whole container is left out with a `MetadataWarning`; nothing traps, follows a pointer twice,
// fetches, or grows beyond a bound.

import Raster

/// The three containers as metadata sees them: pieces around pixels that are never touched.
public enum Container {
  /// Takes the metadata out of a file, which is told by its signature.
  ///
  /// A damaged container throws. A damaged block inside a whole container is left out, and said so in `warnings`.
  public static func read(_ bytes: Span<UInt8>) throws(MetadataError) -> MetadataBlocks {
    var blocks = try blocks(of: bytes)
    blocks.warnings = blocks.warnings.bounded()
    if blocks.hasUnread { blocks.unread = UnreadPieces.names(in: bytes) }
    return blocks
  }

  private static func blocks(of bytes: Span<UInt8>) throws(MetadataError) -> MetadataBlocks {
    switch ImageFormat(signatureOf: bytes) {
    case .jpeg?: try JPEGContainer.read(bytes)
    case .png?: try PNGContainer.read(bytes)
    case .webp?: try WebPContainer.read(bytes)
    case nil: throw .notAnImage
    }
  }

  /// The same pixels, to the encoded byte, with exactly these blocks: all other metadata is gone.
  ///
  /// A file that carries these very blocks and nothing else comes back as it is, C2PA manifest store included. Blocks
  /// that a container has no place for (`iptc` in PNG, `texts` in WebP, …) are left out: `MetadataBlocks.planned` says
  /// which. `warnings`, `hasUnread` and `isMisplaced` are not written.
  public static func rewrite(_ bytes: Span<UInt8>, with blocks: MetadataBlocks) throws(MetadataError) -> [UInt8] {
    guard let format = ImageFormat(signatureOf: bytes) else { throw .notAnImage }
    let present = try read(bytes)
    let isInOrder = !present.isMisplaced || present.hasCredential
    if !present.hasUnread, present.warnings.isEmpty, isInOrder, present.hasSameContent(as: blocks) {
      return bytes.copy(0..<bytes.count)
    }
    if blocks.hasCredential { throw .credentialWouldBreak(format) }
    return switch format {
    case .jpeg: try JPEGContainer.rewrite(bytes, with: blocks)
    case .png: try PNGContainer.rewrite(bytes, with: blocks)
    case .webp: try WebPContainer.rewrite(bytes, with: blocks)
    }
  }
}
