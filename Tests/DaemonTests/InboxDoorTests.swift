import Foundation
import Glibc
import Ledger
import Spool
import Testing

@testable import Daemon

/// Inboxes that do not behave: too much at once, gone, mounted over, closed to the daemon.
@Suite(.timeLimit(.minutes(3))) struct InboxDoorTests {
  private let workshop: Workshop
  private let inbox: String
  private static let whole = Workshop.request("A canal")

  init() throws {
    workshop = try Workshop()
    inbox = workshop.folder + "/inbox"
  }

  /// Sets or clears a flag of chattr(1), which binds root too.
  private func change(_ flag: String, _ path: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/chattr")
    process.arguments = [flag, path]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  @Test("lost events lead to a look at everything, and are counted (scenario 3)")
  func overflowLeadsToAFullLook() async throws {
    let door = try Doorway(workshop)
    // With room for none, every event is one too many.
    try await door.whileOpen(eventLimit: 0) { [workshop] in
      try await door.hears("watched")
      try workshop.drop(Self.whole, as: "a.json")
      try await door.hears("accepted a.json")
      try workshop.drop(Self.whole, as: "b.json")
      try await door.hears("accepted b.json")
    }
    #expect(door.said.contains { $0.hasPrefix("overflow ") })
    #expect(try door.jobs() == ["a.json", "b.json"])
  }

  // Only root mounts. A folder that is mounted read-only takes no cookie.
  @Test(
    "where the watch cannot be tried the inbox is polled, and the log says why (scenarios 4, 46)",
    .enabled(if: geteuid() == 0))
  func untriedWatchIsNotTrusted() async throws {
    let door = try Doorway(workshop)
    try #require(mount(inbox, inbox, nil, UInt(MS_BIND), nil) == 0)
    defer { umount2(inbox, Int32(MNT_DETACH)) }
    try #require(mount(nil, inbox, nil, UInt(MS_BIND | MS_REMOUNT | MS_RDONLY), nil) == 0)
    try await door.whileOpen { try await door.hears("polled") }
    #expect(door.said.count == 1)
    #expect(door.said[0].hasPrefix("polled: whether the kernel tells of it cannot be tried: "))
    #expect(door.said[0].contains("Read-only file system"))
  }

  /// A file system that a program serves, where changes of what it serves are seen by nobody.
  @Test(
    "where others change the inbox unseen it is polled, and the log says why (scenario 4)",
    .enabled(if: geteuid() == 0 && access("/dev/fuse", W_OK) == 0))
  func inboxThatOthersChangeUnseenIsPolled() async throws {
    let behind = "\(workshop.folder)/behind"
    mkdir(behind, 0o700)
    let mirror = Process()
    let pipe = Pipe()
    mirror.executableURL = URL(filePath: "/usr/bin/python3")
    mirror.arguments = [
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: "fuse_mirror.py").path(), behind, inbox,
    ]
    mirror.standardOutput = pipe
    try mirror.run()
    defer {
      umount2(inbox, Int32(MNT_DETACH))
      mirror.waitUntilExit()
    }
    let word = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    try #require(word.hasPrefix("ready"))
    let door = try Doorway(workshop)
    try await door.whileOpen {
      try await door.hears("polled")
      try Data(Self.whole.utf8).write(to: URL(filePath: "\(behind)/a.json"))
      try await door.hears("accepted a.json")
    }
    #expect(
      door.said == ["polled: it lies on FUSE, which others may change without this kernel", "accepted a.json"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: behind) == [])
  }

  @Test("an inbox that is taken away and comes back is watched again (scenario 15)")
  func inboxThatComesBackIsWatchedAgain() async throws {
    let door = try Doorway(workshop)
    try await door.whileOpen { [workshop, inbox] in
      try await door.hears("watched")
      rename(inbox, "\(workshop.folder)/away")
      try await door.hears("gone")
      try workshop.drop(Self.whole, as: "a.json")
      try await door.hears("accepted a.json")
      try workshop.drop(Self.whole, as: "b.json")
      try await door.hears("accepted b.json")
    }
    // The end of the watch, then the lack of a folder; not once a second.
    let gone = door.said.count { $0 == "gone" }
    #expect((1...2).contains(gone))
    #expect(door.said.count { $0 == "watched" } == 2)
  }

  @Test(
    "an inbox that is unmounted and mounted again is watched again (scenario 15)",
    .enabled(if: geteuid() == 0))
  func mountedInboxIsWatchedAgain() async throws {
    try #require(mount("none", inbox, "tmpfs", 0, "size=1m") == 0)
    defer { umount2(inbox, Int32(MNT_DETACH)) }
    let door = try Doorway(workshop)
    try await door.whileOpen { [workshop, inbox] in
      try await door.hears("watched")
      try workshop.drop(Self.whole, as: "a.json")
      try await door.hears("accepted a.json")
      #expect(umount2(inbox, 0) == 0, "a mount that is busy")
      try await door.hears("gone")
      // What lies beneath is an empty folder, which is watched until the mount is back.
      try await door.hears("watched", times: 2)
      #expect(mount("none", inbox, "tmpfs", 0, "size=1m") == 0)
      try await door.hears("watched", times: 3)
      try workshop.drop(Self.whole, as: "b.json")
      try await door.hears("accepted b.json")
    }
    #expect(try door.jobs() == ["a.json", "b.json"])
  }

  @Test(
    "a folder the daemon may not remove from is reported once and tried again when mended (scenario 45)",
    .enabled(if: geteuid() == 0))
  func closedFolderIsTriedAgainWhenMended() async throws {
    let door = try Doorway(workshop, Workshop.Settings(pipelines: ["web": Workshop.plain]))
    try workshop.drop(Self.whole, as: "web/a.json")
    try change("+i", "\(inbox)/web")
    defer { try? change("-i", "\(inbox)/web") }
    for hours in 0..<5 {
      let look = try await door.look(isAfresh: true, now: .now + .seconds(3600 * hours))
      // Nothing is due: only an event or the next round looks at it again.
      #expect(look.waiting == 0 && look.nextDue == nil)
    }
    #expect(door.said.count == 1)
    #expect(door.said[0].hasPrefix("obstacle web/a.json: \(inbox)/web/a.json: unlink failed: "))
    #expect(door.said[0].hasSuffix("give the daemon's user the rights to it"))
    try change("-i", "\(inbox)/web")
    try await door.look(isAfresh: true)
    #expect(door.said.last == "accepted web/a.json")
    #expect(try door.jobs() == ["web/a.json"])
  }

  @Test(
    "a file that is a job and cannot be removed does not become another one (scenario 45)",
    .enabled(if: geteuid() == 0))
  func fileThatStaysIsOneJob() async throws {
    let door = try Doorway(workshop)
    try workshop.drop(Self.whole, as: "a.json")
    try change("+i", "\(inbox)/a.json")
    defer { if access("\(inbox)/a.json", F_OK) == 0 { try? change("-i", "\(inbox)/a.json") } }
    for hours in 0..<5 { try await door.look(["a.json"], isAfresh: true, now: .now + .seconds(3600 * hours)) }
    #expect(door.said.count == 2)
    #expect(door.said[0] == "accepted a.json")
    #expect(door.said[1].hasPrefix("obstacle a.json: \(inbox)/a.json: unlink failed: "))
    try change("-i", "\(inbox)/a.json")
    try await door.look(["a.json"])
    #expect(workshop.files(in: "inbox") == [])
    #expect(try door.jobs() == ["a.json"])
  }
}
