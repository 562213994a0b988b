import Foundation
import Testing

@testable import Spool

@Suite struct InboxScanTests {
  let scratch: Scratch
  let inbox: Inbox

  init() throws {
    scratch = try Scratch()
    inbox = Inbox(path: try scratch.folder("inbox"))
  }

  // Scenarios 6, 9, 10, 14.
  @Test func everythingThatMayBeWorkIsFound() throws {
    for folder in ["web/deep", ".hidden", "canal.json"] { try scratch.folder("inbox/\(folder)") }
    for file in [
      "a.json", "web/b.json", "web/deep/c.json", ".d.json", "e.part", "f.tmp", "g~", ".#h", ".hidden/i.json",
      "canal.json/j",
    ] { try scratch.file("inbox/\(file)") }
    symlink("/etc", scratch.path("inbox/link"))
    mkfifo(scratch.path("inbox/fifo"), 0o600)
    link(scratch.path("inbox/a.json"), scratch.path("inbox/web/hard"))
    let scan = try inbox.scan()
    #expect(scan.obstacles == [])
    #expect(
      scan.candidates.map { "\($0.relativePath) \($0.kind) \($0.kind == .directory ? 0 : $0.links)" } == [
        "a.json regular 2", "canal.json directory 0", "canal.json/j regular 1", "fifo fifo 1", "link symbolicLink 1",
        "web directory 0", "web/b.json regular 1", "web/deep directory 0", "web/deep/c.json regular 1",
        "web/hard regular 2",
      ])
  }

  @Test func oneFolderCanBeScanned() throws {
    try scratch.folder("inbox/web/deep")
    try scratch.file("inbox/top.json")
    try scratch.file("inbox/web/deep/c.json")
    #expect(try inbox.scan(below: "web").candidates.map(\.relativePath) == ["web/deep", "web/deep/c.json"])
  }

  @Test func scanSeesTheIdentityThatAClaimSees() throws {
    try scratch.file("inbox/a.json", "12345")
    let identity = try inbox.scan().candidates[0].identity
    let claimed = try inbox.claim("a.json", limit: 10).identity
    #expect(identity == claimed)
    #expect(identity.size == 5)
  }

  @Test func nameThatIsNotUTF8IsAnObstacle() throws {
    let path = Array(scratch.path("inbox/bad").utf8) + [0xFF]
    let file = path.map { CChar(bitPattern: $0) } + [0]
    close(open(file, O_CREAT | O_WRONLY, 0o600))
    try scratch.file("inbox/good")
    let scan = try inbox.scan()
    #expect(scan.candidates.map(\.relativePath) == ["good"])
    #expect(scan.obstacles == [.badName(name: scratch.path("inbox/bad\u{FFFD}"), reason: "it is not UTF-8")])
  }

  @Test func tooDeepFolderIsAnObstacleAndTheRestIsFound() throws {
    let deep = (0..<40).map { _ in "d" }.joined(separator: "/")
    try scratch.folder("inbox/\(deep)")
    try scratch.file("inbox/z.json")
    let scan = try inbox.scan()
    #expect(scan.obstacles.count == 1)
    #expect(scan.candidates.count == Inbox.deepestFolder + 1)
    #expect(scan.candidates.last?.relativePath == "z.json")
  }

  // Scenario 45. Root may do everything.
  @Test(.enabled(if: geteuid() != 0)) func closedFolderIsAnObstacle() throws {
    try scratch.folder("inbox/closed")
    chmod(scratch.path("inbox/closed"), 0)
    let scan = try inbox.scan()
    #expect(scan.obstacles == [.system(call: "openat", path: scratch.path("inbox/closed"), errno: EACCES)])
  }

  @Test func oneCandidateIsLookedAtByItself() throws {
    try scratch.folder("inbox/web")
    try scratch.file("inbox/web/a.json")
    symlink("web", scratch.path("inbox/link"))
    #expect(try inbox.candidate(at: "web/a.json") == inbox.scan(below: "web").candidates[0])
    for gone in ["web/b.json", "none/a.json", "web/a.json/c", "link/a.json"] {
      #expect(try inbox.candidate(at: gone) == nil)
    }
  }

  // Scenario 15.
  @Test func inboxThatReturnsIsScannedAgain() throws {
    rename(inbox.path, scratch.path("away"))
    let error = try #require(throws: SpoolError.self) { _ = try inbox.scan() }
    #expect(error.isMissing)
    try scratch.folder("inbox")
    try scratch.file("inbox/a.json")
    #expect(try inbox.scan().candidates.map(\.relativePath) == ["a.json"])
  }
}
