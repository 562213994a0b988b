import Foundation
import Testing

@testable import Daemon

/// `reuse: true`: what was answered once is not paid for again.
@Suite("scenario 13", .timeLimit(.minutes(3))) struct ReuseTests {
  private static func settings() -> Workshop.Settings {
    var settings = Workshop.Settings()
    settings.pipelines = [
      "default": Workshop.plain, "again": "reuse: true\n" + Workshop.plain,
      "small": "reuse: true\noutputs: [{ file: '{name}.jpg', resize: { width: 64 } }]",
    ]
    return settings
  }

  private static let chain = """
    {"generate": {"model": "venice-sd35", "prompt": "A canal", "width": 256, "height": 256, "variants": 2}, \
    "then": [{"upscale": {"scale": 2}}]}
    """

  private func digests(_ workshop: Workshop, _ job: String) throws -> [String] {
    let manifest = try workshop.json("output/\(job)/manifest.json")
    return try #require(manifest["outputs"] as? [[String: Any]]).compactMap { $0["sha256"] as? String }
  }

  @Test func theSameRequestIsAnsweredByWhatWasPaidFor() async throws {
    let workshop = try Workshop()
    let settings = Self.settings()
    try workshop.drop(Self.chain, as: "first.json")
    _ = try await workshop.drain(settings)
    #expect(try workshop.charges().count == 3)
    let first = try workshop.json("output/first/manifest.json")

    // The order of keys and the notation are no part of what is asked.
    try workshop.drop(
      """
      then: [{ upscale: { scale: 2 } }]
      generate: { variants: 2, height: 256, width: 256, prompt: A canal, model: venice-sd35 }
      """, as: "again/second.yaml")
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(published: 1))
    let calls = run.events.count { $0.isCalling }
    #expect(calls == 0)
    #expect(try workshop.charges().count == 3)
    let (before, after) = (try digests(workshop, "first"), try digests(workshop, "again/second"))
    #expect(before == after)
    let (firstJob, secondJob) = (try job("first", workshop), try job("second", workshop))
    #expect(run.events.contains(.reused(job: secondJob, of: firstJob)))

    let manifest = try workshop.json("output/again/second/manifest.json")
    let reused = try #require(manifest["calls"] as? [[String: Any]])
    let paid = try #require(first["calls"] as? [[String: Any]])
    #expect(reused.map { $0["reused"] as? String } == Array(repeating: firstJob, count: 3))
    #expect(reused.map { $0["charged"] as? Bool } == [false, false, false])
    #expect(reused.map { $0["key"] as? String } == paid.map { $0["key"] as? String })
    #expect(paid.map { $0["charged"] as? Bool } == [true, true, true])
    #expect(paid.compactMap { $0["reused"] }.isEmpty)
    #expect(try workshop.ledger("SELECT sum(counted) FROM calls") == ["60000"])
    #expect(try workshop.ledger("SELECT counted FROM days") == ["60000"])
  }

  /// What becomes of the answers may differ; the answers are handed on although the first job is gone.
  @Test func answersAreHandedOn_byAJobThatReusedThem() async throws {
    let workshop = try Workshop()
    let settings = Self.settings()
    try workshop.drop(Workshop.request("A canal"), as: "first.json")
    _ = try await workshop.drain(settings)
    try workshop.drop(Workshop.request("A canal"), as: "again/second.json")
    _ = try await workshop.drain(settings)
    let first = try job("first", workshop)
    try FileManager.default.removeItem(atPath: "\(workshop.folder)/spool/\(first)")
    try workshop.ledger("UPDATE jobs SET emptied = since WHERE id = '\(first)'")
    try workshop.drop(Workshop.request("A canal"), as: "small/third.json")
    let run = try await workshop.drain(settings)
    let third = try job("third", workshop)
    #expect(run.events.contains(.reused(job: third, of: first)))
    #expect(workshop.files(in: "output").contains("small/third/third.jpg"))
    #expect(try workshop.charges().count == 1)
  }

  @Test(arguments: [
    ("default", Workshop.request("A canal")), ("again", Workshop.request("Another canal")),
    ("again", Workshop.request("A canal", more: #", "seed": 7"#)),
    ("again", Workshop.request("A canal").replacing("venice-sd35", with: "chroma")),
  ])
  func whatAsksAnythingElse_orDoesNotWantIt_isCalledFor(_ pipeline: String, _ request: String) async throws {
    let workshop = try Workshop()
    let settings = Self.settings()
    try workshop.drop(Workshop.request("A canal"), as: "first.json")
    _ = try await workshop.drain(settings)
    try workshop.drop(request, as: "\(pipeline)/second.json")
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(try workshop.charges().count == 2)
  }

  @Test func anotherPictureIsAnotherRequest() async throws {
    let workshop = try Workshop()
    let settings = Self.settings()
    for (index, width) in [300, 300, 301].enumerated() {
      try workshop.drop(Workshop.picture(width: width, height: 300), as: "photo-\(index).png")
      try workshop.drop(#"{"upscale": {"image": "photo-\#(index).png", "scale": 2}}"#, as: "again/job-\(index).json")
      _ = try await workshop.drain(settings)
    }
    // The second picture is the first one under another name.
    #expect(try workshop.charges().count == 2)
    let (before, after) = (try digests(workshop, "again/job-0"), try digests(workshop, "again/job-1"))
    #expect(before == after)
  }

  @Test func answersThatAreGone_areCalledForAgain() async throws {
    let workshop = try Workshop()
    let settings = Self.settings()
    try workshop.drop(Workshop.request("A canal"), as: "first.json")
    _ = try await workshop.drain(settings)
    let folder = "\(workshop.folder)/spool/\(try job("first", workshop))"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasPrefix("call-") {
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    try workshop.drop(Workshop.request("A canal"), as: "again/second.json")
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(try workshop.charges().count == 2)
  }

  private func job(_ name: String, _ workshop: Workshop) throws -> String {
    try #require(try workshop.ledger("SELECT id FROM jobs WHERE name = '\(name)'").first)
  }
}
