import Foundation
import Synchronization
import Testing

@testable import Spool

@Suite struct InboxTests {
  let scratch: Scratch
  let inbox: Inbox

  init() throws {
    scratch = try Scratch()
    inbox = Inbox(path: try scratch.folder("inbox"))
  }

  private func bytes(of path: String, limit: Int = 1000) throws(SpoolError) -> [UInt8] {
    try inbox.claim(path, limit: limit).bytes
  }

  private func refusal(of path: String) throws -> UnfitFile? {
    let error = try #require(throws: SpoolError.self) { _ = try bytes(of: path) }
    guard case .refused(scratch.path("inbox/\(path)"), let what) = error else { throw error }
    return what
  }

  @Test func fileIsReadWhole() throws {
    try scratch.folder("inbox/web")
    try scratch.file("inbox/web/canal.json", "{}")
    let claim = try inbox.claim("./web//canal.json", limit: 2)
    let (path, bytes, size) = (claim.relativePath, claim.bytes.text, claim.identity.size)
    #expect(path == "web/canal.json")
    #expect(bytes == "{}")
    #expect(size == 2)
  }

  @Test func tooLargeFileIsRefusedBeforeMemoryIsTaken() throws {
    let path = try scratch.file("inbox/huge", "")
    // Sparse: a terabyte that nobody has.
    #expect(truncate(path, 1 << 40) == 0)
    #expect(throws: SpoolError.tooLarge(path: path, limit: 1000)) { _ = try bytes(of: "huge") }
  }

  @Test func missingFileIsTold() throws {
    let error = try #require(throws: SpoolError.self) { _ = try bytes(of: "none.json") }
    #expect(error.isMissing)
  }

  @Test func goneInboxIsTold() throws {
    let error = try #require(throws: SpoolError.self) { _ = try Inbox(path: scratch.path("no")).claim("a", limit: 1) }
    #expect(error.isMissing)
  }

