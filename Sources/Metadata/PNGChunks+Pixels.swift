/// Which chunks a rewritten file keeps with its pixels. Chunks that say how pixels are shown have lengths that the
/// standard fixes (PNG Third Edition §11.3): what is longer, or comes twice, decides nothing and can hide anything.
extension PNGChunks {
  /// - Returns: the chunks to keep, in file order, and whether anything of theirs is left out.
  func pixels(_ bytes: Span<UInt8>) -> (chunks: [Chunk], hasMore: Bool) {
    let colorType = chunks.first.map { bytes[$0.data.lowerBound + 9] } ?? 0
    let isAnimated = chunks.allSatisfy { !Self.animation.contains($0.name) || Self.hasItsLength($0, colorType) }
    var kept: [Chunk] = []
    var hasMore = false
    var seen: Set<UInt32> = []
    for chunk in chunks where chunk.belongsToPixels {
      let name = chunk.name
      let isKept =
        if Self.animation.contains(name) {
          // An animation with a piece missing is none.
          isAnimated && (name != "acTL" || seen.insert(chunk.type).inserted)
        } else {
          chunk.isCritical || (Self.hasItsLength(chunk, colorType) && seen.insert(chunk.type).inserted)
        }
      if isKept { kept.append(chunk) }
      // The end has no data (§11.2.4), and is written anew.
      if !isKept || (name == "IEND" && !chunk.data.isEmpty) { hasMore = true }
    }
    return (kept, hasMore)
  }

  private static let animation: Set<String> = ["acTL", "fcTL", "fdAT"]

  private static func hasItsLength(_ chunk: Chunk, _ colorType: UInt8) -> Bool {
    let count = chunk.data.count
    // Grey, RGB, palette, grey and alpha, RGB and alpha.
    return switch (chunk.name, colorType) {
    case ("gAMA", _), ("cICP", _): count == 4
    case ("cHRM", _): count == 32
    case ("sRGB", _): count == 1
    case ("mDCV", _), ("mDCv", _): count == 24
    case ("cLLI", _), ("cLLi", _), ("acTL", _): count == 8
    case ("fcTL", _): count == 26
    case ("fdAT", _): count >= 4
    case ("sBIT", 0): count == 1
    case ("sBIT", 2), ("sBIT", 3): count == 3
    case ("sBIT", 4): count == 2
    case ("sBIT", 6): count == 4
    case ("bKGD", 0), ("bKGD", 4): count == 2
    case ("bKGD", 2), ("bKGD", 6): count == 6
    case ("bKGD", 3): count == 1
    case ("hIST", 3): count <= 512 && count.isMultiple(of: 2)
    // A decoder refuses the picture when this one is wrong.
    case ("tRNS", _): true
    default: false
    }
  }
}
