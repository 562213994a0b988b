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
        } else if name == "PLTE" {
          // Of a picture in full colour it is a suggestion, which anybody may make.
          colorType == 3 && seen.insert(chunk.type).inserted
        } else {
          chunk.isCritical
            || (Self.hasItsLength(chunk, colorType) && Self.isPlausible(chunk, bytes)
              && seen.insert(chunk.type).inserted)
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
    // A decoder refuses the picture when this one is wrong.
    case ("tRNS", _): true
    // hIST too: it says how often colours come, which is for who has too few of them, and may say anything.
    default: false
    }
  }

  /// Whether the numbers are such as light can have. Words in their place are none.
  private static func isPlausible(_ chunk: Chunk, _ bytes: Span<UInt8>) -> Bool {
    let start = chunk.data.lowerBound
    // 10,000 times candelas a square metre, of which PQ has 10,000 at the most (§11.3.2.8).
    func isLuminance(_ offset: Int) -> Bool { bytes.bigEndian32(at: start + offset) <= 100_000_000 }
    return switch chunk.name {
    // 100,000 times an exponent, and parts of one.
    case "gAMA": bytes.bigEndian32(at: start) <= 10_000_000
    case "cHRM": (0..<8).allSatisfy { bytes.bigEndian32(at: start + 4 * $0) <= 200_000 }
    // 50,000 times x and y of four points, whose sums are at most 1; rounding adds to them.
    case "mDCV", "mDCv":
      (0..<4).allSatisfy {
        bytes.bigEndian16(at: start + 4 * $0) + bytes.bigEndian16(at: start + 4 * $0 + 2) <= 50_002
      } && isLuminance(16) && isLuminance(20)
    case "cLLI", "cLLi": isLuminance(0) && isLuminance(4)
    default: true
    }
  }
}
