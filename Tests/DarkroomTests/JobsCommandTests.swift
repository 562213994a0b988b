import Foundation
import Testing

/// `darkroom jobs`: sums to the millionth of what was charged, and the ledger as it is.
@Suite(.timeLimit(.minutes(3))) struct JobsCommandTests {
  private static func generate(_ model: String, _ prompt: String, _ more: String = "") -> String {
    #"{"generate": {"model": "\#(model)", "prompt": "\#(prompt)", "width": 256, "height": 256\#(more)}}"#
  }

  private static let chain = #"{"generate": \#(bare), "then": [{"background-remove": {}}], "labels": {"sku": "é 7"}}"#
  private static let bare = #"{"model": "venice-sd35", "prompt": "A gate", "width": 256, "height": 256, "variants": 2}"#

  /// Answered, refused, tried again, lost, of an unknown price and of an assumed one: a call of each kind.
  private static let requests = [
    "canal.json": generate("venice-sd35", "A canal", #", "variants": 3"#),
    "web/chroma.json": generate("chroma", "A canal"),
    "web/rewritten.json": generate("venice-sd35", "A canal", #", "enhance_prompt": true"#),
    "web/tier.yaml": "generate: { model: grok-imagine-image-2-0, prompt: A canal, quality: low }\npriority: 5\n",
    "noise.yaml": "generate: { model: wan-2-7-pro-text-to-image, prompt: A canal, width: 256, height: 256 }\n",
    "edit.yaml": "edit: { image: photos/harbour.jpg, prompt: Dusk, output_format: jpeg }\n",
    "chain.json": chain,
    "again.json": generate("chroma", "A storm [sandbox:status=503;times=1]"),
    "lost.json": generate("venice-sd35", "A storm [sandbox:drop]"),
    "web/lost.json": generate("chroma", "A storm [sandbox:drop]"),
    "web/refused.json": generate("chroma", "A storm [sandbox:status=400]"),
    "unpriced.json": #"{"generations": {"model": "no-such-model", "prompt": "A canal", "size": "256x256"}}"#,
    "batch.jsonl": (1...3).map { generate("lustify-v8", "Stamp \($0)") }.joined(separator: "\n"),
  ]

  private static let settings = "budget: { unknown-model-usd: 0.250001, extra-usd: 0.01 }"

  @Test func sumsAreTheChargesAndEachJobIsAsTheLedgerHasIt() async throws {
    let site = try await Site(
      pipelines: ["default": Site.plainPipeline, "web": Site.plainPipeline], settings: Self.settings)
    for (path, text) in Self.requests where path != "web/lost.json" { try site.drop(text, as: path) }
    try site.drop(LocalCommandTests.photoBytes(), as: "photos/harbour.jpg")
    let run = try await site.run("run", "--once")
    #expect(run.notes.hasSuffix("12 published, 1 failed, 1 held, 0 waiting\n"), "\(run.notes)")
    let verdict = try await Judge.verdict("jobs_ledger.py", Command.path, site.folder)
    #expect(verdict == "", "\(verdict)")
  }

  @Test func whatIsPlannedIsWhatIsCharged() async throws {
    let site = try await Site(
      pipelines: ["default": Site.plainPipeline, "web": Site.plainPipeline], settings: Self.settings)
    for (path, text) in Self.requests where !text.contains("sandbox:") && path != "unpriced.json" {
      try site.drop(text, as: path)
    }
    try site.drop(LocalCommandTests.photoBytes(), as: "photos/harbour.jpg")
    let plan = try await site.run("plan", "\(site.folder)/inbox")
    #expect(plan.status == 0, "\(plan.notes)")
    // 0.03, 0.01, 0.02 (of which the rewriting is assumed), 0.05, 0.09375, 0.04, 0.02 and twice 0.03, three times 0.01.
    #expect(plan.output.contains("total: 10 requests, 12 calls, 0.35375 USD"), "\(plan.output)")
    #expect(try await site.run("run", "--once").status == 0)
    #expect(try site.charges() == 12)
    let jobs = try await site.run("jobs", "--json")
    #expect(
      jobs.output.hasSuffix(
        #""total":{"calls":12,"usd":0.33375,"unpriced-usd":0.02,"uncertain-usd":0.00}}"# + "\n"), "\(jobs.output)")
  }

  @Test func whoAsksForWhatIsNotThereIsToldWhatThereIs() async throws {
    let site = try await Site()
    for arguments in [["summary"], ["list"], ["show", "019aa8b5-6a8b-7000-8000-000000000000"]] {
      let none = try await Command.run(["jobs"] + arguments + ["--config", site.configuration])
      #expect(none.status == 1)
      #expect(none.notes.contains("there is no ledger at \(site.folder)/spool/ledger.sqlite"))
    }
    #expect(try await site.run("run", "--once").status == 0)
    #expect(try await site.run("jobs").output == "no jobs\n")
    let unknown = try await site.run("jobs", "show", "019aa8b5-6a8b-7000-8000-000000000000")
    #expect(unknown.status == 1)
    #expect(
      unknown.notes
        == "darkroom: there is no job 019aa8b5-6a8b-7000-8000-000000000000; `darkroom jobs list` shows which there are\n"
    )
    for (arguments, says) in [
      (["show", "canal"], "canal is no job's id; darkroom jobs list shows them"),
      (["list", "--limit", "0"], "--limit is at least 1"), (["list", "--state", "lost"], "lost"),
      (["--since", "yesterday"], "--since is a day such as 2026-01-31"), (["--by", "week"], "week"),
    ] {
      let wrong = try await Command.run(["jobs"] + arguments + ["--config", site.configuration])
      #expect(wrong.status == 2, "\(arguments)")
      #expect(wrong.notes.contains(says), "\(wrong.notes)")
    }
  }
}
