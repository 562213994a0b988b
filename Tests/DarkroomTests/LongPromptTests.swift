import Foundation
import Testing

/// Prompts as long as an edit takes them, whatever they are made of, in finished files (`long_prompts.py`).
@Suite(.timeLimit(.minutes(3))) struct LongPromptTests {
  private static let pipeline = """
    outputs:
      - { file: "{name}.jpg", metadata: full }
      - { file: "{name}.png", metadata: { level: full, parameters: true } }
      - { file: "{name}.webp", metadata: full }
    """

  @Test func promptsOf30000CharactersComeThroughOrAreCutWithARecord() async throws {
    let site = try await Site(pipelines: ["default": Self.pipeline])
    _ = try await Python.run("long_prompts.py", "write", "\(site.folder)/inbox")
    let run = try await site.run("run", "--once")
    #expect(run.status == 0, "\(run.notes)")
    #expect(try await Python.run("long_prompts.py", "judge", site.folder) == "21 files, 0 faults\n")
  }
}
