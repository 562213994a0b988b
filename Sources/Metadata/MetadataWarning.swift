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
}

extension MetadataWarning: CustomStringConvertible {
  public var description: String {
    switch self {
    case .damaged(let block, let reason): "\(block.rawValue) is damaged and left out: \(reason)"
    case .dropped(let block, let reason): "\(block.rawValue) is left out: \(reason)"
    case .cut(let block, let field, let kept, let all):
      "\(field) is cut in \(block.rawValue): the first \(kept) of \(all) characters are kept"
    case .charactersRemoved(let field, let count): "\(count) control characters are left out of \(field)"
    case .credentialDropped:
      "the original's content credential (C2PA) is dropped, since any change breaks its signature; "
        + "the signed original is kept"
    }
  }
}
