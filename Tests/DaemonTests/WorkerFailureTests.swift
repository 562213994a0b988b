import Foundation
import Ledger
import Testing
import Workers

@testable import Daemon

/// Scenario 37: pictures that do something to the process that opens them.
@Suite struct WorkerFailureTests {
  private static func settings() -> Workshop.Settings {
    var settings = Workshop.Settings()
    settings.worker.program = URL(filePath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent()
      .appending(path: "unsound-worker").path()
    settings.worker.time = .seconds(2)
    settings.worker.memory = 512 << 20
    return settings
  }

  /// A job whose pictures find the worker at fault, beside one that is as others are: it fails with the reason, and what
  /// was paid for once is kept.
  private static func expectFailure(of fault: String, _ reason: String) async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("[worker:\(fault)]"), as: "bad.json")
    try workshop.drop(Workshop.request("a canal"), as: "good.json")
    let run = try await workshop.drain(settings())
    #expect(run.report == DaemonService.Report(published: 1, failed: 1))
    #expect(workshop.files(in: "output") == ["good/good.png", "good/manifest.json"])
    #expect(workshop.files(in: "failed") == ["bad.json", "bad.json.error.json"])
    let report = try workshop.json("failed/bad.json.error.json")
    #expect(report["error"] as? String == reason)
    #expect(report["stage"] as? String == "processing")
    let kept = try #require((report["kept"] as? [String])?.first { $0.hasSuffix("/original-1-1.webp") })
    #expect([UInt8](try Data(contentsOf: URL(filePath: kept))).starts(with: Array("RIFF".utf8)))
    #expect(try workshop.ledger("SELECT state FROM jobs ORDER BY name") == ["failed", "published"])
    #expect(try workshop.charges().count == 2)
  }

  @Test(arguments: [
    (
      "crash",
      "the worker that the picture was given to was ended by SIGSEGV (signal 11); the picture may be damaged, or made to "
        + "do harm: look at it, and give another"
    ),
    (
      "loop",
      "the worker that the picture was given to did not finish within 2 s; ask for less, or raise limits.worker-time"
    ),
    (
      "memory",
      "the worker that the picture was given to wanted more than 536870912 bytes of memory; ask for less, or raise "
        + "limits.worker-memory"
    ),
  ])
  func theJobFailsWithItsReasonAndTheOriginalIsKept(_ fault: String, _ reason: String) async throws {
    try await Self.expectFailure(of: fault, reason)
  }

  /// What leaves the worker without its marks, with others, or with more than them, is published nowhere.
  @Test(arguments: [
    ("unmarked", "output \"{name}.png\", read back: its EXIF is not what was planned"),
    ("mismarked", "output \"{name}.png\", read back: its XMP is not what was planned"),
    ("surplus", "output \"{name}.png\", read back: it carries more than was planned: 11 bytes behind the picture"),
  ])
  func anOutputWithoutItsMarksFailsTheJobAndWhatWasPaidForIsKept(_ fault: String, _ reason: String) async throws {
    try await Self.expectFailure(of: fault, reason)
  }

  /// Whoever went on would give it to two workers more.
  @Test func anOriginalWhoseHeaderEndsWorkersIsNotLookedAtAgain() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("a canal"), as: "bad.json")
    var settings = Self.settings()
    settings.limits.bytes = 77_777_777
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(failed: 1))
    let error = try #require(try workshop.json("failed/bad.json.error.json")["error"] as? String)
    #expect(error.hasPrefix("the worker that the picture was given to was ended by SIGSEGV (signal 11); "))
  }

  @Test func aMissingWorkerIsToldBeforeAnythingIsTaken() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("a canal"), as: "good.json")
    var settings = Workshop.Settings()
    settings.worker.program = "\(workshop.folder)/darkroom-worker"
    let error = await #expect(throws: WorkerProgramError.self) { try await workshop.drain(settings) }
    #expect(error == .missing(places: ["\(workshop.folder)/darkroom-worker"]))
    #expect(workshop.files(in: "inbox") == ["good.json"])
  }
}
