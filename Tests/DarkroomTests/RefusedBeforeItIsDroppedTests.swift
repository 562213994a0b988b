import Foundation
import Testing

/// `plan` and `submit` say before the drop what the daemon would say after it.
@Suite(.timeLimit(.minutes(3))) struct RefusedBeforeItIsDroppedTests {
  private static let canal =
    #"{"generate": {"model": "venice-sd35", "prompt": "A canal", "width": 256, "height": 256}}"#

  private func write(_ text: String, _ name: String, in site: Site) throws -> String {
    let path = "\(site.folder)/\(name)"
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  /// Sixteen pixels a side; the API takes no fewer than 65,536 in all.
  private static let tiny = Data(
    base64Encoded: """
      iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAABlklEQVR42hXRURVEIQhFUSMYgQhGMAIRiGCEE8EIRiACEYhABCLM\
      G7/ZrMt1jMEcyGAN9kAHNjgDBnfwBj6IQQ5q0IMxJnMikzXZE53Y5EyY3Mmb+CQmOalJzw8IUxBhCVtQwYQjIFzhCS6EkEIJLR9Y\
      zIUs1mIvdGGLs2BxF2/hi1jkoha9PrCZG9mszd7oxjZnw+Zu3sY3sclNbXp/QJmKKEvZiiqmHAXlKk9xJZRUSmn9gDENMZaxDTXM\
      OAbGNZ7hRhhplNH2gcM8yGEd9kEPdjgHDvfwDn6IQx7q0OcD/wK/Sr4jv9hfkG/1N/x/Fx44BCQU9Pc94zIvclmXfdGLXc79j9/L\
      u/glLnmpS98PPOZDHuuxH/qwx3n/5ffxHv6IRz7q0e8DznTEWc521DHn+D/KdZ7jTjjplNP+gWAGEqxgBxpYcOIf/AYv8CCCDCro\
      +EAyE0lWshNNLDn5P/MmL/Ekkkwq6fxAMQspVrELLaw49S/lFq/wIoosquj6QDMbaVazG22sOf2v8Dav8SaabKrp5geIAnAQC3Nf\
      wAAAAABJRU5ErkJggg==
      """)

  private func dropTiny(_ site: Site) throws {
    try site.drop(Array(try #require(Self.tiny)), as: "photos/tiny.png")
  }

  // MARK: Pictures

  @Test func aPictureBeyondTheLimitsIsRefusedInTheDaemonsWords() async throws {
    let site = try await Site(pipelines: ["default": "fit-input: true\n" + Site.plainPipeline])
    try dropTiny(site)
    let request = """
      source: photos/tiny.png
      then:
        - background-remove: {}
        - multi-edit: { prompt: Join, images: [photos/tiny.png] }

      """
    let file = try write(request, "join.yaml", in: site)
    // Beside the file there is none, which may come.
    let plan = try await site.run("plan", file)
    #expect(plan.status == 0)
    #expect(plan.output.contains("warning: the image photos/tiny.png is not in the inbox yet"), "\(plan.output)")
    let submit = try await site.run("submit", file)
    #expect(submit.status == 2)
    #expect(
      submit.notes.contains("line 4, column 42: the image photos/tiny.png does not fit multi-edit"), "\(submit.notes)")
    #expect(site.files(in: "inbox") == ["photos/tiny.png"])
    // Planned where it lies, the picture is found in the inbox.
    try site.drop(request, as: "join.yaml")
    let planned = try await site.run("plan", "\(site.folder)/inbox/join.yaml")
    #expect(planned.output.contains("refused: line 4, column 42: the image photos/tiny.png does not fit multi-edit"))
    #expect(planned.output.contains("65536"))
    #expect(try await site.run("run", "--once").status == 1)
    let report = try site.json("failed/join.yaml.error.json")
    #expect(report["field"] as? String == "then.1.multi-edit.images.0")
    #expect(report["line"] as? Int == 4)
    #expect(report["column"] as? Int == 42)
    #expect(planned.output.contains(try #require(report["error"] as? String)))
  }

  @Test func aPictureThatIsNotThereYetIsAWarning() async throws {
    let site = try await Site()
    let file = try write("edit: { image: photos/late.png, prompt: Night }\n", "night.yaml", in: site)
    let plan = try await site.run("plan", file)
    #expect(plan.status == 0, "\(plan.notes)")
    #expect(plan.output.contains("warning: the image photos/late.png is not in the inbox yet"))
    let submit = try await site.run("submit", file)
    #expect(submit.status == 0)
    #expect(submit.notes.contains("warning: the image photos/late.png is not in the inbox yet"))
    #expect(site.files(in: "inbox") == ["night.yaml"])
    // The daemon does not wait for it with --once.
    #expect(try await site.run("run", "--once").status == 1)
    let report = try site.json("failed/night.yaml.error.json")
    #expect(report["error"] as? String == "the image photos/late.png is not in the inbox")
    #expect(report["field"] as? String == "edit.image")
    #expect(report["line"] as? Int == 1)
  }

  @Test func aFileThatIsNoPictureIsRefused() async throws {
    let site = try await Site()
    try site.drop("no picture", as: "photos/text.png")
    let file = try write("upscale: { image: photos/text.png }\n", "up.yaml", in: site)
    let submit = try await site.run("submit", file)
    #expect(submit.status == 2)
    #expect(submit.notes.contains("line 1, column 19: the image photos/text.png"), "\(submit.notes)")
  }

  @Test func aPictureThatNoPipelineTakesIsNamed() async throws {
    let site = try await Site()
    try dropTiny(site)
    let plan = try await site.run("plan", "\(site.folder)/inbox/photos/tiny.png")
    #expect(plan.status == 2)
    #expect(plan.notes.contains("no pipeline takes it"))
    #expect(plan.output.isEmpty)
    // In a folder it is only material.
    let folder = try await site.run("plan", "\(site.folder)/inbox")
    #expect(folder.status == 0)
    #expect(folder.output.contains("total: 0 requests"))
  }

  // MARK: Money

  @Test func aMisspeltModelThatIsBeyondTheBudgetIsToldSo() async throws {
    let site = try await Site()
    let request = Self.canal.replacing("venice-sd35", with: "venice-sd53").replacing(
      #""width""#, with: #""variants": 4, "width""#)
    let submit = try await site.run("submit", try write(request, "a.json", in: site))
    #expect(submit.status == 2)
    for words in [
      "up to 4.00 USD in 1 call", "budget.per-job-usd allows 2.00 USD", "the price of venice-sd53 is not known",
      "budget.unknown-model-usd", "did you mean 'venice-sd35'",
    ] {
      #expect(submit.notes.contains(words), "\(submit.notes)")
    }
  }

  // 0.04 in all, 0.02 at once: possible over two days, and a call dearer than any day's budget is not.
  @Test func whatFitsOnSeveralDaysIsNotRefused() async throws {
    let site = try await Site(settings: "budget: { per-day-usd: 0.03 }")
    let chain = #"{"generate": {"model": "venice-sd35", "prompt": "p"}, "then": [{"upscale": {}}, {"upscale": {}}]}"#
    let plan = try await site.run("plan", try write(chain, "chain.json", in: site))
    #expect(plan.status == 0, "\(plan.output)")
    let dear = Self.canal.replacing(#""width""#, with: #""variants": 4, "width""#)
    let refused = try await site.run("plan", try write(dear, "dear.json", in: site))
    #expect(refused.status == 1)
    #expect(
      refused.output.contains("a call of the request may cost up to 0.04 USD; budget.per-day-usd allows 0.03 USD"))
    // The job's own limit is for all of them.
    let small = try await Site(settings: "budget: { per-job-usd: 0.03 }")
    #expect(try await small.run("plan", try write(chain, "chain.json", in: small)).status == 1)
  }

  // MARK: Lines

  // People see the file's line; what is cut out of it has one line.
  @Test(
    arguments: [
      (#"{"generate": {"model": "venice-sd35", "promt": "x"}}"#, "no field 'promt'", 39),
      (#"{"generate": {"model": "venice-sd35", "prompt": "x", "width": 250}}"#, "multiples of 16", 63),
    ])
  func aBadLineIsToldByTheFilesLineUntilItIsAFileOfItsOwn(_ line: String, _ words: String, _ column: Int) async throws {
    let site = try await Site()
    let batch = "\(Self.canal)\n\(line)\n"
    let file = try write(batch, "b.jsonl", in: site)
    let submit = try await site.run("submit", file)
    #expect(submit.status == 2)
    #expect(submit.notes.contains("line 2, column \(column)"), "\(submit.notes)")
    #expect(submit.notes.contains(words), "\(submit.notes)")
    let plan = try await site.run("plan", file)
    #expect(plan.output.contains("refused: line 2, column \(column)"), "\(plan.output)")
    try site.drop(batch, as: "b.jsonl")
    _ = try await site.run("run", "--once")
    let report = try site.json("failed/b-0002.json.error.json")
    #expect(report["line"] as? Int == 1)
    #expect(report["column"] as? Int == column)
    #expect(try site.contents("failed/b-0002.json") == Array(line.utf8))
  }

  // MARK: All or nothing

  @Test func twoFilesOfOneNameAreRefusedBeforeTheFirst() async throws {
    let site = try await Site()
    try FileManager.default.createDirectory(atPath: "\(site.folder)/other", withIntermediateDirectories: true)
    let one = try write(Self.canal, "a.json", in: site)
    let two = try write(Self.canal, "other/a.json", in: site)
    let submit = try await site.run("submit", try write(Self.canal, "first.json", in: site), one, two)
    #expect(submit.status == 2)
    #expect(submit.notes.contains("would both be a.json in the inbox; nothing was submitted"), "\(submit.notes)")
    #expect(site.files(in: "inbox").isEmpty)
  }

  @Test func aNameThatWaitsInTheInboxIsRefusedBeforeTheFirst() async throws {
    let site = try await Site(pipelines: ["default": Site.plainPipeline, "web": Site.plainPipeline])
    let one = try write(Self.canal, "a.json", in: site)
    let two = try write(Self.canal, "b.json", in: site)
    // The pipeline's folder is made.
    #expect(try await site.run("submit", "--pipeline", "web", two).status == 0)
    let submit = try await site.run("submit", "--pipeline", "web", one, two)
    #expect(submit.status == 1)
    #expect(submit.notes.contains("web/b.json lies in the inbox already"), "\(submit.notes)")
    #expect(!submit.notes.contains("collision"))
    #expect(site.files(in: "inbox") == ["web/b.json"])
  }
}
