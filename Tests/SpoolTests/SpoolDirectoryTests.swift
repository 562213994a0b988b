import Foundation
import Testing

@testable import Spool

@Suite struct SpoolDirectoryTests {
  let scratch: Scratch
  let spool: SpoolDirectory

  init() throws {
    scratch = try Scratch()
    spool = try SpoolDirectory(path: scratch.path("spool"))
  }

  @Test func isForItsUserAlone() throws {
    try spool.createJob("job", blobs: [("request", [UInt8]("hello"))])
    #expect(scratch.mode("spool") == 0o700)
    #expect(scratch.mode("spool/job") == 0o700)
    #expect(scratch.mode("spool/job/request") == 0o600)
  }

  @Test func looserRightsOfAnExistingFolderAreTakenAway() throws {
    let path = try scratch.folder("old")
    chmod(path, 0o755)
    _ = try SpoolDirectory(path: path)
    #expect(scratch.mode("old") == 0o700)
  }

  @Test func foldersOnTheWayAreMade() throws {
    _ = try SpoolDirectory(path: scratch.path("a/b/spool"))
    #expect(try scratch.tree("a") == ["b", "b/spool", "b/spool/lock"])
  }

  // Scenario 39.
  @Test func secondOpenerIsToldWhoHasIt() throws {
    #expect(throws: SpoolError.locked(path: spool.path, holder: getpid())) {
      _ = try SpoolDirectory(path: spool.path)
    }
  }

  /// Locks the file of a spool that is not open, as its last daemon did, and leaves the lock to a descriptor that has come
  /// out of that one, as a child's does at fork(2).
  private func inheritedLock() throws -> Int32 {
    let first = open(try scratch.file("other/lock", "4711\n"), O_RDWR | O_CLOEXEC)
    try #require(first >= 0 && flock(first, LOCK_EX | LOCK_NB) == 0)
    defer { close(first) }
    return dup(first)
  }

  @Test func lockThatAChildHasUntilItsExecIsOutlived() throws {
    let path = try scratch.folder("other")
    let child = try inheritedLock()
    var pauses = 0
    let next = try SpoolDirectory(path: path) {
      pauses += 1
      // At its exec(2) the child's descriptor is closed.
      if pauses == 3 { close(child) }
    }
    #expect(pauses == 3)
    // The lock is the next one's, and is asked for as often before somebody else is refused.
    pauses = 0
    #expect(throws: SpoolError.locked(path: path, holder: getpid())) {
      _ = try SpoolDirectory(path: path) { pauses += 1 }
    }
    #expect(pauses == 10)
    _ = next
  }

  @Test func lockThatIsHeldForGoodIsRefusedAfterATime() throws {
    let path = try scratch.folder("other")
    let holder = try inheritedLock()
    defer { close(holder) }
    let time = ContinuousClock().measure {
      #expect(throws: SpoolError.locked(path: path, holder: 4711)) { _ = try SpoolDirectory(path: path) }
    }
    // From below only: how long a machine takes is its own matter.
    #expect(time >= .milliseconds(200))
  }

  @Test func lockEndsWithItsHolder() throws {
    let path = scratch.path("other")
    do { _ = try SpoolDirectory(path: path) }
    _ = try SpoolDirectory(path: path)
  }

  @Test func blobIsReadAsItWasWritten() throws {
    try spool.createJob("job", blobs: [])
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try spool.write(bytes.span, job: "job", name: "blob")
    #expect(try spool.read(job: "job", name: "blob") == bytes)
    #expect(try spool.size(job: "job", name: "blob") == 100_000)
    #expect(try spool.size(job: "job", name: "none") == nil)
    #expect(try spool.blobs(job: "job") == ["blob"])
  }

  @Test func readHasALimit() throws {
    try spool.createJob("job", blobs: [("blob", [1, 2, 3])])
    #expect(try spool.read(job: "job", name: "blob", limit: 3) == [1, 2, 3])
    #expect(throws: SpoolError.tooLarge(path: scratch.path("spool/job/blob"), limit: 2)) {
      _ = try spool.read(job: "job", name: "blob", limit: 2)
    }
  }

  @Test func theFirstBlobMakesTheFolder() throws {
    #expect(try spool.blobs(job: "job") == [])
    try spool.write([1].span, job: "job", name: "blob")
    var writer = try spool.beginBlob(job: "other", name: "blob")
    #expect(scratch.mode("spool/other") == 0o700)
    try writer.append([2].span)
    try writer.finish()
    #expect(try spool.read(job: "job", name: "blob") == [1])
    #expect(try spool.read(job: "other", name: "blob") == [2])
    #expect(try spool.jobs().sorted() == ["job", "other"])
  }

  @Test func blobOfTheSameNameIsReplacedWhole() throws {
    try spool.createJob("job", blobs: [("blob", [UInt8]("old and longer"))])
    try spool.write([UInt8]("new").span, job: "job", name: "blob")
    #expect(try scratch.text("spool/job/blob") == "new")
    #expect(try scratch.tree("spool/job") == ["blob"])
  }

  @Test func failedWriteLeavesNothingBehind() throws {
    try spool.createJob("job", blobs: [])
    // rename(2) does not put a file in a directory's place.
    try scratch.folder("spool/job/blob")
    #expect(throws: SpoolError.system(call: "rename", path: scratch.path("spool/job/blob"), errno: EISDIR)) {
      try spool.write([1].span, job: "job", name: "blob")
    }
    #expect(try scratch.tree("spool/job") == ["blob"])
  }

  @Test func jobHasOneFolderOnly() throws {
    try spool.createJob("job", blobs: [("request", [1])])
    #expect(throws: SpoolError.occupied(path: scratch.path("spool/job"))) { try spool.createJob("job", blobs: []) }
    #expect(throws: SpoolError.occupied(path: scratch.path("spool/job"))) {
      try spool.createJob("job", blobs: [("request", [2])])
    }
    #expect(try spool.read(job: "job", name: "request") == [1])
  }

  @Test func failedJobLeavesNoFolder() throws {
    let twice: [(name: String, bytes: [UInt8])] = [("same", [1]), ("same", [2])]
    #expect(throws: SpoolError.system(call: "openat", path: scratch.path("spool/job/same"), errno: EEXIST)) {
      try spool.createJob("job", blobs: twice)
    }
    #expect(try spool.jobs() == [])
  }

  @Test func jobsAreListedAndRemoved() throws {
    try spool.createJob("a", blobs: [("x", [1])])
    try spool.createJob("b", blobs: [])
    #expect(try spool.jobs().sorted() == ["a", "b"])
    #expect(try spool.hasJob("a"))
    try spool.removeJob("a")
    try spool.removeJob("a")
    #expect(try spool.jobs() == ["b"])
    #expect(try !spool.hasJob("a"))
  }

  @Test(arguments: ["", ".", "..", "../job", "a/b", ".hidden", "/a", "x.part", String(repeating: "x", count: 256)])
  func blobNameCannotLeaveTheJob(_ name: String) throws {
    try spool.createJob("job", blobs: [])
    let error = try #require(throws: SpoolError.self) { try spool.write([1].span, job: "job", name: name) }
    guard case .badName = error else { throw error }
    #expect(try scratch.tree("spool") == ["job", "lock"])
  }

  @Test(arguments: ["", "..", "a/b", ".hidden", "/a"])
  func jobNameCannotLeaveTheSpool(_ name: String) throws {
    let error = try #require(throws: SpoolError.self) { try spool.createJob(name, blobs: []) }
    guard case .badName = error else { throw error }
    #expect(try scratch.tree("spool") == ["lock"])
  }

  @Test func freeRoomIsWhatTheFileSystemSays() throws {
    let room = try spool.freeRoom()
    let free = try #require(
      try FileManager.default.attributesOfFileSystem(forPath: scratch.path)[.systemFreeSize] as? NSNumber)
    // Others write meanwhile: within a gigabyte is the same file system and the same unit.
    #expect(abs(room.bytes - free.int64Value) < 1 << 30 || room.bytes < free.int64Value)
    #expect(room.bytes > 0)
  }
}
