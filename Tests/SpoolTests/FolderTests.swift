import Foundation
import Testing

@testable import Spool

@Suite struct FolderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Both ways of opening, the kernel's and the walk that serves without it, must agree.
  enum Way: CaseIterable { case atOnce, stepwise }

  private func open(_ path: String, _ way: Way) throws(SpoolError) -> Descriptor {
    let root = try Folder(path: scratch.path)
    switch way {
    case .atOnce: return try root.openBeneathAtOnce(RelativePath(path), flags: O_RDONLY | O_NONBLOCK)
    case .stepwise: return try root.openBeneathStepwise(RelativePath(path), flags: O_RDONLY | O_NONBLOCK)
    }
  }

  @Test(arguments: Way.allCases) func fileBeneathIsOpened(_ way: Way) throws {
    try scratch.folder("a/b")
    try scratch.file("a/b/c", "deep")
    try scratch.file("top", "flat")
    #expect(try open("a/b/c", way).readAll(expected: 4, limit: 10, path: "c")?.text == "deep")
    #expect(try open("top", way).readAll(expected: 4, limit: 10, path: "top")?.text == "flat")
  }

  // Scenario 10.
  @Test(arguments: Way.allCases) func noLinkIsFollowedAnywhereOnTheWay(_ way: Way) throws {
    try scratch.folder("real/inner")
    try scratch.file("real/inner/file")
    symlink("real", scratch.path("link"))
    symlink("inner", scratch.path("real/link"))
    symlink("file", scratch.path("real/inner/link"))
    symlink("/etc/passwd", scratch.path("absolute"))
    for path in ["link/inner/file", "real/link/file", "real/inner/link", "absolute"] {
      let error = try #require(throws: SpoolError.self) { _ = try open(path, way) }
      #expect(error.errno == ELOOP, "\(path)")
    }
  }

  @Test(arguments: Way.allCases) func fileOnTheWayIsNoFolder(_ way: Way) throws {
    try scratch.file("file")
    let error = try #require(throws: SpoolError.self) { _ = try open("file/inner", way) }
    #expect(error.errno == ENOTDIR)
  }

  @Test func foldersOnTheWayHaveTheirModeWhateverTheUmask() throws {
    let root = try Folder(path: scratch.path)
    _ = try root.parentMakingIt(of: RelativePath("a/b/c"), mode: 0o755)
    #expect(try scratch.tree() == ["a", "a/b"])
    #expect(scratch.mode("a") == 0o755)
    #expect(scratch.mode("a/b") == 0o755)
  }

  @Test func treeIsRemovedWithAllItHolds() throws {
    try scratch.folder("doomed/inner/.hidden")
    try scratch.file("doomed/inner/file")
    try scratch.folder("outside")
    try scratch.file("outside/file")
    symlink(scratch.path("outside"), scratch.path("doomed/link"))
    let root = try Folder(path: scratch.path)
    try root.removeTree("doomed")
    try root.removeTree("doomed")
    #expect(try scratch.tree() == ["outside", "outside/file"])
  }

  @Test func tenThousandNamesAreListedOnce() throws {
    try scratch.folder("many")
    let root = try Folder(path: scratch.path("many"))
    for number in 0..<10_000 { _ = try root.makeFile("f\(number)", mode: 0o600) }
    #expect(try root.names().sorted() == (0..<10_000).map { "f\($0)" }.sorted())
  }

  @Test func exclusiveRenameLeavesWhatIsThere() throws {
    try scratch.file("new", "new")
    try scratch.file("old", "old")
    let root = try Folder(path: scratch.path)
    #expect(throws: SpoolError.occupied(path: scratch.path("old"))) {
      try root.renameExclusively("new", to: root, as: "old")
    }
    #expect(throws: SpoolError.occupied(path: scratch.path("old"))) {
      try root.renameWhereFree("new", to: root, as: "old")
    }
    #expect(try scratch.text("old") == "old")
    try root.renameWhereFree("new", to: root, as: "free")
    #expect(try scratch.tree() == ["free", "old"])
  }
}
