import Metadata
import Requests
import Testing

@Suite struct MetadataReaderTests {
  private func policy(_ metadata: String) throws -> MetadataPolicy {
    try Fixtures.pipeline("outputs: [{ file: a.webp, metadata: \(metadata) }]").recipe.outputs[0].metadata
  }

  @Test(arguments: MetadataPolicy.Level.allCases)
  func aLevelStandsByItself(level: MetadataPolicy.Level) throws {
    #expect(try policy(level.rawValue) == MetadataPolicy(level: level))
  }

  @Test func withoutAWordItIsProvenance() throws {
    #expect(try Fixtures.pipeline(Fixtures.outputs).recipe.outputs[0].metadata == MetadataPolicy(level: .provenance))
    #expect(try policy("{ dpi: 72 }") == MetadataPolicy(level: .provenance, dpi: 72))
  }

  @Test func aMappingSaysMore() throws {
    #expect(
      try policy(
        "{ level: full, artist: Example, copyright: \"© 2026 Example\", description: A canal, keywords: [a, b], dpi: 300, parameters: true }"
      )
        == MetadataPolicy(
          level: .full,
          texts: MetadataTexts(
            artist: "Example", copyright: "© 2026 Example", description: "A canal", keywords: ["a", "b"]),
          dpi: 300, writesParameters: true))
    #expect(try policy("{ level: keep, gps: keep }") == MetadataPolicy(level: .keep, keepsGPS: true))
  }

  @Test(arguments: [
    ("provenence", ""), ("5", ""), ("{ levle: full }", ".levle"), ("{ dpi: 0 }", ".dpi"), ("{ dpi: 10000 }", ".dpi"),
    ("{ gps: drop }", ".gps"), ("{ level: full, gps: keep }", ".gps"), ("{ artist: \"\" }", ".artist"),
    ("{ artist: 5 }", ".artist"), ("{ copyright: \"a\\0b\" }", ".copyright"), ("{ keywords: a }", ".keywords"),
    ("{ keywords: [a, 5] }", ".keywords[1]"), ("{ parameters: 1 }", ".parameters"),
    ("{ description: \"\(String(repeating: "x", count: 2001))\" }", ".description"),
  ])
  func aMistakeSaysWhere(metadata: String, key: String) {
    #expect(
      Fixtures.pipelineError("outputs: [{ file: a.webp, metadata: \(metadata) }]")?.key == "outputs[0].metadata\(key)")
  }
}
