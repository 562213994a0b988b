import Foundation
import Testing

/// A thousand mixed requests on a bad day, judged from the files on the disk, the charge log and the `sqlite3` program
/// (`drain.py`, `drain_check.py`).
@Suite(.timeLimit(.minutes(10))) struct DrainTests {
  @Test func aThousandRequestsEndOnceAndEachChargeIsAccountedFor() async throws {
    let site = FileManager.default.temporaryDirectory.appending(path: "darkroom-drain-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: site, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: site) }
    let folder = site.appending(path: "site").path()
    let verdict = try await Judge.verdict("drain.py", "run", Command.path, folder)
    #expect(verdict == "", "\(verdict)")
    // The judge is judged too: it sees each thing that is broken in a copy of what it passed.
    let unseen = try await Judge.verdict("drain_distrust.py", folder)
    #expect(unseen == "", "\(unseen)")
  }
}
