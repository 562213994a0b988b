import Glibc

/// Something in the inbox that may be work.
public struct Candidate: Hashable, Sendable {
  /// Beneath the inbox.
  public let relativePath: String
  /// Folders are reported too: one may be named like a request.
  public let kind: FileKind
  /// How many names the file has.
  public let links: Int
  public let identity: FileIdentity
  /// When the inode last changed: the time at which a file that was renamed in arrived.
  public let changed: FileIdentity.Time

  init(_ relativePath: String, _ status: FileStatus) {
    self.relativePath = relativePath
    kind = status.kind
    links = status.links
    identity = status.identity
    changed = FileIdentity.Time(seconds: status.changed.seconds, nanoseconds: status.changed.nanoseconds)
  }
}

extension Inbox {
  /// How deep folders may lie in one another; what is deeper is an obstacle. Each level holds a descriptor open.
  public static let deepestFolder = 32

  /// All that an ``InboxWalk`` comes by in an array, sorted by path.
  public func scan(below: String? = nil) throws(SpoolError) -> (candidates: [Candidate], obstacles: [SpoolError]) {
    let walk = try InboxWalk(self, below: below)
    var candidates: [Candidate] = []
    while let candidate = walk.next() { candidates.append(candidate) }
    return (candidates.sorted { $0.relativePath < $1.relativePath }, walk.obstacles)
  }

  /// What lies at a path now; nil for nothing, also where a folder on the way is none any more.
  public func candidate(at relativePath: String) throws(SpoolError) -> Candidate? {
    let relative = try RelativePath(relativePath)
    do {
      let root = try Folder(path: path)
      guard let status = try root.parent(of: relative).status(of: relative.name) else { return nil }
      return Candidate(relative.text, status)
    } catch  where error.isMissing || error.errno == ENOTDIR || error.errno == ELOOP {
      return nil
    }
  }
}
