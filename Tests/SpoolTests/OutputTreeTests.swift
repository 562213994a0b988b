import Foundation
import Testing

@testable import Spool

@Suite struct OutputTreeTests {
  let scratch: Scratch
  let tree: OutputTree

  init() throws {
    scratch = try Scratch()
    tree = try OutputTree(path: scratch.path("output"))
  }

  // Scenario 46.
  @Test(arguments: [NSTemporaryDirectory(), "/dev/shm"]) func probeLeavesNothing(_ folder: String) throws {
    let scratch = try Scratch(in: folder)
    let tree = try OutputTree(path: scratch.path("output"))
    // ext4, XFS, Btrfs and tmpfs can do both.
    #expect(tree.capabilities == OutputTree.Capabilities(exclusiveRename: true, exchange: true))
    #expect(try scratch.tree("output") == [".darkroom"])
    #expect(scratch.mode("output") == 0o755)
    #expect(scratch.mode("output/.darkroom") == 0o700)
  }

  @Test func occupantIsToldApart() throws {
    try scratch.folder("output/web/canal")
    try scratch.file("output/file")
    symlink("web", scratch.path("output/link"))
    #expect(try tree.occupant(of: "web/canal") == .directory)
    #expect(try tree.occupant(of: "web/other") == .nothing)
    #expect(try tree.occupant(of: "no/way/there") == .nothing)
    #expect(try tree.occupant(of: "file") == .other)
    #expect(try tree.occupant(of: "file/inner") == .other)
    #expect(try tree.occupant(of: "link") == .other)
    #expect(try tree.occupant(of: "link/canal") == .other)
    #expect(try tree.exists("web/canal"))
    #expect(try !tree.exists("web/other"))
  }

  // Scenario 34.
  @Test(arguments: ["", "..", "../x", "/x", "a/../../x", ".darkroom/x", ".hidden", "a/.hidden"])
  func placeCannotLeaveTheTree(_ place: String) throws {
    let error = try #require(throws: SpoolError.self) { _ = try tree.occupant(of: place) }
    guard case .badName = error else { throw error }
  }

  @Test func publishedFileIsReadBack() throws {
    try scratch.folder("output/web/canal")
    try scratch.file("output/web/canal/manifest.json", "{}")
    #expect(try tree.read("manifest.json", at: "web/canal", limit: 2)?.text == "{}")
    #expect(try tree.read("none.json", at: "web/canal", limit: 2) == nil)
    #expect(try tree.read("manifest.json", at: "web/none", limit: 2) == nil)
    #expect(throws: SpoolError.tooLarge(path: scratch.path("output/web/canal/manifest.json"), limit: 1)) {
      _ = try tree.read("manifest.json", at: "web/canal", limit: 1)
    }
  }

  @Test func publicationCanBeSyncedLater() throws {
    try scratch.folder("output/web/canal")
    try tree.sync("web/canal")
    let error = try #require(throws: SpoolError.self) { try tree.sync("none/canal") }
    #expect(error.isMissing)
  }

  @Test func stagingIsSweptButForWhatIsNamed() throws {
    for name in ["a.4711-1.part", "b.4711-2.part", "a.b.4711-3.part"] {
      try scratch.folder("output/.darkroom/\(name)")
      try scratch.file("output/.darkroom/\(name)/x")
    }
    try tree.cleanStaging(except: ["b"])
    #expect(try scratch.tree("output/.darkroom") == ["b.4711-2.part", "b.4711-2.part/x"])
    try tree.cleanStaging()
    #expect(try scratch.tree("output/.darkroom") == [])
  }
}
