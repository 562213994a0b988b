import Foundation
import Testing

/// `darkroom models` and `darkroom styles`: from the API, from what was fetched before, or from the program's own list.
@Suite(.timeLimit(.minutes(3))) struct ModelsAndStylesTests {
  private static let bundled = Judge.tests.deletingLastPathComponent().appending(path: "Sources/Catalogue/models.json")

  /// Python's words on what `models --json` and, where it is given, `styles --json` printed.
  private func verdict(_ site: Site, models: String, styles: String?, source: String) async throws -> String {
    try Data(models.utf8).write(to: URL(filePath: "\(site.folder)/models.jsonl"))
    if let styles { try Data(styles.utf8).write(to: URL(filePath: "\(site.folder)/styles.json")) }
    return try await Judge.verdict(
      "models_listed.py", "\(site.folder)/models.jsonl", styles == nil ? "-" : "\(site.folder)/styles.json", source)
  }

  private func rows(_ table: String) -> [[Substring]] {
    table.split(separator: "\n").map { $0.split(separator: " ") }
  }

  @Test func theAPIsOwnAreListedAsItSendsThem() async throws {
    let site = try await Site()
    let before = site.inventory()
    let models = try await site.run("models", "--json")
    let styles = try await site.run("styles", "--json")
    #expect(site.inventory() == before, "a question changes nothing")
    #expect([models.status, styles.status] == [0, 0], "\(models.notes)\(styles.notes)")
    #expect(try await verdict(site, models: models.output, styles: styles.output, source: site.baseURL) == "")
    let table = try await site.run("models")
    #expect(table.notes.hasPrefix("fetched "))
    #expect(rows(table.output).count == 61)
    #expect(
      rows(table.output).contains(["venice-sd35", "image", "0.01", "width,", "height", "(multiples", "of", "16)"]))
    #expect(rows(table.output).contains(["upscaler", "upscale", "2x", "0.02,", "4x", "0.08"]))
    let names = try await site.run("styles").output.split(separator: "\n")
    #expect(names.count == 18)
    #expect(names.first == "3D Model")
  }

  @Test func namesAndTypesNarrowTheList() async throws {
    let site = try await Site(baseURL: "http://127.0.0.1:1/api/v1")
    let upscale = try await site.run("models", "--offline", "--type", "upscale", "--json")
    #expect(try documents(upscale.output).map { $0["id"] as? String } == ["upscaler"])
    let two = try await site.run("models", "--offline", "chroma", "gpt-image-2")
    #expect(Set(rows(two.output).dropFirst().map { $0[0] }) == ["chroma", "gpt-image-2"])
    #expect(two.output.contains("1K 0.02-0.27, 2K 0.03-0.51, 4K 0.05-0.84"), "\(two.output)")
    for (arguments, says) in [
      (["chrmoa"], "there is no model chrmoa; did you mean chroma?"),
      (["--type", "car"], "there are no models of type car"),
    ] {
      let wrong = try await Command.run(["models", "--offline", "--config", site.configuration] + arguments)
      #expect(wrong.status == 2)
      #expect(wrong.notes.contains(says), "\(wrong.notes)")
    }
  }

  @Test func offlineAsksNobodyAndShowsTheProgramsOwnList() async throws {
    let api = try DeafPort()
    let site = try await Site(baseURL: "http://127.0.0.1:\(api.number)/api/v1")
    let models = try await site.run("models", "--offline", "--json")
    #expect(models.status == 0)
    #expect(try await verdict(site, models: models.output, styles: nil, source: Self.bundled.path()) == "")
    let table = try await site.run("models", "--offline")
    #expect(table.notes == "as of this program's release; nothing was fetched yet\n")
    let styles = try await site.run("styles", "--offline")
    #expect(styles.status == 1)
    #expect(styles.notes == "darkroom: the styles were never fetched: the API has to be reached once\n")
    #expect(!api.wasCalled)
  }

  @Test func withoutAnAPIWhatIsKnownIsShownWithAWarning() async throws {
    let site = try await Site()
    let live = [try await site.run("models", "--json").output, try await site.run("styles", "--json").output]
    await site.stopAPI()
    let models = try await site.run("models", "--json")
    #expect(models.status == 0)
    #expect(models.notes.hasPrefix("warning: "))
    #expect(models.notes.contains(site.baseURL) || models.notes.contains("/models"), "\(models.notes)")
    #expect(try await verdict(site, models: models.output, styles: nil, source: Self.bundled.path()) == "")
    let styles = try await site.run("styles")
    #expect(styles.status == 1)
    #expect(styles.notes.contains("warning: ") && styles.notes.contains("the styles were never fetched"))
    #expect(!live.contains(models.output))
  }

  @Test func whatTheDaemonFetchedIsThereWithoutAnAPI() async throws {
    let site = try await Site()
    let live = [try await site.run("models", "--json").output, try await site.run("styles", "--json").output]
    #expect(try await site.run("run", "--once").status == 0)
    await site.stopAPI()
    for more in [[], ["--offline"]] {
      let arguments = ["--json", "--config", site.configuration] + more
      let models = try await Command.run(["models"] + arguments)
      let styles = try await Command.run(["styles"] + arguments)
      #expect([models.output, styles.output] == live)
      #expect([models.status, styles.status] == [0, 0])
      #expect(models.notes.contains("warning: ") == more.isEmpty)
    }
  }
}
