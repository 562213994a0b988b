import Foundation
import Testing

@testable import Daemon

/// What people drop, through the whole daemon to the published directory.
@Suite(.timeLimit(.minutes(3))) struct JobTests {
  private static func photo() throws -> [UInt8] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return Array(try Data(contentsOf: root.appending(path: "Sources/darkroom/demo/harbour.jpg")))
  }

  @Test func variantsBecomeNumberedFilesOfOneDirectory() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal", more: #", "variants": 3, "seed": 7"#), as: "canal.json")
    let run = try await workshop.drain()
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(
      workshop.files(in: "output") == [
        "canal/canal-1.png", "canal/canal-2.png", "canal/canal-3.png", "canal/manifest.json",
      ])
    let manifest = try workshop.json("output/canal/manifest.json")
    let calls = try #require(manifest["calls"] as? [[String: Any]])
    #expect(calls.count == 1)
    #expect((calls[0]["originals"] as? [Any])?.count == 3)
    #expect(calls[0]["id"] as? String == (try workshop.charges()[0].id))
  }

  @Test func anEditUploadsTheNamedImageAndLeavesItWhereItIs() async throws {
    let workshop = try Workshop()
    try workshop.drop(try Self.photo(), as: "photos/harbour.jpg")
    try workshop.drop("edit: { image: photos/harbour.jpg, prompt: Make it night }", as: "night.yaml")
    let run = try await workshop.drain()
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(workshop.files(in: "inbox") == ["photos/harbour.jpg"])
    #expect(try workshop.charges().map(\.endpoint) == ["/image/edit"])
  }

  @Test func aSourceIsProcessedWithoutAnyCall() async throws {
    let workshop = try Workshop()
    try workshop.drop(try Self.photo(), as: "harbour.jpg")
    try workshop.drop(#"{"source": "harbour.jpg", "name": "port"}"#, as: "job.json")
    let run = try await workshop.drain()
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(workshop.files(in: "output") == ["port/manifest.json", "port/port.png"])
    #expect(try workshop.charges().isEmpty)
    let source = try #require(try workshop.json("output/port/manifest.json")["source"] as? [String: Any])
    #expect(source["width"] as? Int == 512)
  }

  @Test func anImageInAHotFolderIsARequestAndElsewhereMaterial() async throws {
    let workshop = try Workshop()
    try workshop.drop(try Self.photo(), as: "hot/harbour.jpg")
    try workshop.drop(try Self.photo(), as: "cold/harbour.jpg")
    var settings = Workshop.Settings()
    settings.pipelines["hot"] = "accepts-images: true\n" + Workshop.plain
    settings.pipelines["cold"] = Workshop.plain
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(workshop.files(in: "output") == ["hot/harbour/harbour.png", "hot/harbour/manifest.json"])
    #expect(workshop.files(in: "inbox") == ["cold/harbour.jpg"])
  }

  @Test func eachLineOfABatchIsAJobAndABadOneIsRefusedByItself() async throws {
    let workshop = try Workshop()
    let lines = [Workshop.request("One"), #"{"generate": {"prompt": 1}}"#, Workshop.request("Three")]
    try workshop.drop(lines.joined(separator: "\n"), as: "batch.jsonl")
    let run = try await workshop.drain()
    #expect(run.report == DaemonService.Report(published: 2, failed: 1))
    #expect(
      workshop.files(in: "output").filter { $0.hasSuffix(".png") } == [
        "batch-0001/batch-0001.png", "batch-0003/batch-0003.png",
      ])
    #expect(workshop.files(in: "failed") == ["batch-0002.json", "batch-0002.json.error.json"])
    #expect(workshop.files(in: "inbox").isEmpty)
  }

  @Test(arguments: [
    ("suffix", ["canal-2/canal.png", "canal-2/manifest.json", "canal/canal.png", "canal/manifest.json"], 2),
    ("replace", ["canal/canal.png", "canal/manifest.json"], 2),
    ("fail", ["canal/canal.png", "canal/manifest.json"], 1),
  ])
  func aTakenPlaceFollowsTheCollisionRule(_ rule: String, _ files: [String], _ charges: Int) async throws {
    let workshop = try Workshop()
    var settings = Workshop.Settings()
    settings.pipelines["default"] = "collision: \(rule)\n" + Workshop.plain
    for prompt in ["First", "Second"] {
      try workshop.drop(Workshop.request(prompt), as: "canal.json")
      _ = try await workshop.drain(settings)
    }
    #expect(workshop.files(in: "output") == files)
    #expect(try workshop.charges().count == charges)
    let prompt = try #require(
      (try workshop.json("output/canal/manifest.json")["request"] as? [String: [String: Any]])?["generate"]?["prompt"]
        as? String)
    #expect(prompt == (rule == "replace" ? "Second" : "First"))
  }

  // A file where the directory should go is found before anything is paid.
  @Test func whatIsNoDirectoryIsNotReplaced() async throws {
    let workshop = try Workshop()
    try FileManager.default.createDirectory(atPath: "\(workshop.folder)/output", withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(filePath: "\(workshop.folder)/output/canal"))
    var settings = Workshop.Settings()
    settings.pipelines["default"] = "collision: replace\n" + Workshop.plain
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(failed: 1))
    #expect(try workshop.charges().isEmpty)
    #expect(try workshop.contents("output/canal") == Array("mine".utf8))
  }

  // A name that cannot be made is refused before anything is paid.
  @Test func aPlaceholderWithoutAValueIsRefusedBeforeTheCall() async throws {
    let workshop = try Workshop()
    var settings = Workshop.Settings()
    settings.pipelines["default"] = "outputs:\n  - file: \"{name}-{label.sku}.png\"\n"
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(failed: 1))
    #expect(try workshop.charges().isEmpty)
  }

  // `on-unknown: retry` is the owner's choice, and has an end.
  @Test func anUnknownOutcomeIsRepeatedOnlySoOftenEvenWhenTheOwnerSaysRetry() async throws {
    let workshop = try Workshop()
    var settings = Workshop.Settings()
    settings.pipelines["default"] = "on-unknown: retry\n" + Workshop.plain
    try workshop.drop(Workshop.request("A canal [sandbox:status=502]"), as: "canal.json")
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(held: 1))
    let keys = try workshop.charges().map(\.key)
    #expect(keys.count == Schedule.mostUnknowns)
    #expect(Set(keys).count == keys.count)
  }

  // Scenario 30.
  @Test func aDeadNetworkLeavesTheJobWaiting() async throws {
    let workshop = try Workshop()
    var settings = Workshop.Settings()
    // Port 9 (discard) is served nowhere here.
    settings.baseURL = "http://127.0.0.1:9/api/v1"
    settings.retry = RetryPolicy(attempts: 2, firstDelay: .seconds(300), longestDelay: .seconds(300))
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain(settings, port: 9)
    #expect(run.report == DaemonService.Report(waiting: 1))
  }

  // The minute's calls are used up, and nobody waits for the next.
  @Test func aDrainEndsWhenNothingIsLeftToDo() async throws {
    let workshop = try Workshop()
    var settings = Workshop.Settings()
    settings.requestsPerMinute = 1
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let start = ContinuousClock.now
    #expect(try await workshop.drain(settings).report == DaemonService.Report(published: 1))
    #expect(ContinuousClock.now - start < .seconds(50))
  }
}
