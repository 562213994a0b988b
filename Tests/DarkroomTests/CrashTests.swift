import Foundation
import Testing

/// Samples of what `Tests/Crash` does in full: the program is killed, its disk forgets, fails or is full, and the books
/// are held against the judge of the drain. The C library that does it is compiled at the time, with `cc`.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CrashTests {
  @Test("Nothing that changes the disk goes past the library: strace counts the same")
  func countsAreThoseOfStrace() async throws { try await crash("count") }

  @Test("A kill at any system call leaves the books in order (scenarios 18, 20, 40)")
  func killAtAnyCall() async throws { try await crash("kill", "--every", "41", "--first", "3") }

  @Test("So does a kill of the run that recovers (scenario 40)")
  func killAmidTheRecovery() async throws { try await crash("twice", "--every", "70", "--first", "60") }

  @Test("So does a power loss: unsynced writes are gone or torn, unsynced names undone (scenario 41)")
  func powerLoss() async throws { try await crash("power", "--states", "60") }

  @Test("A write or an fsync that fails counts as lost: the books hold (scenarios 32, 33)")
  func failingCalls() async throws { try await crash("fail", "--every", "83", "--first", "7") }

  @Test("A full disk stops nothing for good, and nothing is paid that cannot be kept (scenarios 32, 35)")
  func fullDisks() async throws { try await crash("full") }

  private func crash(_ command: String, _ options: String...) async throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let words = FileManager.default.temporaryDirectory.appending(path: "darkroom-crash-\(UUID().uuidString)")
    try Data().write(to: words)
    defer { try? FileManager.default.removeItem(at: words) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [tests.appending(path: "Crash/crash.py").path(), command, Command.path] + options
    let handle = try FileHandle(forWritingTo: words)
    process.standardOutput = handle
    process.standardError = handle
    let status = try await withCheckedThrowingContinuation { (done: CheckedContinuation<Int32, any Error>) in
      process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { done.resume(throwing: error) }
    }
    let verdict = String(decoding: try Data(contentsOf: words), as: UTF8.self)
    #expect(status == 0, "\(verdict)")
  }
}
