import Foundation
import Testing

/// What people get wrong: each gets a clear error file and exit code 1, and nothing is lost.
@Suite(.timeLimit(.minutes(3))) struct BadInputTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    var path: String
    var text: String
    /// Words that the error file must have.
    var says: [String]
    var line: Int?
    var field: String?

    var testDescription: String { path }
  }

  static let mistakes = [
    Mistake(path: "cut.json", text: #"{"generate": {"model": "#, says: ["ends"], line: 1),
    Mistake(path: "comma.json", text: "{\n  \"generate\": {},\n}", says: ["found"], line: 3),
    Mistake(path: "tabs.yaml", text: "generate:\n\tmodel: x\n", says: ["\"error\""], line: 2),
    Mistake(
      path: "key.yaml", text: "generate:\n  model: venice-sd35\n  promt: A canal\n", says: ["prompt"], line: 3,
      field: "generate.promt"),
    Mistake(
      path: "two.json",
      text: #"{"generate": {"model": "m", "prompt": "p"}, "upscale": {"image": "a.png"}}"#,
      says: ["several things at once"], line: 1),
    Mistake(path: "none.yaml", text: "name: canal\n", says: ["asks for nothing"]),
    Mistake(
      path: "nowhere/canal.json", text: #"{"generate": {"model": "m", "prompt": "p"}}"#, says: ["no pipeline 'nowhere'"]
    ),
    Mistake(
      path: "pipeline.json", text: #"{"pipeline": "defualt", "generate": {"model": "m", "prompt": "p"}}"#,
      says: ["defualt", "default"], line: 1, field: "pipeline"),
    Mistake(
      path: "image.json", text: #"{"edit": {"image": "photos/missing.png", "prompt": "p"}}"#,
      says: ["photos/missing.png is not in the inbox"], line: 1, field: "edit.image"),
    Mistake(
      path: "text.json", text: #"{"edit": {"image": "notes.png", "prompt": "p"}}"#,
      says: ["notes.png", "not a WebP, PNG or JPEG"]),
    Mistake(
      path: "name.json", text: #"{"name": "../../etc/canal", "generate": {"model": "m", "prompt": "p"}}"#,
      says: ["../../etc/canal"], line: 1, field: "name"),
    Mistake(
      path: "output.json", text: #"{"output": "../up", "generate": {"model": "m", "prompt": "p"}}"#, says: ["../up"],
      line: 1, field: "output"),
    Mistake(
      path: "variants.json",
      text: #"{"generate": {"model": "m", "prompt": "p", "variants": 2, "return_binary": true}}"#,
      says: ["variants", "return_binary"], line: 1),
  ]

  @Test func eachMistakeGetsAnErrorFileAndNothingIsLostOrSent() async throws {
    let site = try await Site()
    for mistake in Self.mistakes { try site.drop(mistake.text, as: mistake.path) }
    try site.drop("these are notes, not pixels", as: "notes.png")
    let run = try await site.run("run", "--once")

    #expect(run.status == 1)
    #expect(site.files(in: "inbox") == ["notes.png"])
    #expect(site.files(in: "output").isEmpty)
    #expect(try site.charges() == 0)
    #expect(
      site.files(in: "failed") == Self.mistakes.flatMap { [$0.path, "\($0.path).error.json"] }.sorted())
    for mistake in Self.mistakes {
      #expect(try site.contents("failed/\(mistake.path)") == Array(mistake.text.utf8))
      let report = try site.json("failed/\(mistake.path).error.json")
      let words = try String(decoding: site.contents("failed/\(mistake.path).error.json"), as: UTF8.self)
      for said in mistake.says { #expect(words.contains(said), "\(mistake.path): \(words)") }
      #expect(report["stage"] as? String == "request")
      #expect((report["next"] as? String)?.isEmpty == false)
      if let line = mistake.line { #expect(report["line"] as? Int == line, "\(mistake.path): \(words)") }
      if let field = mistake.field { #expect(report["field"] as? String == field, "\(mistake.path): \(words)") }
    }
  }

  @Test func aSecondFailureOfOneNameGetsANumber() async throws {
    let site = try await Site()
    for text in ["{}", "{ }"] {
      try site.drop(text, as: "canal.json")
      #expect(try await site.run("run", "--once").status == 1)
    }
    #expect(
      site.files(in: "failed") == [
        "canal-2.json", "canal-2.json.error.json", "canal.json", "canal.json.error.json",
      ])
  }

  // Scenarios 9 and 10.
  @Test func whatIsNoFileStaysAndIsReported() async throws {
    let site = try await Site()
    #expect(mkfifo("\(site.folder)/inbox/pipe.json", 0o600) == 0)
    try FileManager.default.createSymbolicLink(
      atPath: "\(site.folder)/inbox/link.json", withDestinationPath: "/etc/hostname")
    try FileManager.default.createDirectory(
      atPath: "\(site.folder)/inbox/folder.json", withIntermediateDirectories: false)
    let run = try await site.run("run", "--once")
    #expect(run.status == 1)
    for name in ["pipe.json", "link.json", "folder.json"] {
      #expect(run.notes.contains("obstacle   \(name)"), "\(run.notes)")
    }
    #expect(site.files(in: "failed").isEmpty)
  }

  @Test func aTakenPlaceIsRefusedBeforeAnythingIsPaid() async throws {
    let site = try await Site()
    let request = #"{"generate": {"model": "venice-sd35", "prompt": "A canal", "width": 256, "height": 256}}"#
    for _ in 1...2 {
      try site.drop(request, as: "canal.json")
      _ = try await site.run("run", "--once")
    }
    #expect(try site.charges() == 1)
    #expect(site.files(in: "failed") == ["canal.json", "canal.json.error.json"])
  }
}
