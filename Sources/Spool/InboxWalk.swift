import Glibc

/// One way through the inbox, as slowly as one likes: it hands out what lies there, one after the other, in no order,
/// and holds none of it. There may be hundreds of thousands.
///
/// ``IgnoredNames`` are left out. Symbolic links are reported, never followed. A folder is reported before what it holds.
public final class InboxWalk {
  /// What could not be looked at, such as a folder without rights; the rest is visited.
  public private(set) var obstacles: [SpoolError] = []

  private var level: Level?

  /// A folder on the way. Its subfolders wait until it is read, so that one directory stream is open at a time.
  private final class Level {
    let folder: Folder
    /// Beneath the inbox, with a slash behind; empty for the inbox itself.
    let prefix: String
    let depth: Int
    let above: Level?
    var names: FolderStream?
    var subfolders: [String] = []

    init(_ folder: consuming Folder, prefix: String, depth: Int, above: Level?) throws(SpoolError) {
      names = try FolderStream(folder)
      self.folder = folder
      self.prefix = prefix
      self.depth = depth
      self.above = above
    }
  }

  /// - Parameter below: a folder of the inbox to look through instead of all of it.
  /// - Throws: when that cannot be opened.
  public init(_ inbox: Inbox, below: String? = nil) throws(SpoolError) {
    let root = try Folder(path: inbox.path)
    guard let below else {
      level = try Level(root, prefix: "", depth: 0, above: nil)
      return
    }
    let relative = try RelativePath(below)
    level = try Level(
      try root.parent(of: relative).folder(relative.name), prefix: relative.text + "/",
      depth: relative.components.count, above: nil)
  }

  /// What lies next on the way; nil at its end.
  public func next() -> Candidate? {
    while let here = level {
      if let candidate = candidate(in: here) { return candidate }
      here.names = nil
      if let name = here.subfolders.popLast() { descend(from: here, to: name) } else { level = here.above }
    }
    return nil
  }

  private func candidate(in here: Level) -> Candidate? {
    do throws(SpoolError) {
      while let name = try here.names?.next() {
        guard case .text(let text) = name else {
          obstacles.append(.badName(name: here.folder.pathOf(name.mended), reason: "it is not UTF-8"))
          continue
        }
        guard !IgnoredNames.contains(text) else { continue }
        do throws(SpoolError) {
          guard let status = try here.folder.status(of: text) else { continue }
          if status.kind == .directory { here.subfolders.append(text) }
          return Candidate(here.prefix + text, status)
        } catch {
          obstacles.append(error)
        }
      }
    } catch {
      obstacles.append(error)
    }
    return nil
  }

  private func descend(from here: Level, to name: String) {
    do throws(SpoolError) {
      guard here.depth + 1 < Inbox.deepestFolder else {
        throw .badName(name: here.folder.pathOf(name), reason: "folders lie too deep in one another")
      }
      level = try Level(
        try here.folder.folder(name), prefix: here.prefix + name + "/", depth: here.depth + 1, above: here)
    } catch  where error.isMissing {
      return  // Removed since its name was read.
    } catch {
      obstacles.append(error)
    }
  }
}

extension FolderStream.Name {
  fileprivate var mended: String {
    switch self {
    case .text(let text), .notUTF8(let text): text
    }
  }
}
