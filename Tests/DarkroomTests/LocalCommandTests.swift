import Foundation
import Testing

/// Commands that call nobody: `process`, `inspect`, `check`, `submit`, and the help.
@Suite(.timeLimit(.minutes(3))) struct LocalCommandTests {
  private static let photo = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/darkroom/demo/harbour.jpg").path()
  static func photoBytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: photo))) }

  private static let canal =
    #"{"generate": {"model": "venice-sd35", "prompt": "A canal", "width": 256, "height": 256}}"#

  @Test func processPublishesADirectoryForEachImage() async throws {
    let site = try await Site()
    let run = try await site.run("process", "--pipeline", "default", "--output", "\(site.folder)/out", Self.photo)
    #expect(run.status == 0, "\(run.notes)")
    #expect(site.files(in: "out") == ["harbour/harbour.png", "harbour/manifest.json"])
    let manifest = try site.json("out/harbour/manifest.json")
    #expect((manifest["source"] as? [String: Any])?["format"] as? String == "jpeg")
    #expect((manifest["calls"] as? [Any])?.isEmpty == true)
    // The place is taken now.
    let again = try await site.run("process", "--pipeline", "default", "--output", "\(site.folder)/out", Self.photo)
    #expect(again.status == 1)
    #expect(again.notes.contains("exists already"))
  }

  @Test func theBuiltInPipelinesServeWithoutAnyFolder() async throws {
    let folder = NSTemporaryDirectory() + "darkroom-process-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try await Command.run(["process", "--pipeline", "shop", "--output", folder, Self.photo])
    #expect(run.status == 0, "\(run.notes)")
    #expect(run.output.hasSuffix("harbour-zoom.jpg harbour-square.jpg harbour-thumb.webp\n"))
  }

  @Test func everyFileOfThePipelinesFolderIsBuiltIn() async throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "pipelines").path()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
    let check = try await Command.run(["check"], environment: ["VENICE_API_KEY": "key"])
    #expect(check.status == 0, "\(check.notes)")
    let listed = check.output.split(separator: "\n").filter { $0.hasPrefix("pipeline\t") }
      .map { "\($0.split(separator: "\t")[1]).yaml" }
    #expect(listed.sorted() == files.sorted())
  }

  @Test func inspectSaysWhatAFileCarriesAndFailsForWhatIsNone() async throws {
    let site = try await Site()
    let json = try await Command.run(["inspect", "--json", Self.photo])
    #expect(json.status == 0)
    let found = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(found["format"] as? String == "jpeg")
    #expect(found["width"] as? Int == 512)
    let none = try await Command.run(["inspect", Self.photo, site.configuration])
    #expect(none.status == 1)
    #expect(none.output.contains("512x512"))
    #expect(none.notes.contains("not a WebP, PNG or JPEG picture"))
  }

  @Test func checkNamesFileLineAndKeyOfAMistake() async throws {
    let site = try await Site(pipelines: [
      "default": Site.plainPipeline, "web": "outputs:\n  - file: \"{name}.webp\"\n    qualty: 80\n",
    ])
    let check = try await site.run("check")
    #expect(check.status == 2)
    #expect(check.notes.contains("web.yaml, line 3, column 5: the key 'outputs[0].qualty' is unknown"))
    #expect(check.notes.contains("Did you mean 'quality'?"))
  }

  @Test func theConfigurationThatShipsIsRightAndSaysTheDefaults() async throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path()
    let shipped = try await Command.run(
      ["check", "--config", "\(root)/systemd/darkroom.yaml"], environment: ["DARKROOM_PIPELINES": "\(root)/pipelines"])
    #expect(shipped.status == 0, "\(shipped.notes)")
    #expect(shipped.output == (try await Command.run(["check"])).output)
  }

  @Test func treesWithinOneAnotherAreRefused() async throws {
    let check = try await Command.run(
      ["check"], environment: ["DARKROOM_INBOX": "/srv/in", "DARKROOM_OUTPUT": "/srv/in/out"])
    #expect(check.status == 2)
    #expect(check.notes.contains("/srv/in and /srv/in/out lie in one another"))
  }

  @Test func checkWorksWithoutAKeyAndRunDoesNot() async throws {
    let check = try await Command.run(["check"])
    #expect(check.status == 0)
    #expect(check.notes.contains("there is no API key"))
    let run = try await Command.run(["run", "--once"])
    #expect(run.status == 2)
    #expect(run.notes.contains("there is no API key"))
  }

  @Test func submitChecksDropsAndWaits() async throws {
    let site = try await Site()
    let request = "\(site.folder)/canal.json"
    try Data(Self.canal.utf8).write(to: URL(filePath: request))
    let daemon = try Command(["run", "--config", site.configuration])
    let submit = try await site.run("submit", "--wait", request)
    #expect(submit.status == 0, "\(submit.notes)")
    #expect(submit.notes.contains("published  canal.json: canal/"))
    #expect(site.files(in: "output") == ["canal/canal.png", "canal/manifest.json"])
    // The same name again meets the taken place.
    #expect(try await site.run("submit", "--wait", request).status == 1)
    daemon.signal(SIGTERM)
    #expect(await daemon.end().status == 0)
  }

  @Test func submitRefusesABadRequestBeforeItDropsAnything() async throws {
    let site = try await Site()
    let request = "\(site.folder)/canal.json"
    try Data(#"{"generate": {"model": "m", "promt": "p"}}"#.utf8).write(to: URL(filePath: request))
    let submit = try await site.run("submit", request)
    #expect(submit.status == 2)
    #expect(submit.notes.contains("'promt'"))
    #expect(site.files(in: "inbox").isEmpty)
  }

  @Test(arguments: [
    "run", "demo", "submit", "plan", "process", "inspect", "check", "jobs", "models", "styles", "sandbox",
  ])
  func everyCommandExplainsItself(_ command: String) async throws {
    let help = try await Command.run([command, "--help"])
    #expect(help.status == 0)
    #expect(help.output.contains("USAGE: darkroom \(command)"))
    let wrong = try await Command.run([command, "--no-such-option"])
    #expect(wrong.status == 2)
    #expect(wrong.notes.contains("USAGE: darkroom \(command)") || wrong.notes.contains("Usage: darkroom \(command)"))
  }
}