  // Scenario 9.
  @Test(.timeLimit(.minutes(1))) func whatIsNoFileIsRefusedAndNeverBlocks() throws {
    try scratch.folder("inbox/folder.json")
    let fifo = scratch.path("inbox/fifo.json")
    #expect(mkfifo(fifo, 0o600) == 0)
    try makeSocket(scratch.path("inbox/socket.json"))
    #expect(try refusal(of: "folder.json") == .directory)
    #expect(try refusal(of: "socket.json") == .socket)
    // On a thread of its own, which whoever blocks does not come back from before somebody writes.
    let found = Mutex<UnfitFile?>(nil)
    let isDone = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let unfit = try? refusal(of: "fifo.json")
      found.withLock { $0 = unfit }
      isDone.signal()
    }
    #expect(isDone.wait(timeout: .now() + 20) == .success)
    let writer = open(fifo, O_RDWR | O_NONBLOCK)
    defer { close(writer) }
    #expect(found.withLock { $0 } == .fifo)
  }

  // Scenario 9. Only root makes devices.
  @Test(.enabled(if: geteuid() == 0)) func deviceIsRefused() throws {
    // 1:5 is /dev/zero, which never ends.
    try #require(mknod(scratch.path("inbox/zero.json"), S_IFCHR | 0o600, 1 << 8 | 5) == 0)
    // Where the file system is mounted nodev, it cannot even be opened.
    let error = try #require(throws: SpoolError.self) { _ = try bytes(of: "zero.json") }
    #expect(error == .refused(path: scratch.path("inbox/zero.json"), .device) || error.isDenied)
  }

  private func makeSocket(_ path: String) throws {
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0)
  }

  // Scenario 10.
  @Test func linksAreRefused() throws {
    try scratch.file("secret")
    try scratch.folder("elsewhere")
    try scratch.file("elsewhere/secret")
    symlink(scratch.path("secret"), scratch.path("inbox/link.json"))
    symlink(scratch.path("elsewhere"), scratch.path("inbox/web"))
    #expect(link(scratch.path("secret"), scratch.path("inbox/hard.json")) == 0)
    #expect(try refusal(of: "link.json") == .symbolicLink)
    #expect(try refusal(of: "web/secret") == .symbolicLink)
    #expect(try refusal(of: "hard.json") == .hardLinks(2))
  }

  @Test(arguments: ["../secret", "/etc/passwd", "web/../../secret", ""])
  func pathOutsideIsRefused(_ path: String) throws {
    try scratch.file("secret")
    let error = try #require(throws: SpoolError.self) { _ = try bytes(of: path) }
    guard case .badName = error else { throw error }
  }

  /// Scenario 11. A writer that never rests counts up at the file's beginning, then at its end: at any moment the
  /// beginning is the end's number or the next one. Bytes of two moments would have a later number at the end.
  @Test(.timeLimit(.minutes(1))) func claimIsOneVersionNeverAMixture() throws {
    let path = try scratch.file("inbox/busy", String(repeating: "0", count: 500_000))
    // A thread, not a task: it must run while this test occupies its own.
    let isOver = Flag()
    Thread.detachNewThread {
      let file = open(path, O_WRONLY)
      defer { close(file) }
      var number = UInt64(0)
      while !isOver.isSet {
        number += 1
        _ = pwrite(file, &number, 8, 0)
        _ = pwrite(file, &number, 8, 500_000 - 8)
      }
    }
    defer { isOver.set() }
    var (claims, changes) = (0, 0)
    let end = ContinuousClock.now + .seconds(20)
    while claims + changes < 200 || changes == 0 {
      try #require(.now < end, "nothing has changed while it was read")
      switch Result(catching: { () throws(SpoolError) in try bytes(of: "busy", limit: 500_000) }) {
      case .success(let claimed):
        let (first, last) = (number(claimed.prefix(8)), number(claimed.suffix(8)))
        try #require(first == last || first == last + 1)
        claims += 1
      case .failure(let error):
        #expect(error == .changedWhileReading(path: path))
        changes += 1
      }
    }
  }

  private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
  }

  private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  @Test func claimedFileIsRemoved() throws {
    try scratch.file("inbox/canal.json")
    let claim = try inbox.claim("canal.json", limit: 100)
    #expect(try inbox.remove(claim) == .removed)
    #expect(!scratch.exists("inbox/canal.json"))
  }

  // Scenario 11: the copy is the truth.
  @Test func claimedFileIsRemovedAlsoWhenItsWriterWentOn() throws {
    try scratch.file("inbox/canal.json", "one")
    let claim = try inbox.claim("canal.json", limit: 100)
    let writer = open(scratch.path("inbox/canal.json"), O_WRONLY | O_APPEND)
    #expect(write(writer, "two", 3) == 3)
    close(writer)
    #expect(try inbox.remove(claim) == .removed)
    #expect(!scratch.exists("inbox/canal.json"))
  }

  @Test func newFileUnderAClaimedNameStays() throws {
    try scratch.file("inbox/canal.json", "old")
    let claim = try inbox.claim("canal.json", limit: 100)
    unlink(scratch.path("inbox/canal.json"))
    try scratch.file("inbox/canal.json", "new")
    #expect(try inbox.remove(claim) == .replaced)
    #expect(try scratch.text("inbox/canal.json") == "new")
  }

  @Test func removalAfterARestartIsToldByIdentity() throws {
    try scratch.file("inbox/canal.json", "old")
    let kept = try #require(try inbox.identity(of: "canal.json")).description
    let identity = try #require(FileIdentity(kept))
    #expect(try inbox.remove("canal.json", ifStill: identity) == .removed)
    #expect(try inbox.remove("canal.json", ifStill: identity) == .gone)
    #expect(try inbox.identity(of: "canal.json") == nil)
    try scratch.file("inbox/canal.json", "newer")
    #expect(try inbox.remove("canal.json", ifStill: identity) == .replaced)
    #expect(try scratch.text("inbox/canal.json") == "newer")
    #expect(try inbox.remove("no/such/folder.json", ifStill: identity) == .gone)
  }

  // Scenario 45. Root may do everything.
  @Test func rightsToRemoveAreKnownBeforehand() throws {
    try scratch.folder("inbox/web")
    try scratch.file("inbox/web/canal.json")
    #expect(try inbox.obstacleToRemoving("web/canal.json") == nil)
    chmod(scratch.path("inbox/web"), 0o500)
    defer { chmod(scratch.path("inbox/web"), 0o700) }
    let obstacle = try inbox.obstacleToRemoving("web/canal.json")
    let path = scratch.path("inbox/web/canal.json")
    #expect(obstacle == (geteuid() == 0 ? nil : .system(call: "unlink", path: path, errno: EACCES)))
  }
}
