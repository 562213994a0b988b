import Foundation
import Testing

// Scenario 44.
@Suite(.timeLimit(.minutes(2))) struct ReloadTests {
  private static let canal = #"{"generate": {"model": "venice-sd35", "prompt": "A canal", "width": 64, "height": 64}}"#

  private func write(_ text: String, _ name: String, _ site: Site) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(site.folder)/pipelines/\(name)"))
  }

  @Test("scenario 44: a changed pipeline serves what comes, and a job in flight keeps the recipe it began with")
  func changedPipeline_servesWhatComes_andJobsInFlightKeepTheirs() async throws {
    let site = try await Site()
    let daemon = try Command(["run", "--config", site.configuration])
    try site.drop(Self.canal.replacing("A canal", with: "A canal [sandbox:latency=3s]"), as: "before.json")
    _ = try await daemon.line(beginning: "calling")
    try write("outputs: [{ file: '{name}.jpg' }]", "default.yaml", site)
    try write("outputs: [{ file: '{name}.webp' }]", "web.yaml", site)
    while !(try await daemon.line(beginning: "pipelines")).contains("default, web") {}
    try site.drop(Self.canal, as: "after.json")
    try site.drop(Self.canal, as: "web/new.json")
    // The first may have been published meanwhile, or is by the stop.
    var awaited = ["after/", "new/"]
    while !awaited.isEmpty {
      let line = try await daemon.line(beginning: "published")
      awaited.removeAll { line.contains($0) }
    }
    daemon.signal(SIGTERM)
    #expect(await daemon.end().status == 0)
    #expect(
      site.files(in: "output").filter { !$0.hasSuffix("manifest.json") } == [
        "after/after.jpg", "before/before.png", "web/new/new.webp",
      ])
  }

  @Test("scenario 44: what cannot be read leaves the pipelines as they are, and SIGHUP says so again")
  func whatCannotBeRead_leavesThePipelinesAsTheyAre() async throws {
    let site = try await Site()
    let daemon = try Command(["run", "--config", site.configuration])
    _ = try await daemon.line(beginning: "watching")
    try write("outputs: [{ file: '{name}.jpg', qualty: 80 }]", "default.yaml", site)
    let words = try await daemon.line(beginning: "pipelines")
    for part in ["those in use stay", "default.yaml", "qualty"] { #expect(words.contains(part), "\(words)") }
    try site.drop(Self.canal, as: "canal.json")
    _ = try await daemon.line(beginning: "published")
    #expect(site.files(in: "output").contains("canal/canal.png"))

    // The same mistake is told once, and whenever somebody asks.
    daemon.signal(SIGHUP)
    #expect(try await daemon.line(beginning: "pipelines").contains("those in use stay"))
    try write("outputs: [{ file: '{name}.jpg', quality: 80 }]", "default.yaml", site)
    #expect(try await daemon.line(beginning: "pipelines").contains("in use: default"))
    daemon.signal(SIGHUP)
    #expect(try await daemon.line(beginning: "pipelines").contains("in use: default"))
    try site.drop(Self.canal, as: "again.json")
    _ = try await daemon.line(beginning: "published")
    #expect(site.files(in: "output").contains("again/again.jpg"))
    daemon.signal(SIGTERM)
    #expect(await daemon.end().status == 0)
  }
}
