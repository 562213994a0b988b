import Foundation
import Testing

/// `darkroom run`, the program itself.
@Suite(.timeLimit(.minutes(3))) struct RunCommandTests {
  private static let canal =
    #"{"generate": {"model": "venice-sd35", "prompt": "A canal", "width": 256, "height": 256}}"#

  @Test func onceExitsWith0WhenAllWerePublished() async throws {
    let site = try await Site()
    try site.drop(Self.canal, as: "canal.json")
    let run = try await site.run("run", "--once")
    #expect(run.status == 0, "\(run.notes)")
    #expect(site.files(in: "output") == ["canal/canal.png", "canal/manifest.json"])
    #expect(run.notes.hasSuffix("1 published, 0 failed, 0 held, 0 waiting\n"))
  }

  @Test func onceExitsWith75WhenOnlyWaitingJobsAreLeft() async throws {
    let site = try await Site()
    try site.drop(Self.canal.replacing("A canal", with: "A canal [sandbox:status=402]"), as: "canal.json")
    let run = try await site.run("run", "--once")
    #expect(run.status == 75, "\(run.notes)")
    #expect(site.files(in: "failed").isEmpty)
  }

  @Test func onceExitsWith1WhenAJobIsHeld() async throws {
    let site = try await Site()
    try site.drop(Self.canal.replacing("A canal", with: "A canal [sandbox:drop]"), as: "canal.json")
    #expect(try await site.run("run", "--once").status == 1)
    // It stays held: a restart does not call again.
    #expect(try await site.run("run", "--once").status == 1)
    #expect(try site.charges() == 1)
  }

  @Test func aWrongConfigurationExitsWith2AndNamesLineAndKey() async throws {
    let site = try await Site(settings: "worker: 3")
    let run = try await site.run("run", "--once")
    #expect(run.status == 2)
    #expect(run.notes.contains("\"worker\" is no setting; did you mean \"workers\"?"))
    #expect(run.notes.contains("line 11, column 1"))
  }

  // Scenario 39.
  @Test func aSecondDaemonOnOneSpoolExitsWith75() async throws {
    let site = try await Site()
    let first = try Command(["run", "--config", site.configuration])
    try site.drop(Self.canal, as: "canal.json")
    _ = try await first.line(beginning: "published")
    let second = try await site.run("run", "--once")
    #expect(second.status == 75)
    #expect(second.notes.contains("is in use by another daemon"))
    first.signal(SIGTERM)
    #expect(await first.end().status == 0)
  }

  @Test func theDaemonTakesWhatIsDroppedWhileItRunsAndStopsOnSIGTERM() async throws {
    let site = try await Site(pipelines: ["default": Site.plainPipeline, "web": Site.plainPipeline])
    let daemon = try Command(["run", "--config", site.configuration])
    // A folder that did not exist when the watch began.
    for index in 1...3 {
      try site.drop(Self.canal, as: "web/canal-\(index).json")
      _ = try await daemon.line(beginning: "published")
    }
    daemon.signal(SIGTERM)
    let end = await daemon.end()
    #expect(end.status == 0, "\(end.notes)")
    #expect(site.files(in: "output").filter { $0.hasSuffix(".png") }.count == 3)
  }

  // Scenario 29.
  @Test func aStopFinishesTheCallThatIsPaidFor() async throws {
    let site = try await Site()
    let daemon = try Command(["run", "--config", site.configuration])
    try site.drop(Self.canal.replacing("A canal", with: "A canal [sandbox:latency=1s]"), as: "slow.json")
    _ = try await daemon.line(beginning: "calling")
    daemon.signal(SIGTERM)
    let end = await daemon.end()
    #expect(end.status == 0, "\(end.notes)")
    #expect(site.files(in: "output") == ["slow/manifest.json", "slow/slow.png"])
  }

  // Scenarios 18 and 20: SIGKILL during a call holds the job; after the answer nothing is called again.
  @Test func aKillDuringACallHoldsTheJob() async throws {
    let site = try await Site()
    let daemon = try Command(["run", "--config", site.configuration])
    try site.drop(Self.canal.replacing("A canal", with: "A canal [sandbox:hang]"), as: "hang.json")
    _ = try await daemon.line(beginning: "calling")
    daemon.signal(SIGKILL)
    _ = await daemon.end()
    let again = try await site.run("run", "--once")
    #expect(again.status == 1)
    #expect(again.notes.contains("held"))
    #expect(!again.notes.contains("calling"))
  }

  // Scenario 17.
  @Test func aRequestWaitsForTheImageThatItNames() async throws {
    let site = try await Site()
    let daemon = try Command(["run", "--config", site.configuration])
    try site.drop("source: photos/harbour.jpg", as: "port.yaml")
    #expect(try await daemon.line(beginning: "waiting").contains("photos/harbour.jpg"))
    try site.drop(LocalCommandTests.photoBytes(), as: "photos/harbour.jpg")
    _ = try await daemon.line(beginning: "published")
    daemon.signal(SIGTERM)
    #expect(await daemon.end().status == 0)
  }

  // Scenario 15: the inbox goes during a call. The call is finished, and the inbox is watched again when it is back.
  @Test func anInboxThatGoesEndsNoCallAndIsWatchedAgain() async throws {
    let site = try await Site()
    let daemon = try Command(["run", "--config", site.configuration])
    try site.drop(Self.canal.replacing("A canal", with: "A canal [sandbox:latency=1s]"), as: "first.json")
    _ = try await daemon.line(beginning: "calling")
    try FileManager.default.removeItem(atPath: "\(site.folder)/inbox")
    #expect(try await daemon.line(beginning: "published").contains("first/"))
    try site.drop(Self.canal, as: "second.json")
    #expect(try await daemon.line(beginning: "published").contains("second/"))
    daemon.signal(SIGTERM)
    #expect(await daemon.end().status == 0)
  }

  @Test func theKeyAppearsNowhere() async throws {
    let site = try await Site()
    let key = "sk-secret-of-the-test"
    for (index, directive) in ["", "[sandbox:status=400]", "[sandbox:garbage]", "[sandbox:drop]"].enumerated() {
      try site.drop(Self.canal.replacing("A canal", with: "A canal \(directive)"), as: "\(index).json")
    }
    let run = try await Command.run(
      ["run", "--once", "--config", site.configuration], environment: ["VENICE_API_KEY": key])
    #expect(!run.notes.contains(key) && !run.output.contains(key))
    for tree in ["output", "failed", "spool", "inbox"] {
      for file in site.files(in: tree) {
        #expect(Data(try site.contents("\(tree)/\(file)")).range(of: Data(key.utf8)) == nil, "\(tree)/\(file)")
      }
    }
  }
}
