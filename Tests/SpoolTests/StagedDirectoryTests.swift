import Foundation
import Testing

@testable import Spool

@Suite struct StagedDirectoryTests {
  let scratch: Scratch
  let tree: OutputTree

  init() throws {
    scratch = try Scratch()
    tree = try OutputTree(path: scratch.path("output"))
  }

  private func publish(
    _ text: String, to place: String, _ mode: StagedDirectory.Mode, in tree: OutputTree? = nil
  ) throws(SpoolError) {
    var staged = try (tree ?? self.tree).stage("job")
    try staged.write([UInt8](text).span, to: "manifest.json")
    try staged.write([UInt8](text).span, to: "a.webp")
    try staged.commit(to: place, mode)
  }

  @Test func nothingIsAtThePlaceBeforeTheCommit() throws {
    var staged = try tree.stage("job")
    try staged.write([1].span, to: "a")
    #expect(try !tree.exists("web/canal"))
    #expect(try scratch.tree("output").count == 3)
    try staged.commit(to: "web/canal", .exclusive)
    #expect(try scratch.tree("output") == [".darkroom", "web", "web/canal", "web/canal/a"])
  }

  /// The tests' umask takes everything from group and others.
  @Test func modesAreTheConfiguredOnesWhateverTheUmask() throws {
    try publish("x", to: "web/canal", .exclusive)
    #expect(scratch.mode("output/web") == 0o755)
    #expect(scratch.mode("output/web/canal") == 0o755)
    #expect(scratch.mode("output/web/canal/a.webp") == 0o644)
    let open = try OutputTree(path: scratch.path("open"), fileMode: 0o664, directoryMode: 0o2775)
    try publish("x", to: "web/canal", .exclusive, in: open)
    #expect(scratch.mode("open/web/canal") == 0o2775)
    #expect(scratch.mode("open/web/canal/a.webp") == 0o664)
  }

  @Test func droppedDirectoryIsRemoved() throws {
    do {
      var staged = try tree.stage("job")
      try staged.write([1].span, to: "a")
    }
    #expect(try scratch.tree("output") == [".darkroom"])
  }

  // Scenario 36.
  @Test(arguments: [true, false]) func strangersDirectoryIsNeverOverwritten(isEmpty: Bool) throws {
    try scratch.folder("output/web/canal")
    if !isEmpty { try scratch.file("output/web/canal/theirs") }
    let before = try scratch.tree("output")
    #expect(throws: SpoolError.occupied(path: scratch.path("output/web/canal"))) {
      try publish("x", to: "web/canal", .exclusive)
    }
    #expect(try scratch.tree("output") == before)
  }

  // Scenario 36.
  @Test func strangersFileOrLinkStays() throws {
    try scratch.file("output/file", "theirs")
    try scratch.folder("elsewhere")
    symlink(scratch.path("elsewhere"), scratch.path("output/link"))
    for place in ["file", "link", "file/canal", "link/canal"] {
      let error = try #require(throws: SpoolError.self) { try publish("x", to: place, .exclusive) }
      guard case .occupied = error else { throw error }
    }
    #expect(try scratch.text("output/file") == "theirs")
    #expect(try scratch.tree("elsewhere") == [])
  }

  @Test func replacementTakesThePlaceOfTheOldDirectory() throws {
    try publish("old", to: "web/canal", .replacing)
    try scratch.file("output/web/canal/only-old")
    try publish("new", to: "web/canal", .replacing)
    #expect(
      try scratch.tree("output") == [
        ".darkroom", "web", "web/canal", "web/canal/a.webp", "web/canal/manifest.json",
      ])
    #expect(try scratch.text("output/web/canal/a.webp") == "new")
  }

  /// Somebody reads without rest while directories replace one another: there is always one, and it is whole.
  @Test(.timeLimit(.minutes(1))) func readerSeesOneWholeDirectoryAtAnyMoment() async throws {
    try publish("0", to: "canal", .replacing)
    let path = scratch.path("output/canal")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while !Task.isCancelled {
          let folder = open(path, O_RDONLY | O_DIRECTORY)
          #expect(folder >= 0)
          close(folder)
        }
      }
      for number in 1...100 { try publish("\(number)", to: "canal", .replacing) }
      group.cancelAll()
    }
    #expect(try scratch.text("output/canal/manifest.json") == "100")
  }

  @Test func treeOfFoldersIsNeverReplaced() throws {
    try scratch.folder("output/web/canal")
    let path = scratch.path("output/web")
    #expect(throws: SpoolError.notReplaceable(path: path, reason: "it holds the folder canal")) {
      try publish("x", to: "web", .replacing)
    }
    try scratch.file("output/file")
    #expect(throws: SpoolError.notReplaceable(path: scratch.path("output/file"), reason: "it is no directory")) {
      try publish("x", to: "file", .replacing)
    }
    #expect(try scratch.tree("output") == [".darkroom", "file", "web", "web/canal"])
  }

  // Scenario 46.
  @Test func withoutExchangeNothingIsReplaced() throws {
    let plain = try OutputTree(
      path: scratch.path("output"), capabilities: .init(exclusiveRename: false, exchange: false))
    try publish("old", to: "canal", .replacing, in: plain)
    #expect(
      throws: SpoolError.unsupported(feature: "RENAME_EXCHANGE (collision: replace)", path: scratch.path("output"))
    ) { try publish("new", to: "canal", .replacing, in: plain) }
    #expect(try scratch.text("output/canal/a.webp") == "old")
  }

  // Scenarios 36, 46.
  @Test func withoutExclusiveRenameAStrangersDirectoryStaysTheSame() throws {
    let plain = try OutputTree(
      path: scratch.path("output"), capabilities: .init(exclusiveRename: false, exchange: false))
    try scratch.folder("output/empty")
    #expect(throws: SpoolError.occupied(path: scratch.path("output/empty"))) {
      try publish("x", to: "empty", .exclusive, in: plain)
    }
    try publish("x", to: "empty/canal/deep", .exclusive, in: plain)
    #expect(try scratch.text("output/empty/canal/deep/a.webp") == "x")
  }

  // Scenario 36: many at once for one place; one wins, the others are told, and nothing of theirs stays.
  @Test func oneOfManyWins() async throws {
    let winners = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<16 {
        group.addTask { (try? publish("\(number)", to: "web/canal", .exclusive)) != nil }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(winners == 1)
    #expect(try scratch.text("output/web/canal/a.webp") == scratch.text("output/web/canal/manifest.json"))
    #expect(try scratch.tree("output/.darkroom") == [])
  }

  // Scenario 34.
  @Test(arguments: ["", "..", "a/b", ".hidden", String(repeating: "x", count: 256)])
  func fileNameCannotLeaveTheDirectory(_ name: String) throws {
    var staged = try tree.stage("job")
    var found: SpoolError?
    do { try staged.write([1].span, to: name) } catch { found = error }
    guard case .badName = found else { throw try #require(found) }
    #expect(try scratch.tree("output").count == 2)
  }

  @Test func fileIsWrittenOnce() throws {
    var staged = try tree.stage("job")
    try staged.write([1].span, to: "a")
    var found: SpoolError?
    do { try staged.write([2].span, to: "a") } catch { found = error }
    guard case .occupied = found else { throw try #require(found) }
    try staged.commit(to: "canal", .exclusive)
    #expect(try tree.read("a", at: "canal", limit: 10) == [1])
  }
}
