import Testing

@testable import Metadata

@Suite struct GenerationTextTests {
  private func text(_ prompt: String?, _ parameters: [(String, String)]) -> String? {
    GenerationText(prompt: prompt, parameters: parameters.map { .init(name: $0.0, value: $0.1) })?.text
  }

  @Test func linesAreThoseThatOtherToolsRead() {
    let parameters = [
      ("prompt", "ignored"), ("seed", "7"), ("negative_prompt", "boats, people"), ("style_preset", "Film"),
    ]
    #expect(text("A canal", parameters) == "A canal\nNegative prompt: boats, people\nSeed: 7, style_preset: Film")
    #expect(text(nil, []) == nil)
    #expect(text(nil, [("steps", "20")]) == "Steps: 20")
  }

  @Test func valuesThatWouldEndEarlyAreQuoted() {
    #expect(text("p", [("a", "1, 2"), ("b", "x: \"y\"\\\nz")]) == #"p"# + "\n" + #"a: "1, 2", b: "x: \"y\"\\\nz""#)
  }
}
