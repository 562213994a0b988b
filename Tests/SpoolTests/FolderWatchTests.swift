import Foundation
import Testing

@testable import Spool

@Suite(.timeLimit(.minutes(1))) struct FolderWatchTests {
  typealias Event = FolderWatch.Event

  let scratch: Scratch
  let inbox: String

  init() throws {
    scratch = try Scratch()
    inbox = try scratch.folder("inbox")
  }

  /// Collects events until one comes that is the last of what was done.
  private func events(of watch: FolderWatch, until last: Event) async -> [Event] {
    var all: [Event] = []
    for await batch in watch.batches {
      all += batch
      if all.contains(last) { break }
    }
    return all
  }

  // Scenario 1.
  @Test func closedAndRenamedFilesAreTold() async throws {
    let watch = try FolderWatch(path: inbox)
    try scratch.file("outside")
    let writer = open(scratch.path("inbox/a.json"), O_WRONLY | O_CREAT, 0o600)
    close(writer)
    rename(scratch.path("outside"), scratch.path("inbox/b.json"))
    #expect(
      await events(of: watch, until: .finished("b.json")) == [
        .touched("a.json"), .finished("a.json"), .finished("b.json"),
      ])
  }

  @Test func fileHeldOpenIsNotFinished() async throws {
    let watch = try FolderWatch(path: inbox)
    let writer = open(scratch.path("inbox/a.json"), O_WRONLY | O_CREAT, 0o600)
    defer { close(writer) }
    #expect(write(writer, "x", 1) == 1)
    try scratch.file("inbox/z.json")
    let told = await events(of: watch, until: .finished("z.json"))
    #expect(told.contains(.touched("a.json")))
    #expect(!told.contains(.finished("a.json")))
  }

  // Scenario 14.
  @Test func ignoredNamesAreNotTold() async throws {
    try scratch.folder("inbox/.hidden")
    let watch = try FolderWatch(path: inbox)
    try scratch.file("inbox/.a.json")
    try scratch.file("inbox/b.part")
    try scratch.file("inbox/.hidden/c.json")
    rename(scratch.path("inbox/b.part"), scratch.path("inbox/b.json"))
    #expect(await events(of: watch, until: .finished("b.json")) == [.finished("b.json")])
  }

  @Test func foldersThatWereThereAreWatched() async throws {
    try scratch.folder("inbox/web/deep")
    let watch = try FolderWatch(path: inbox)
    rename(try scratch.file("x"), scratch.path("inbox/web/deep/a.json"))
    #expect(await events(of: watch, until: .finished("web/deep/a.json")) == [.finished("web/deep/a.json")])
  }

  // Scenario 6.
  @Test func folderThatIsMovedInIsToldAndWatchedWithAllInIt() async throws {
    let watch = try FolderWatch(path: inbox)
    try scratch.folder("new/deep")
    rename(scratch.path("new"), scratch.path("inbox/web"))
    #expect(await events(of: watch, until: .folder("web")) == [.folder("web")])
    rename(try scratch.file("x"), scratch.path("inbox/web/deep/a.json"))
    #expect(await events(of: watch, until: .finished("web/deep/a.json")) == [.finished("web/deep/a.json")])
  }

  @Test func renamedFolderIsToldUnderItsNewName() async throws {
    try scratch.folder("inbox/old/deep")
    let watch = try FolderWatch(path: inbox)
    rename(scratch.path("inbox/old"), scratch.path("inbox/new"))
    #expect(await events(of: watch, until: .folder("new")) == [.removed("old"), .folder("new")])
    rename(try scratch.file("x"), scratch.path("inbox/new/deep/a.json"))
    #expect(await events(of: watch, until: .finished("new/deep/a.json")) == [.finished("new/deep/a.json")])
  }

  @Test func folderThatLeftIsWatchedNoLonger() async throws {
    try scratch.folder("inbox/web")
    let watch = try FolderWatch(path: inbox)
    rename(scratch.path("inbox/web"), scratch.path("away"))
    #expect(await events(of: watch, until: .removed("web")) == [.removed("web")])
    try scratch.file("away/a.json")
    rename(try scratch.file("x"), scratch.path("inbox/last"))
    #expect(await events(of: watch, until: .finished("last")) == [.finished("last")])
  }

  @Test func removedFolderAndItsSuccessorAreTold() async throws {
    try scratch.folder("inbox/web")
    let watch = try FolderWatch(path: inbox)
    rmdir(scratch.path("inbox/web"))
    #expect(await events(of: watch, until: .removed("web")) == [.removed("web")])
    try scratch.folder("inbox/web")
    #expect(await events(of: watch, until: .folder("web")) == [.folder("web")])
    rename(try scratch.file("x"), scratch.path("inbox/web/a.json"))
    #expect(await events(of: watch, until: .finished("web/a.json")) == [.finished("web/a.json")])
  }

  // Scenario 45: rights that are given later wake a file.
  @Test func newRightsAreTold() async throws {
    try scratch.file("inbox/a.json")
    let watch = try FolderWatch(path: inbox)
    chmod(scratch.path("inbox/a.json"), 0o644)
    #expect(await events(of: watch, until: .touched("a.json")) == [.touched("a.json")])
  }

  // Scenario 15.
  @Test(arguments: [true, false]) func lostTreeEndsTheSequence(isRemoved: Bool) async throws {
    let watch = try FolderWatch(path: inbox)
    if isRemoved { rmdir(inbox) } else { rename(inbox, scratch.path("away")) }
    var all: [Event] = []
    for await batch in watch.batches { all += batch }
    #expect(all == [.lost(isRemoved ? "it was removed or unmounted" : "it was moved away")])
  }

  @Test func missingTreeIsAnError() throws {
    let error = try #require(throws: SpoolError.self) { _ = try FolderWatch(path: scratch.path("none")) }
    #expect(error == .system(call: "open", path: scratch.path("none"), errno: ENOENT))
  }

  @Test func stoppedWatchEndsTheSequence() async throws {
    let watch = try FolderWatch(path: inbox)
    watch.stop()
    for await batch in watch.batches { #expect(batch == []) }
  }

  // Scenarios 3, 16: more than the kernel's queue (16,384) and ours hold, and nobody reads meanwhile.
  @Test func moreThanFitsBecomesOneOverflow() async throws {
    let watch = try FolderWatch(path: inbox)
    let folder = try Folder(path: inbox)
    for number in 0..<(FolderWatch.pendingLimit + 1) { _ = try folder.makeFile("\(number)", mode: 0o600) }
    let told = await events(of: watch, until: .overflow)
    #expect(told.filter { $0 == .overflow } == [.overflow])
    #expect(told.count <= FolderWatch.pendingLimit + 1)
  }

  // Scenario 4.
  @Test func cookieIsToldAndLeavesNothing() async throws {
    let watch = try FolderWatch(path: inbox)
    let name = try Inbox(path: inbox).touchCookie()
    #expect(await events(of: watch, until: .cookie(name)) == [.cookie(name)])
    #expect(try scratch.tree("inbox") == [])
  }

  // Scenarios 4, 15: what is mounted over the folder is another one, and nobody tells of it. Only root mounts.
  @Test(.enabled(if: geteuid() == 0)) func cookieInWhatIsMountedOverTheFolderIsNotTold() async throws {
    let watch = try FolderWatch(path: inbox)
    let watched = open(inbox, O_RDONLY | O_DIRECTORY)
    defer { close(watched) }
    try #require(mount("none", inbox, "tmpfs", 0, "size=64k") == 0)
    defer { umount2(inbox, Int32(MNT_DETACH)) }
    _ = try Inbox(path: inbox).touchCookie()
    #expect(!watch.isCurrent)
    #expect(renameat(AT_FDCWD, try scratch.file("last"), watched, "last") == 0)
    #expect(await events(of: watch, until: .finished("last")) == [.finished("last")])
  }

  @Test func watchOfTheFolderThatIsThereIsCurrent() throws {
    let watch = try FolderWatch(path: inbox)
    #expect(watch.isCurrent)
    rename(inbox, scratch.path("away"))
    #expect(!watch.isCurrent)
    try scratch.folder("inbox")
    #expect(!watch.isCurrent)
  }

  @Test func descriptorIsClosedWithTheWatch() async throws {
    var watch: FolderWatch? = try FolderWatch(path: inbox)
    let batches = try #require(watch).batches
    watch = nil
    // The cancel handler ends the sequence; the state, and with it the descriptor, goes when the sequence does.
    for await _ in batches {}
  }
}
