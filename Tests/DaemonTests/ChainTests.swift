import Foundation
import Testing

@testable import Daemon

/// `then:`, each call journalled by itself.
@Suite(.timeLimit(.minutes(3))) struct ChainTests {
  private static func request(_ first: String, then steps: String) -> String {
    #"{"generate": {"model": "venice-sd35", "prompt": "\#(first)", "width": 256, "height": 256, "variants": 2}, "then": [\#(steps)]}"#
  }

  private func change(_ workshop: Workshop, _ sql: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/sqlite3")
    process.arguments = ["\(workshop.folder)/spool/ledger.sqlite", sql]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  @Test func eachPictureOfAStepGoesThroughTheNext() async throws {
    let workshop = try Workshop()
    let steps = #"{"upscale": {"scale": 2}}, {"background-remove": {}}"#
    try workshop.drop(Self.request("A canal", then: steps), as: "canal.json")
    let run = try await workshop.drain()
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(workshop.files(in: "output") == ["canal/canal-1.png", "canal/canal-2.png", "canal/manifest.json"])
    let charges = try workshop.charges()
    #expect(
      charges.map(\.endpoint) == [
        "/image/generate", "/image/upscale", "/image/upscale", "/image/background-remove", "/image/background-remove",
      ])
    #expect(Set(charges.map(\.key)).count == 5)
    let manifest = try workshop.json("output/canal/manifest.json")
    let calls = try #require(manifest["calls"] as? [[String: Any]])
    #expect(calls.map { $0["step"] as? Int } == [1, 2, 2, 3, 3])
    #expect(calls.map { $0["item"] as? Int } == [1, 1, 2, 1, 2])
    #expect(calls.map { $0["usd"] as? Double } == [0.02, 0.02, 0.02, 0.03, 0.03])
    #expect((calls[0]["originals"] as? [Any])?.count == 2)
    #expect((calls[1]["original"] as? [String: Any])?["width"] as? Int == 512)
    let outputs = try #require(manifest["outputs"] as? [[String: Any]])
    #expect(outputs.map { $0["width"] as? Int } == [512, 512])
    // The two variants stay two pictures all the way.
    #expect(outputs[0]["sha256"] as? String != outputs[1]["sha256"] as? String)
  }

  @Test func aLocalPictureCanBeginAChain() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.picture(width: 300, height: 300), as: "photo.png")
    try workshop.drop(#"{"source": "photo.png", "then": [{"upscale": {"scale": 2}}]}"#, as: "job.json")
    let run = try await workshop.drain()
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(try workshop.charges().map(\.endpoint) == ["/image/upscale"])
    let manifest = try workshop.json("output/job/manifest.json")
    #expect((manifest["source"] as? [String: Any])?["width"] as? Int == 300)
    #expect((manifest["outputs"] as? [[String: Any]])?.first?["width"] as? Int == 600)
  }

  // Scenario 18, of the third call: the first two are never paid again.
  @Test func aCrashInTheThirdCallNeverRepaysTheFirstTwo() async throws {
    let workshop = try Workshop()
    try workshop.drop(Self.request("A canal", then: #"{"upscale": {"scale": 2}}"#), as: "canal.json")
    _ = try await workshop.drain()
    try #require(try workshop.charges().count == 3)
    try FileManager.default.removeItem(atPath: "\(workshop.folder)/output/canal")
    // As the ledger stood when the third call had been committed, and the daemon was killed.
    try change(
      workshop,
      """
      DELETE FROM outputs; DELETE FROM originals; UPDATE jobs SET state = 'calling', published = NULL;
      UPDATE calls SET state = 'intended', status = NULL, body = NULL, finished = NULL WHERE ordinal = 3;
      INSERT INTO places SELECT place, id FROM jobs;
      """)
    #expect(try await workshop.drain().report == DaemonService.Report(held: 1))
    #expect(try workshop.charges().count == 3)
    // Somebody looked, and releases it: one call more, and the picture.
    try change(workshop, "UPDATE jobs SET state = 'queued', reason = NULL, not_before = NULL;")
    #expect(try await workshop.drain().report == DaemonService.Report(published: 1))
    let endpoints = try workshop.charges().map(\.endpoint)
    #expect(endpoints == ["/image/generate", "/image/upscale", "/image/upscale", "/image/upscale"])
    #expect(Set(try workshop.charges().map(\.key)).count == 4)
  }

  // A crash after the second answer: the third call is the next.
  @Test func aCrashBetweenTwoStepsGoesOnWithTheNextCall() async throws {
    let workshop = try Workshop()
    try workshop.drop(Self.request("A canal", then: #"{"upscale": {"scale": 2}}"#), as: "canal.json")
    _ = try await workshop.drain()
    try FileManager.default.removeItem(atPath: "\(workshop.folder)/output/canal")
    try change(
      workshop,
      """
      DELETE FROM outputs; DELETE FROM originals; DELETE FROM calls WHERE ordinal = 3;
      UPDATE jobs SET state = 'responded', published = NULL, step = 2, item = 1;
      INSERT INTO places SELECT place, id FROM jobs;
      """)
    #expect(try await workshop.drain().report == DaemonService.Report(published: 1))
    #expect(try workshop.charges().count == 4)
  }

  // Nothing more is paid for what the pipeline rejects.
  @Test(arguments: ["[sandbox:blurred]", "[sandbox:violation]", "[sandbox:short]", "[sandbox:size=512x512]"])
  func anUnfitPictureEndsTheChainBeforeTheNextCall(_ directive: String) async throws {
    let workshop = try Workshop()
    try workshop.drop(Self.request("A canal \(directive)", then: #"{"upscale": {"scale": 2}}"#), as: "canal.json")
    let run = try await workshop.drain()
    #expect(run.report == DaemonService.Report(failed: 1))
    #expect(try workshop.charges().map(\.endpoint) == ["/image/generate"])
    let report = try workshop.json("failed/canal.json.error.json")
    #expect(!((report["kept"] as? [String]) ?? []).isEmpty)
  }

  @Test func aRefusedStepFailsTheJobAndKeepsWhatWasPaidFor() async throws {
    let workshop = try Workshop()
    let steps = #"{"edit": {"prompt": "Make it night [sandbox:status=400]"}}"#
    try workshop.drop(Self.request("A canal", then: steps), as: "canal.json")
    let run = try await workshop.drain()
    #expect(run.report == DaemonService.Report(failed: 1))
    #expect(try workshop.charges().map(\.endpoint) == ["/image/generate"])
  }
}
