import Foundation
import Testing

/// A hundred jobs, three of which end the workers that open their pictures (`hundred_jobs.py`).
@Suite(.timeLimit(.minutes(5))) struct HundredJobsTests {
  private struct Run: Decodable {
    let published: Int
    let kills: Int
    let failed: [String]
    /// Seconds from an answer to its publication.
    let median: Double
    /// Megabytes of the daemon.
    let idle: Double
    let peak: Double
    let workers: Int
  }

  @Test func threeThatCrashLoopAndTakeMemoryFailAndTheOthersDoNotNotice() async throws {
    let site = FileManager.default.temporaryDirectory.appending(path: "darkroom-hundred-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: site) }
    let unsound = URL(filePath: Command.path).deletingLastPathComponent().appending(path: "unsound-worker").path()
    let text = try await Python.run("hundred_jobs.py", Command.path, unsound, site.path())
    let runs = try JSONDecoder().decode([String: Run].self, from: Data(text.utf8))
    let (sound, other) = (try #require(runs["sound"]), try #require(runs["unsound"]))

    #expect(sound.published == 100 && sound.failed == [], "\(text)")
    #expect(other.published == 97 && other.kills == 3, "\(text)")
    let reasons = [
      "was ended by SIGSEGV (signal 11)", "did not finish within 15 s", "wanted more than 536870912 bytes of memory",
    ]
    try #require(other.failed.count == 3, "\(text)")
    for (found, reason) in zip(other.failed, reasons) { #expect(found.contains(reason)) }
    // What is taken is the worker's: one alone takes 512 MB here.
    #expect(other.peak - other.idle < sound.peak - sound.idle + 10, "\(text)")
    // The loop holds one of two workers for half a minute; nobody waits for it that the other can serve.
    #expect(other.median < sound.median + 2, "\(text)")
    #expect(other.workers <= 3, "\(text)")
  }
}
