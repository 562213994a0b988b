import Foundation
import Testing

@testable import Workers

/// What a worker can no longer do, each tried with and without its confinement by the probe in `Tests/ConfinementProbe`.
@Suite struct ConfinementTests {
  /// How a deed ended.
  enum End: Equatable {
    case done
    /// With the name of the error.
    case refused(String)
    case killed(signal: Int32)
  }

  private func end(of deed: String, _ options: String..., as user: Int? = nil) throws -> End {
    let folder = NSTemporaryDirectory() + "darkroom-probe-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data().write(to: URL(filePath: folder + "/there"))
    let words = FileManager.default.temporaryDirectory.appending(path: "darkroom-probe-\(UUID().uuidString).txt")
    try Data().write(to: words)
    defer { try? FileManager.default.removeItem(at: words) }
    let process = Process()
    var command = [Pictures.folder + "confinement-probe"] + options + [deed]
    if let user {
      // Where another user can come to it.
      try FileManager.default.copyItem(atPath: command[0], toPath: folder + "/probe")
      command[0] = folder + "/probe"
      command = ["/usr/bin/setpriv", "--reuid=\(user)", "--clear-groups"] + command
    }
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = URL(filePath: folder)
    let file = try FileHandle(forWritingTo: words)
    process.standardError = file
    try process.run()
    process.waitUntilExit()
    if process.terminationReason == .uncaughtSignal { return .killed(signal: process.terminationStatus) }
    try #require(process.terminationStatus == 0)
    let text = try String(contentsOf: words, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    return text == "done" || text.isEmpty ? .done : .refused(text)
  }

  @Test(arguments: [
    ("open-a-file", End.refused("EACCES")), ("open-beneath", .refused("EACCES")),
    ("create-a-file", .refused("EACCES")), ("list-a-folder", .refused("EACCES")),
    ("look-at-a-file", .refused("EPERM")), ("remove-a-file", .refused("EPERM")),
    ("make-a-socket", .killed(signal: SIGSYS)), ("connect-to-a-server", .killed(signal: SIGSYS)),
    ("make-a-pair", .killed(signal: SIGSYS)), ("execute", .killed(signal: SIGSYS)),
    ("fork-by-fork", .killed(signal: SIGSYS)), ("fork-by-clone", .refused("EPERM")),
    ("fork-by-clone3", .refused("ENOSYS")), ("new-namespace", .killed(signal: SIGSYS)),
    ("signal-the-parent", .killed(signal: SIGSYS)), ("trace-the-parent", .killed(signal: SIGSYS)),
    ("executable-memory", .refused("EPERM")), ("memory-made-executable", .refused("EPERM")),
    ("shared-memory", .refused("EPERM")), ("memory-file", .killed(signal: SIGSYS)),
    ("write-to-a-descriptor", .refused("EPERM")), ("raise-a-limit", .refused("EPERM")),
    ("become-dumpable", .refused("EPERM")), ("leave-a-core", .refused("EPERM")),
  ])
  func whatAWorkerMayNotDoIsRefusedOrItsEndAndWorksWithoutConfinement(_ deed: String, _ expected: End) throws {
    let confined = try end(of: deed)
    #expect(confined == expected)
    let free = try end(of: deed, "--free")
    #expect(free == .done)
  }

  @Test func threadsAndMemoryAreStillToBeHad() throws {
    for deed in ["make-a-thread", "take-memory"] {
      let confined = try end(of: deed)
      #expect(confined == .done)
    }
  }

  /// Limits on processes count threads too, and bind everybody but root, who runs no daemon.
  @Test func threadsAreToBeHadWithoutRoot() throws {
    guard getuid() == 0 else { return }
    for (deed, expected) in [("make-a-thread", End.done), ("fork-by-clone", .refused("EPERM"))] {
      let confined = try end(of: deed, as: 65_534)
      #expect(confined == expected)
    }
  }

  /// It holds where a hole in the list of calls would be.
  @Test(arguments: ["open-a-file", "open-beneath", "create-a-file", "list-a-folder", "connect-to-a-server"])
  func landlockAloneRefusesPathsAndServers(_ deed: String) throws {
    // A kernel without it is served by the list of calls alone.
    guard try end(of: "have-landlock", "--free") == .done else { return }
    let confined = try end(of: deed, "--landlock")
    #expect(confined == .refused("EACCES"))
  }

  @Test func aWorkerAtWorkHasGivenUpItsRights() throws {
    let pool = try Pictures.pool(nil, memory: 1 << 30)
    _ = try pool.header(of: try Pictures.open())
    let worker = try #require(pool.waiting.first)
    func lines(_ file: String) throws -> [String] {
      try String(contentsOfFile: "/proc/\(worker)/\(file)", encoding: .utf8).split(separator: "\n").map(String.init)
    }
    let status = try lines("status")
    #expect(status.contains("NoNewPrivs:\t1"))
    #expect(status.contains("Seccomp:\t2"))
    #expect(status.contains("Threads:\t1"))
    func limit(_ name: String) throws -> [String] {
      let line = try #require(try lines("limits").first { $0.hasPrefix(name) })
      return line.dropFirst(name.count).split(separator: " ").prefix(2).map(String.init)
    }
    #expect(try limit("Max core file size") == ["0", "0"])
    #expect(try limit("Max open files") == ["16", "16"])
    #expect(try limit("Max address space") == ["1073741824", "1073741824"])
    #expect(try limit("Max file size") == ["1073741824", "1073741824"])
    #expect(try limit("Max cpu time").first != "unlimited")
  }
}
