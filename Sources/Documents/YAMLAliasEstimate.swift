/// A guard against aliases that explode before ``YAMLComposer`` can count.
///
/// Yams shares what an alias names, so an alias within a value costs nothing until it is walked, and the walk counts.
/// But it hashes the keys of each mapping to find duplicates, to their full depth: a key made of aliases of aliases
/// would keep it busy for years. This looks at the text for what could be such a key, and for how far the aliases
/// could expand at worst. It may take prose for anchors, but never an anchor for prose.
struct YAMLAliasEstimate {
  /// Values that Yams may be made to hash. Far above what people write, a second's work at most.
  static let limit = 1_000_000

  private var anchors: [[UInt8]: Int] = [:]
  private var aliases: [[UInt8]: Int] = [:]
  private var mayHaveCollectionKeys = false
  /// At least the number of values: each needs one of these bytes beside it.
  private var separators = 1

  init(_ text: borrowing String) {
    let bytes = text.utf8Span.span
    var previous = UInt8(ascii: "\n")
    for index in bytes.indices {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "&") where Self.beginsToken(after: previous):
        anchors[Self.name(bytes, from: index + 1), default: 0] += 1
      case UInt8(ascii: "*") where Self.beginsToken(after: previous):
        aliases[Self.name(bytes, from: index + 1), default: 0] += 1
        if Self.isKey(bytes, after: index + 1) { mayHaveCollectionKeys = true }
      case UInt8(ascii: "?") where Self.beginsToken(after: previous): mayHaveCollectionKeys = true
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        separators += 1
        if Self.isKey(bytes, after: index + 1) { mayHaveCollectionKeys = true }
      case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":"), 0...0x20: separators += 1
      default: break
      }
      previous = byte
    }
  }

  /// Whether keys could expand to more than ``limit`` values.
  var isExcessive: Bool {
    guard mayHaveCollectionKeys else { return false }
    // An alias needs its anchor, or Yams refuses it; most stars and ampersands in prose have no partner.
    let aliasCount = aliases.filter { anchors[$0.key] != nil }.values.reduce(0, +)
    let anchorCount = anchors.filter { aliases[$0.key] != nil }.values.reduce(0, +)
    guard anchorCount > 0 else { return false }
    // The product is largest when each anchored value names the one before, all equally often.
    let factor = 1 + (aliasCount + anchorCount - 1) / anchorCount
    var worst = separators
    for _ in 0..<anchorCount where worst <= Self.limit {
      let (product, overflows) = worst.multipliedReportingOverflow(by: factor)
      worst = overflows ? .max : product
    }
    return worst > Self.limit
  }

  /// What libyaml takes for an anchor's name (`IS_ALPHA`).
  private static func name(_ bytes: Span<UInt8>, from start: Int) -> [UInt8] {
    var name: [UInt8] = []
    for index in start..<bytes.count {
      switch bytes[index] {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): name.append(bytes[index])
      default: return name
      }
    }
    return name
  }

  /// Bytes beyond ASCII count as white space: libyaml breaks lines at U+0085, U+2028 and U+2029.
  private static func beginsToken(after byte: UInt8) -> Bool {
    byte <= 0x20 || byte >= 0x80 || "[{,:-?".utf8.contains(byte)
  }

  /// Whether a colon follows, after the rest of a name and blanks.
  private static func isKey(_ bytes: Span<UInt8>, after start: Int) -> Bool {
    var index = start
    while index < bytes.count, bytes[index] > 0x20, !":]},".utf8.contains(bytes[index]) { index += 1 }
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    return index < bytes.count && bytes[index] == UInt8(ascii: ":")
  }
}
