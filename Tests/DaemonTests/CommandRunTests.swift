import Foundation
import Testing

@testable import Daemon

/// Scenario 43: what a command gets, and how it ends.
@Suite(.timeLimit(.minutes(3))) struct CommandRunTests {
  private static let threads = BlockingWork(name: "commands", threads: 4)

  private func run(
    _ arguments: [String], environment: [String: String] = [:], directory: String = "/",
    timeout: Duration = .seconds(20), grace: Duration = .seconds(5)
  ) async -> CommandRun.Outcome {
    await CommandRun(
      arguments: arguments, environment: environment, directory: directory, timeout: timeout, grace: grace
    ).run(on: Self.threads)
  }

  private func said(_ outcome: CommandRun.Outcome) -> String { String(decoding: outcome.tail, as: UTF8.self) }

  /// A file that a command writes and a test reads.
  private func scratch() -> String { NSTemporaryDirectory() + "command-\(UUID().uuidString)" }

  @Test("the environment is exactly what is named (scenario 43)")
  func theEnvironmentIsExactlyWhatIsNamed() async {
    setenv("DARKROOM_TEST_OF_THE_DAEMON", "leaks", 1)
    let outcome = await run(["/usr/bin/env"], environment: ["B": "2 3", "A": "1"])
    #expect(outcome == CommandRun.Outcome(end: .exited(0), tail: Array("A=1\nB=2 3\n".utf8)))
  }

  @Test("no descriptor but 0, 1 and 2 is inherited, also none that is open to children (scenario 43)")
  func noOtherDescriptorIsInherited() async throws {
    // Without FD_CLOEXEC.
    let open = (0..<5).map { _ in dup(0) }
    defer { for file in open { close(file) } }
    // Listing takes one more, which is the listing's own.
    let outcome = await run(["/bin/sh", "-c", "ls -l /proc/$$/fd | awk 'NR > 1 { print $9, $11 }'"])
    let lines = said(outcome).split(separator: "\n").map(String.init)
    #expect(lines.count == 3, "\(lines)")
    #expect(lines.first == "0 /dev/null")
    #expect(lines.dropFirst().allSatisfy { $0.contains("pipe:") })
  }

  @Test("a session and group of its own, no signal blocked or ignored, its folder (scenario 43)")
  func theProgramBeginsAfresh() async throws {
    signal(SIGPIPE, SIG_IGN)
    let folder = URL(filePath: scratch()).resolvingSymlinksInPath().path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let outcome = await run(
      [
        "/usr/bin/python3", "-c",
        """
        import os
        status = dict(line.split(':', 1) for line in open('/proc/self/status'))
        print(os.getsid(0) == os.getpgid(0) == os.getpid(), os.getcwd(), *(status[k].strip() for k in ('SigBlk', 'SigCgt')))
        print(int(status['SigIgn'], 16) & 0x7FFFFFFF & ~(1 << 12 | 1 << 24))
        """,
      ], directory: folder)
    // Python itself ignores SIGPIPE (13) and SIGXFSZ (25), and catches SIGINT (2). The C library keeps signals 32 and 33
    // to itself.
    #expect(said(outcome) == "True \(folder) 0000000000000000 0000000000000002\n0\n")
    let sh = await run(["/bin/sh", "-c", "grep SigIgn /proc/$$/status"])
    #expect(Int(said(sh).suffix(17).dropLast(), radix: 16).map { $0 & 0x7FFF_FFFF } == 0, "\(said(sh))")
  }

  @Test func aFolderThatIsGoneIsTheRoot() async {
    #expect(said(await run(["/bin/pwd"], directory: "/nowhere/at/all")) == "/\n")
  }

  @Test("arguments are not split, expanded or read by a shell (scenario 43)")
  func argumentsArriveAsTheyAre() async {
    let outcome = await run(["/usr/bin/printf", "<%s>", "a b", "$HOME `id`", "*", "", "ü\n"])
    #expect(said(outcome) == "<a b><$HOME `id`><*><><ü\n>")
  }

  @Test(arguments: [
    (["/bin/false"], "it ended with status 1"),
    (["/bin/sh", "-c", "echo why >&2; exit 75"], "it ended with status 75: why"),
    (["/bin/sh", "-c", "kill -9 $$"], "it was ended by signal 9"),
    (["/nowhere/program"], "it cannot be started: No such file or directory"),
    (["/etc/passwd"], "it cannot be started: Permission denied"), (["/"], "it cannot be started: Permission denied"),
  ])
  func whatWentWrongIsSaid(arguments: [String], words: String) async {
    #expect(await run(arguments).failure(timeout: .seconds(20)) == words)
  }

  @Test func aScriptWithoutItsInterpreterIsReadByNoShell() async throws {
    let script = scratch()
    try Data("touch \(script).ran\n".utf8).write(to: URL(filePath: script))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    defer { try? FileManager.default.removeItem(atPath: script) }
    #expect(await run([script]).failure(timeout: .seconds(20)) == "it cannot be started: Exec format error")
    #expect(!FileManager.default.fileExists(atPath: "\(script).ran"))
  }

  @Test("a program that hangs is ended with its whole group at the time-out (scenario 43)")
  func aProgramThatHangsIsEndedWithItsWholeGroup() async throws {
    let file = scratch()
    defer { try? FileManager.default.removeItem(atPath: file) }
    // The program itself gives way to SIGTERM, what it started does not.
    let outcome = await run(
      [
        "/bin/sh", "-c",
        "(trap '' TERM; echo $$ > \(file).p; while :; do sleep 0.05; date +%s%N > \(file); done) & wait",
      ],
      timeout: .milliseconds(400))
    #expect(outcome.end == .timedOut)
    #expect(outcome.failure(timeout: .milliseconds(400)) == "it was ended after 0.4 seconds")
    #expect(try await isStill(file))
  }

  @Test("a program that does not give way is killed after its grace (scenario 43)")
  func aProgramThatDoesNotGiveWayIsKilled() async {
    let outcome = await run(
      ["/bin/sh", "-c", "trap 'echo not now' TERM; while :; do sleep 0.05; done"], timeout: .milliseconds(200),
      grace: .milliseconds(300))
    #expect(outcome.end == .timedOut)
    #expect(said(outcome).contains("not now\n"))
  }

  @Test("what a program leaves behind in its group ends with it (scenario 43)")
  func whatAProgramLeavesBehindEndsWithIt() async throws {
    let file = scratch()
    defer { try? FileManager.default.removeItem(atPath: file) }
    let outcome = await run(
      [
        "/bin/sh", "-c",
        "(while :; do date +%s%N > \(file); sleep 0.05; done) & while [ ! -s \(file) ]; do sleep 0.02; done; exit 0",
      ])
    #expect(outcome.end == .exited(0))
    #expect(try await isStill(file))
  }

  @Test("who holds the output open after the program's end is not waited for (scenario 43)")
  func whoHoldsTheOutputOpenIsNotWaitedFor() async throws {
    let before = ContinuousClock.now
    // Out of the group, as a daemon is.
    let outcome = await run(["/usr/bin/setsid", "--fork", "/bin/sleep", "90"])
    #expect(outcome.end == .exited(0))
    #expect(ContinuousClock.now - before < .seconds(60))
  }

  @Test("only the last words are kept, however much is said (scenario 43)")
  func onlyTheLastWordsAreKept() async {
    let outcome = await run(["/bin/sh", "-c", "seq 1 500000; printf '\\033[31mlast\\n' >&2; exit 3"])
    #expect(outcome.tail.count == CommandRun.tailLimit)
    let words = outcome.failure(timeout: .seconds(20)) ?? ""
    #expect(words.hasPrefix("it ended with status 3: …"))
    #expect(words.hasSuffix("| 499999 | 500000 | [31mlast"))
  }

  @Test("a cancelled run is ended at once, and is no failure of the program's (scenario 43)")
  func aCancelledRunIsEndedAtOnce() async throws {
    let file = scratch()
    defer { try? FileManager.default.removeItem(atPath: file) }
    let outcome = await withTaskGroup(of: CommandRun.Outcome?.self) { group in
      group.addTask { await run(["/bin/sh", "-c", "echo begun > \(file); sleep 50"]) }
      while !FileManager.default.fileExists(atPath: file) { await Task.yield() }
      group.cancelAll()
      return await group.next() ?? nil
    }
    #expect(outcome?.end == .stopped)
  }

  /// Whether nobody writes the file any more: every process whose arguments name it is gone.
  private func isStill(_ file: String) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(2)
    while .now < deadline {
      let isAlive = try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { entry in
        guard Int(entry) != nil, let line = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline") else {
          return false
        }
        return line.range(of: Data(file.utf8)) != nil
      }
      if !isAlive { return true }
      await Task.yield()
    }
    return false
  }
}
