/// Which bytes a rewritten file keeps with its pixels: what decoders read, and nothing that rides along.
extension WebPContainer {
  enum Piece {
    /// A chunk with its head and padding, as it stands.
    case whole(Range<Int>)
    case anew(String, [UInt8])
  }

  /// - Returns: the pieces in file order, and whether anything is left out.
  /// - Throws: `malformed` for a frame without a picture.
  static func pixels(
    _ file: WebPChunks, _ bytes: Span<UInt8>
  ) throws(MetadataError) -> (pieces: [Piece], hasMore: Bool) {
    let isAnimated = file.chunks.contains { $0.name == "ANMF" }
    var pieces: [Piece] = []
    var (hasMore, hasPicture) = (false, false)
    for chunk in file.chunks where pixelChunks.contains(chunk.name) {
      switch chunk.name {
      case "ANMF":
        if let frame = try frame(chunk, bytes) {
          pieces.append(.anew("ANMF", frame))
          hasMore = true
        } else {
          pieces.append(.whole(chunk.whole))
        }
      // Background and loop count (RFC 9649 §2.7.1.1).
      case "ANIM" where chunk.data.count > 6:
        pieces.append(.anew("ANIM", bytes.copy(chunk.data.lowerBound..<chunk.data.lowerBound + 6)))
        hasMore = true
      // A still picture is one chunk, with its alpha before it; what follows shows nowhere.
      case _ where hasPicture && !isAnimated: hasMore = true
      case "VP8 ", "VP8L":
        hasPicture = true
        pieces.append(.whole(chunk.whole))
      default: pieces.append(.whole(chunk.whole))
      }
    }
    return (pieces, hasMore)
  }

  /// A frame's data (§2.7.1.1): sixteen bytes, alpha, picture. Other chunks may follow, which nobody shows.
  ///
  /// - Returns: the frame without them; `nil` when there are none.
  private static func frame(_ chunk: WebPChunks.Chunk, _ bytes: Span<UInt8>) throws(MetadataError) -> [UInt8]? {
    let data = chunk.data
    var frame = bytes.copy(data.prefix(16))
    var position = data.lowerBound + 16
    while data.upperBound - position >= 8 {
      let name = String(latin1: (position..<position + 4).map { bytes[$0] })
      let length = bytes.littleEndian32(at: position + 4)
      guard data.upperBound - position - 8 >= length else { break }
      let next = min(data.upperBound, position + 8 + length + length % 2)
      if ["ALPH", "VP8 ", "VP8L"].contains(name) { frame.append(bytes, position..<next) }
      position = next
      if name == "VP8 " || name == "VP8L" { return frame.count == data.count ? nil : frame }
    }
    throw .malformed(
      .webp, structure: "ANMF chunk", offset: chunk.whole.lowerBound, reason: "it has no picture")
  }
}
