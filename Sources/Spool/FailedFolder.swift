import Glibc

/// Where refused files are kept, each beside a file that says why. Nothing in it is ever overwritten.
public final class FailedFolder: Sendable {
  private let root: Folder
  private let staging: Folder

  private static let errorEnding = ".error.json"
  private static let fileMode: mode_t = 0o644
  private static let folderMode: mode_t = 0o755

  /// Opens the folder, making it where there is none, and sweeps what a crash left half-written.
  public init(path: String) throws(SpoolError) {
    root = try Folder(makingIt: path, mode: Self.folderMode)
    staging = try root.folderMakingIt(OutputTree.stagingName, mode: 0o700)
    for name in try staging.names() { try staging.removeTree(name) }
  }

  /// Keeps a file and its report, both durable when this returns. The name gets a number when it is taken:
  /// `canal.json`, `canal-2.json`, …
  ///
  /// The file is written first, its report second. A crash in between leaves a file without a report; the same bytes,
  /// put again after the restart, get their report and no second file.
  ///
  /// - Parameters:
  ///   - relativePath: the file's path in the inbox; folders are made as needed.
  ///   - isSame: whether a report that lies there already, beside the same bytes, is of this very failure: it was put
  ///     before a crash, and is not put again.
  /// - Returns: the path of the kept file beneath this folder; its report is that with `.error.json` behind.
  @discardableResult
  public func put(
    _ bytes: Span<UInt8>, report: Span<UInt8>, as relativePath: String,
    unless isSame: (_ report: [UInt8]) -> Bool = { _ in false }
  ) throws(SpoolError) -> String {
    let relative = try RelativePath(relativePath)
    let parent = try root.parentMakingIt(of: relative, mode: Self.folderMode)
    var number = 1
    while true {
      let name = Self.numbered(relative.name, number)
      let reportName = name + Self.errorEnding
      if try keep(bytes, report: report, name, reportName, in: parent, isSame) {
        return (relative.parents + [name]).joined(separator: "/")
      }
      number += 1
    }
  }

  /// Returns false when the name is another file's.
  private func keep(
    _ bytes: Span<UInt8>, report: Span<UInt8>, _ name: String, _ reportName: String, in parent: borrowing Folder,
    _ isSame: ([UInt8]) -> Bool
  ) throws(SpoolError) -> Bool {
    let hasReport = try parent.status(of: reportName) != nil
    if try parent.status(of: name) == nil {
      // A report without its file: somebody took the file. The report stays.
      if hasReport { return false }
      do {
        try parent.writeDurably(bytes, as: name, mode: Self.fileMode, placement: .exclusive, staging: staging)
      } catch .occupied {
        return false
      }
    } else {
      guard try holds(bytes, name, in: parent) else { return false }
      if hasReport { return isSame(try contents(of: reportName, in: parent)) }
    }
    do {
      try parent.writeDurably(report, as: reportName, mode: Self.fileMode, placement: .exclusive, staging: staging)
      return true
    } catch .occupied {
      return false
    }
  }

  private func holds(_ bytes: Span<UInt8>, _ name: String, in parent: borrowing Folder) throws(SpoolError)
    -> Bool
  {
    guard let status = try parent.status(of: name), status.kind == .regular, status.identity.size == bytes.count
    else { return false }
    let kept = try contents(of: name, in: parent)
    guard kept.count == bytes.count else { return false }
    for index in kept.indices where kept[index] != bytes[index] { return false }
    return true
  }

  private func contents(of name: String, in parent: borrowing Folder) throws(SpoolError) -> [UInt8] {
    let file = try parent.openBeneath(RelativePath(name), flags: O_RDONLY | O_NONBLOCK)
    let path = parent.pathOf(name)
    let size = try file.status(path: path).identity.size
    return try file.readAll(expected: size, limit: .max - 1, path: path) ?? []
  }

  /// `canal.json`, 2 is `canal-2.json`. The stem is shortened where the name, with `.error.json` behind, would be
  /// longer than Linux takes.
  static func numbered(_ name: String, _ number: Int) -> String {
    let dot = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 } ?? name.endIndex
    let ending = String(name[dot...])
    let mark = number == 1 ? "" : "-\(number)"
    var stem = name[..<dot]
    let room = RelativePath.longestName - errorEnding.utf8.count - ending.utf8.count - mark.utf8.count
    while stem.utf8.count > room, stem.count > 1 { stem.removeLast() }
    return stem + mark + ending
  }
}
