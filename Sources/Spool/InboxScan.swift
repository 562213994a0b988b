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
}

extension Inbox {
  /// How deep folders may lie in one another; what is deeper is an obstacle. Each level holds a descriptor open.
  public static let deepestFolder = 32

  /// Hands out what lies in the inbox, one after the other, in no order, and holds none of it: there may be hundreds of
  /// thousands. ``IgnoredNames`` are left out. Symbolic links are reported, never followed.
  ///
  /// - Parameter below: a folder of the inbox to look through instead of all of it.
  /// - Returns: what could not be looked at, such as a folder without rights; the rest was visited.
  /// - Throws: when the inbox itself cannot be opened.
  public func visit(below: String? = nil, _ body: (Candidate) -> Void) throws(SpoolError) -> [SpoolError] {
    let root = try Folder(path: path)
    var obstacles: [SpoolError] = []
    guard let below else {
      visit(root, prefix: "", depth: 0, body, &obstacles)
      return obstacles
    }
    let relative = try RelativePath(below)
    let folder = try root.parent(of: relative).folder(relative.name)
    visit(folder, prefix: relative.text + "/", depth: relative.components.count, body, &obstacles)
    return obstacles
  }

  /// All of ``visit(below:_:)`` in an array, sorted by path.
  public func scan(below: String? = nil) throws(SpoolError) -> (candidates: [Candidate], obstacles: [SpoolError]) {
    var candidates: [Candidate] = []
    let obstacles = try visit(below: below) { candidates.append($0) }
    return (candidates.sorted { $0.relativePath < $1.relativePath }, obstacles)
  }

  /// What lies at a path now; nil for nothing, also where a folder on the way is none any more.
  public func candidate(at relativePath: String) throws(SpoolError) -> Candidate? {
    let relative = try RelativePath(relativePath)
    do {
      let root = try Folder(path: path)
      guard let status = try root.parent(of: relative).status(of: relative.name) else { return nil }
      return Candidate(
        relativePath: relative.text, kind: status.kind, links: status.links, identity: status.identity)
    } catch  where error.isMissing || error.errno == ENOTDIR || error.errno == ELOOP {
      return nil
    }
  }

  private func visit(
    _ folder: borrowing Folder, prefix: String, depth: Int, _ body: (Candidate) -> Void,
    _ obstacles: inout [SpoolError]
  ) {
    // Subfolders wait until this folder is read, so that one directory stream is open at a time.
    var subfolders: [String] = []
    do {
      obstacles += try folder.statuses { name, status in
        guard !IgnoredNames.contains(name) else { return }
        if status.kind == .directory { subfolders.append(name) }
        body(
          Candidate(
            relativePath: prefix + name, kind: status.kind, links: status.links, identity: status.identity))
      }
    } catch {
      obstacles.append(error)
    }
    for name in subfolders {
      do throws(SpoolError) {
        guard depth + 1 < Self.deepestFolder else {
          throw .badName(name: folder.pathOf(name), reason: "folders lie too deep in one another")
        }
        visit(try folder.folder(name), prefix: prefix + name + "/", depth: depth + 1, body, &obstacles)
      } catch  where error.isMissing {
        continue  // Removed since its name was read.
      } catch {
        obstacles.append(error)
      }
    }
  }
}

extension Folder {
  /// Hands out each name with what lies under it; returns what could not be looked at.
  fileprivate borrowing func statuses(_ body: (String, FileStatus) -> Void) throws(SpoolError) -> [SpoolError] {
    var obstacles: [SpoolError] = []
    try forEachName { name in
      switch name {
      case .notUTF8(let mended):
        obstacles.append(.badName(name: pathOf(mended), reason: "it is not UTF-8"))
      case .text(let text):
        do throws(SpoolError) {
          if let status = try status(of: text) { body(text, status) }
        } catch {
          obstacles.append(error)
        }
      }
    }
    return obstacles
  }
}
