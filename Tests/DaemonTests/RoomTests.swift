import Foundation
import Glibc
import Synchronization
import Testing

@testable import Daemon

/// Disks that are small, and full for real. Only root mounts.
@Suite(.timeLimit(.minutes(2)), .enabled(if: geteuid() == 0)) struct RoomTests {
  private static let request = #"{"generate": {"model": "plain", "prompt": "A canal", "width": 256, "height": 256}}"#
  /// What a call for such a picture wants to find free.
  private static let need = RoomGate.need(pixels: 256 * 256, pictures: 1) + RoomGate.margin

  private let workshop: Workshop

  init() throws {
    workshop = try Workshop()
  }

  /// Runs `body` with a folder on a disk of its own.
  private func withDisk(for tree: String, _ body: () async throws -> Void) async throws {
    let path = "\(workshop.folder)/\(tree)"
    mkdir(path, 0o700)
    try #require(mount("none", path, "tmpfs", 0, "size=16m") == 0)
    defer { umount2(path, Int32(MNT_DETACH)) }
    try await body()
  }

  /// Leaves so many bytes of the disk, within a page.
  private static func fill(_ path: String, leaving bytes: Int64) throws {
    var status = statvfs()
    try #require(statvfs(path, &status) == 0)
    let some = Int64(status.f_bavail) * Int64(status.f_frsize) - bytes
    try Data(count: Int(some)).write(to: URL(filePath: "\(path)/.ballast"))
  }

  private func free(_ tree: String) throws {
    try FileManager.default.removeItem(atPath: "\(workshop.folder)/\(tree)/.ballast")
  }

  @Test(
    "room is asked for before a call is paid, and the call is made when it is there again (scenario 32)",
    arguments: ["spool", "output"])
  func nothingIsPaidThatThereIsNoRoomFor(_ tree: String) async throws {
    let stub = try StubAPI { _ in nil }
    try await withDisk(for: tree) {
      try await workshop.serve(port: stub.port) { [workshop] daemon in
        try Self.fill("\(workshop.folder)/\(tree)", leaving: Self.need - 64 << 10)
        try workshop.drop(Self.request, as: "a.json")
        try await daemon.takeIn()
        try await daemon.wait { $0.isCalling || $0.isOutOfRoom }
        #expect(daemon.events.last?.isOutOfRoom == true)
        #expect(stub.calls == [])
        try free(tree)
        try await daemon.wait(untilPublished: 1)
      }
      #expect(workshop.files(in: "output") == ["a/a.png", "a/manifest.json"])
    }
    #expect(stub.calls.count == 1)
  }

  @Test("what was written of an answer that cannot be kept gives its room to the word of that (scenario 32)")
  func answerThatCannotBeKeptIsHeldThoughTheDiskIsFull() async throws {
    let random = try #require(FileHandle(forReadingAtPath: "/dev/urandom"))
    let noise = [UInt8](try #require(try random.read(upToCount: 2 << 20)))
    let workshop = self.workshop
    let stub = try StubAPI { request in
      guard request.isPaid else { return nil }
      // No room for half of the answer, and for not a page more than that.
      try? Self.fill("\(workshop.folder)/spool", leaving: 1 << 20)
      return .generated(noise)
    }
    try await withDisk(for: "spool") {
      try await workshop.serve(port: stub.port) { daemon in
        try workshop.drop(Self.request, as: "a.json")
        try await daemon.takeIn()
        // Without it the ledger finds no room to say so, as long as the disk is full.
        try await daemon.wait { if case .held = $0 { true } else { false } }
      }
      #expect(try workshop.ledger("SELECT state FROM jobs") == ["held"])
    }
    #expect(stub.calls.count == 1)
  }

  @Test("what a call under way may still write is no room for another (scenario 32)")
  func roomOfACallUnderWayIsTaken() async throws {
    let isOutOfRoom = DispatchSemaphore(value: 0)
    let stub = try StubAPI { request in
      // The first call's answer does not come before the second is seen to wait; a daemon that lets none wait is not
      // waited for.
      if request.isPaid { _ = isOutOfRoom.wait(timeout: .now() + 10) }
      return nil
    }
    try await withDisk(for: "spool") {
      try await workshop.serve(port: stub.port) { [workshop] daemon in
        // For one, and for most of another.
        try Self.fill("\(workshop.folder)/spool", leaving: Self.need + 512 << 10)
        for name in ["a", "b"] { try workshop.drop(Self.request, as: "\(name).json") }
        try await daemon.takeIn()
        try await daemon.wait { $0.isOutOfRoom || $0.isPublished }
        #expect(daemon.events.last?.isOutOfRoom == true)
        #expect(try workshop.ledger("SELECT count(*) FROM calls") == ["1"])
        isOutOfRoom.signal()
        isOutOfRoom.signal()
        try await daemon.wait(untilPublished: 2)
      }
    }
    #expect(stub.calls.count == 2)
  }
}
