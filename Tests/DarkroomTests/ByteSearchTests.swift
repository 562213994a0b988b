import Foundation
import Testing

/// That `none` really is none, and that `provenance` tells neither prompt nor seed: a search through the bytes of finished
/// files, whatever form words have in them (`byte_search.py`).
@Suite(.timeLimit(.minutes(3))) struct ByteSearchTests {
  /// The pictures have words planted wherever there is a place for them.
  @Test func nothingOfAStrangersWordsIsLeft() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "darkroom-planted-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let words = try await Python.run("byte_search.py", "foreign", Command.path, folder.path())
    #expect(words == "48 files, 323 words, 0 faults\n")
  }

  private static let pipeline: String = {
    var lines = ["outputs:"]
    for level in ["none", "provenance", "full"] {
      for (kind, more) in [("jpg", ""), ("png", ""), ("webp", ""), ("png", ", resize: { width: 100 }")] {
        let name = "\(level)-{name}\(more.isEmpty ? "" : "-small").\(kind)"
        lines.append("  - { file: \"\(name)\", metadata: { level: \(level), parameters: true }\(more) }")
      }
    }
    return lines.joined(separator: "\n")
  }()

  private static let requested = ["zqpromptqz", "zqnegativeqz", "918273645"]
  private static let edited = ["zqpromptqz", "zqeditqz"]

  @Test func aJobsPromptsAndSeedStandInFullAndNowhereElse() async throws {
    let site = try await Site(pipelines: ["default": Self.pipeline])
    let words = #""prompt": "zqpromptqz, a canal", "negative_prompt": "zqnegativeqz", "seed": 918273645"#
    let sizes = #""model": "venice-sd35", "width": 256, "height": 256"#
    // The API writes the prompt into its answer, and the picture passes through another model.
    try site.drop(
      #"{"generate": {\#(words), \#(sizes), "embed_exif_metadata": true}, "labels": {"k": "zqlabelqz"}}"#,
      as: "zqnameqz.json")
    try site.drop(
      #"{"generate": {\#(words), \#(sizes)}, "then": [{"edit": {"prompt": "zqeditqz, at night"}}]}"#, as: "chain.json")
    let run = try await site.run("run", "--once")
    #expect(run.status == 0, "\(run.notes)")
    let told = Self.requested + ["zqeditqz", "zqnameqz", "zqlabelqz", "darkroom", "venice"]
    for (job, prompts) in [("zqnameqz", Self.requested), ("chain", Self.edited)] {
      let text = try await Python.run("byte_search.py", ["job", "\(site.folder)/output/\(job)"] + told)
      let levels = try JSONDecoder().decode([String: [String: Int]].self, from: Data(text.utf8))
      #expect(levels["none"] == ["files": 4], "\(job)")
      #expect(levels["provenance"] == ["files": 4, "venice": 4], "\(job)")
      let full = try #require(levels["full"])
      #expect(prompts.allSatisfy { full[$0] == 4 }, "\(job) \(full)")
    }
  }
}
