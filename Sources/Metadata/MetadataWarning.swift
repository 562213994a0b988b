/// What an output does not carry although its original did, or its pipeline asked for it.
public enum MetadataWarning: Hashable, Sendable, Codable {
  /// A block was damaged, and is left out.
  case damaged(Block, reason: String)
  /// A block cannot be carried safely or has no place in the output's format, and is left out.
  case dropped(Block, reason: String)
  /// A text was cut to fit: `kept` of `of` characters are there.
  case cut(Block, field: String, kept: Int, of: Int)
  /// Characters that the block cannot hold (NUL, other control characters) are left out of a text.
  case charactersRemoved(field: String, count: Int)
  /// The original's C2PA manifest store is not in the output, because any change breaks its signature.
  case credentialDropped
  /// There is more of the same, which is not told one by one.
  case more(count: Int)
  /// Pieces of the original that nothing here reads, and that are left out for it.
  case unreadDropped([String])
}

extension MetadataWarning: CustomStringConvertible {
  public var description: String {
    switch self {
    case .damaged(let block, let reason): "\(block.rawValue) is damaged and left out: \(reason)"
    case .dropped(let block, let reason): "\(block.rawValue) is left out: \(reason)"
    case .cut(let block, let field, let kept, let all):
      "\(field) is cut in \(block.rawValue): the first \(kept) of \(all) characters are kept"
    case .charactersRemoved(let field, let count): "\(count) control characters are left out of \(field)"
    case .more(let count): "and \(count) more \(count == 1 ? "flaw" : "flaws") of the metadata"
    case .credentialDropped:
      "the original's content credential (C2PA) is dropped, since any change breaks its signature; "
        + "the manifest names the signed original by its SHA-256"
    case .unreadDropped(let pieces): "left out, since nothing here reads it: \(pieces.joined(separator: ", "))"
    }
  }
}

extension [MetadataWarning] {
  /// Enough to say what is wrong. A file can have as many flaws as pieces.
  static let warningLimit = 16

  /// At most that many, and how many more there are. What is said of texts, which are many in some files, goes first.
  func bounded() -> [MetadataWarning] {
    guard count > Self.warningLimit else { return self }
    let extra = reduce(0) { if case .more(let count) = $1 { $0 + count } else { $0 } }
    let own = filter { if case .more = $0 { false } else { true } }
    let ordered = own.filter { !$0.isAboutText } + own.filter(\.isAboutText)
    let kept = ordered.prefix(Self.warningLimit - 1)
    return kept + [.more(count: own.count - kept.count + extra)]
  }
}

extension MetadataWarning {
  fileprivate var isAboutText: Bool {
    switch self {
    case .damaged(.text, _), .dropped(.text, _): true
    default: false
    }
  }
}
