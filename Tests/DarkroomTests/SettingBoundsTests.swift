import Foundation
import Testing

/// Settings and options that are wrong are named; none of them ends the program.
@Suite(.timeLimit(.minutes(3))) struct SettingBoundsTests {
  @Test(
    arguments: [
      ("budget: { unknown-model-usd: 9000000000000 }", "budget.unknown-model-usd", "up to 1000000"),
      ("budget: { unknown-model-usd: 1000000.01 }", "budget.unknown-model-usd", "up to 1000000"),
      ("budget: { extra-usd: 1000001 }", "budget.extra-usd", "up to 1000000"),
      ("budget: { per-day-usd: 2000000 }", "budget.per-day-usd", "up to 1000000"),
    ])
  func anAmountBeyondAMillionIsRefused(_ settings: String, _ key: String, _ words: String) async throws {
    let site = try await Site(settings: settings)
    let check = try await site.run("check")
    #expect(check.status == 2)
    #expect(check.notes.contains(key) && check.notes.contains(words), "\(check.notes)")
  }

  @Test func theLargestAmountsAreAddedUp() async throws {
    let site = try await Site(settings: "budget: { unknown-model-usd: 1000000, per-job-usd: none, per-day-usd: none }")
    let request = "\(site.folder)/a.json"
    try Data(#"{"generate": {"model": "nobodys", "prompt": "p", "variants": 4}}"#.utf8).write(
      to: URL(filePath: request))
    let plan = try await site.run("plan", request)
    #expect(plan.status == 0, "\(plan.notes)")
    #expect(plan.output.contains("4000000.00 USD"))
  }

  @Test(arguments: [("1ms", 2), ("59s", 2), ("60s", 0)])
  func theCatalogueIsAskedForOnceAMinuteAtMost(_ time: String, _ status: Int32) async throws {
    let site = try await Site()
    let check = try await Command.run(
      ["check", "--config", site.configuration], environment: ["DARKROOM_API_CATALOGUE_REFRESH": time])
    #expect(check.status == status)
    #expect((status == 2) == check.notes.contains("it has to be at least 60s"))
  }

  @Test(arguments: ["2026-02-31", "2026-13-01", "2026-1-1", "yesterday"])
  func aDayThatDoesNotExistIsNoDay(_ day: String) async throws {
    let site = try await Site()
    let run = try await site.run("jobs", "summary", "--since", day)
    #expect(run.status == 2)
    #expect(run.notes.contains("--since is a day such as 2026-01-31"), "\(run.notes)")
  }

  // MARK: The catalogue

  @Test func withoutAKeyTheCatalogueIsAskedForWithoutOne() async throws {
    // The documentation's network: nobody is there, and it is no API on this machine, which would take any key.
    let environment = ["DARKROOM_API_BASE_URL": "http://192.0.2.1:9/api/v1", "DARKROOM_API_CONNECT_TIMEOUT": "50ms"]
    let models = try await Command.run(["models"], environment: environment)
    #expect(models.status == 0, "\(models.notes)")
    #expect(models.notes.contains("there is no API key"), "\(models.notes)")
    #expect(models.output.contains("venice-sd35"))
    let offline = try await Command.run(["models", "--offline"], environment: environment)
    #expect(!offline.notes.contains("there is no API key"))
  }

  @Test func aTypeThatThereIsNotIsAnsweredWithThoseThatThereAre() async throws {
    let run = try await Command.run(["models", "--offline", "--type", "foo"])
    #expect(run.status == 2)
    #expect(run.notes.contains("there are no models of type foo; there are image, inpaint, upscale"), "\(run.notes)")
  }

  @Test func divisorsKnownByHandAreShown() async throws {
    let run = try await Command.run(["models", "--offline", "venice-sd35", "chroma", "qwen-image"])
    let lines = run.output.split(separator: "\n")
    #expect(lines.first { $0.hasPrefix("venice-sd35") }?.contains("width, height (multiples of 16)") == true)
    #expect(lines.first { $0.hasPrefix("chroma") }?.contains("width, height (multiples of 8)") == true)
    #expect(lines.first { $0.hasPrefix("qwen-image ") }?.contains("multiples") == false)
  }

  // A catalogue that cannot be kept is in use all the same, and fails nothing.
  @Test func aCacheThatCannotBeWrittenFailsNoRun() async throws {
    let site = try await Site()
    // A folder stands where the file belongs.
    try FileManager.default.createDirectory(
      atPath: "\(site.folder)/spool/catalogue.json/full", withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: "\(site.folder)/spool")
    try site.drop(
      #"{"generate": {"model": "venice-sd35", "prompt": "A canal", "width": 256, "height": 256}}"#, as: "canal.json")
    let run = try await site.run("run", "--once")
    #expect(run.status == 0, "\(run.notes)")
    #expect(run.notes.contains("not kept for the next start"), "\(run.notes)")
    #expect(run.notes.contains("1 published, 0 failed"))
  }
}
