import Documents
import Foundation
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(1))) struct ControlSocketTests {
  private func attributes(_ path: String) throws -> (mode: Int, group: Int, type: FileAttributeType) {
    let found = try FileManager.default.attributesOfItem(atPath: path)
    return (
      try #require(found[.posixPermissions] as? Int), try #require(found[.groupOwnerAccountID] as? Int),
      try #require(found[.type] as? FileAttributeType)
    )
  }

  @Test func theSocketIsForItsGroupAndGoesWithTheDaemon() async throws {
    let path = try await Post.open(group: getuid() == 0 ? 4242 : getgid()) { post in
      let found = try attributes(post.path)
      #expect(found.mode == 0o660)
      #expect(found.group == (getuid() == 0 ? 4242 : Int(getgid())))
      #expect(found.type == .typeSocket)
      #expect(try FileManager.default.contentsOfDirectory(atPath: post.folder) == ["control.sock"])
      return post.path
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func whatADaemonLeftBehindIsReplaced() async throws {
    try await Post.open { post in
      let stale = Post(folder: post.folder, path: "\(post.folder)/stale.sock", counter: Counter())
      // Bound, and nobody listens any more: as after SIGKILL.
      let left = Process()
      left.executableURL = URL(filePath: "/usr/bin/python3")
      left.arguments = ["-c", "import socket,sys; s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1])", stale.path]
      try left.run()
      left.waitUntilExit()
      try #require(try attributes(stale.path).type == .typeSocket)
      await #expect(throws: ControlError.noDaemon(path: stale.path)) {
        try await stale.client.ask(ControlQuestion("echo"))
      }
      try await stale.serve { _ = try await stale.client.ask(ControlQuestion("echo")) }
    }
  }

  // Scenario 39: the spool's lock keeps two daemons apart; their sockets are kept apart here.
  @Test func aLivingDaemonsSocketIsNeverTaken() async throws {
    try await Post.open { post in
      let second = ControlServer(path: post.path, spool: "/second", group: nil)
      await #expect(
        throws: ControlError.unusable(
          path: post.path,
          reason: "another daemon listens there; give this one a path of its own (control:), or none")
      ) { try await second.run(Counter()) }
      _ = try await post.client.ask(ControlQuestion("echo"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: post.folder) == ["control.sock"])
    }
  }

  @Test func aSocketThatIsNoLongerOursIsLeftAlone() async throws {
    try await Post.open { post in
      let own = Post(folder: post.folder, path: "\(post.folder)/own.sock", counter: Counter())
      try await own.serve {
        try FileManager.default.removeItem(atPath: own.path)
        try Data("another's".utf8).write(to: URL(filePath: own.path))
      }
      #expect(try Data(contentsOf: URL(filePath: own.path)) == Data("another's".utf8))
    }
  }

  @Test func aFileIsNeverReplaced() async throws {
    try await Post.open { post in
      let path = "\(post.folder)/notes"
      try Data("mine".utf8).write(to: URL(filePath: path))
      await #expect(
        throws: ControlError.unusable(
          path: path, reason: "something lies there that is no socket; move it away, or name another path")
      ) { try await ControlServer(path: path, spool: "/spool", group: nil).run(Counter()) }
      #expect(try Data(contentsOf: URL(filePath: path)) == Data("mine".utf8))
    }
  }

  @Test func pathsThatCannotBeAreSaid() async throws {
    await #expect(
      throws: ControlError.unusable(
        path: "/nowhere/at/all/control.sock", reason: "the control socket cannot be made: No such file or directory")
    ) { try await ControlServer(path: "/nowhere/at/all/control.sock", spool: "/spool", group: nil).run(Counter()) }
    let long = "/tmp/" + String(repeating: "x", count: 120)
    await #expect(
      throws: ControlError.unusable(path: long, reason: "too long for a socket's path, which has at most 99 bytes")
    ) { try await ControlServer(path: long, spool: "/spool", group: nil).run(Counter()) }
  }

  @Test func nobodyThereAndOldDaemonsAreToldApart() async throws {
    let nowhere = "/tmp/darkroom-nobody-\(UUID().uuidString)"
    await #expect(throws: ControlError.noDaemon(path: nowhere)) {
      try await ControlClient(path: nowhere, spool: "/spool").ask(ControlQuestion("echo"))
    }
    let path = "/run/control.sock"
    #expect("\(ControlError.noDaemon(path: path))" == "no daemon listens at /run/control.sock")
    #expect("\(ControlError.versions(path: path, daemon: 2, own: 1))".contains("is newer than this command"))
    #expect("\(ControlError.versions(path: path, daemon: nil, own: 1))".contains("is older than this command"))
    #expect(
      "\(ControlError.denied(path: path, group: "darkroom"))".contains(
        "permission denied: you are not in the group darkroom"))
  }
}
