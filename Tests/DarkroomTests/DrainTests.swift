import Foundation
import Testing

/// A thousand mixed requests on a bad day, judged from the files on the disk, the charge log and the `sqlite3` program
/// (`drain.py`, `drain_check.py`).
@Suite(.timeLimit(.minutes(10))) struct DrainTests {
  @Test func aThousandRequestsEndOnceAndEachChargeIsAccountedFor() async throws {
    let site = FileManager.default.temporaryDirectory.appending(path: "darkroom-drain-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: site, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: site) }
    let words = site.appending(path: "verdict")
    try Data().write(to: words)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: "drain.py").path(), "run",
      Command.path, site.appending(path: "site").path(),
    ]
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
