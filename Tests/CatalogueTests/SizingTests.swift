import Documents
import Testing

@testable import Catalogue

@Suite struct SizingTests {
  @Test(
    arguments: [
      (#""resolutions": ["1K"], "aspectRatios": ["1:1"], "widthHeightDivisor": 1"#, .tiers),
      (#""resolutions": ["1K"]"#, .tiers),
      (#""aspectRatios": ["1:1"], "widthHeightDivisor": 1"#, .aspectRatio),
      (#""widthHeightDivisor": 16"#, .pixels),
      (#""aspectRatios": [], "widthHeightDivisor": 8"#, .pixels),
      (#""aspectRatios": ["1:1"], "widthHeightDivisor": 8"#, .either),
      (#""resolutions": ["1K"], "aspectRatios": ["1:1"], "widthHeightDivisor": 8"#, .either),
      (#""aspectRatios": ["1:1"]"#, .unknown), (#""widthHeightDivisor": 1"#, .unknown), ("", .unknown),
    ] as [(String, Sizing)]) func liveConstraintsTellTheIdiomWhereItIsCertain(constraints: String, sizing: Sizing)
    throws
  {
    #expect(try Fixtures.constrained(constraints)["test-model"]?.sizing == sizing)
  }

  /// The vendor's notes and pages 000 and 003.
  @Test func theListByHandIsAboutModelsThatExist() {
    let bundled = Catalogue.bundled
    for id in KnownConstraints.sizing.keys { #expect(bundled[id]?.type == .image, "\(id)") }
    let divisors = KnownConstraints.sizing.compactMapValues(\.divisor)
    #expect(
      divisors == [
        "venice-sd35": 16, "wai-Illustrious": 16, "z-image-turbo": 8, "chroma": 8, "lustify-sdxl": 8, "lustify-v7": 8,
        "lustify-v8": 8,
      ])
    let pixels = ["qwen-image", "venice-sd35", "wai-Illustrious", "z-image-turbo", "chroma", "lustify-sdxl"]
    for id in pixels { #expect(bundled[id]?.sizing == .pixels) }
    #expect(bundled["qwen-image-2"]?.sizing == .aspectRatio)
    for id in ["gpt-image-2", "nano-banana-2", "nano-banana-pro"] { #expect(bundled[id]?.sizing == .tiers) }
    // Priced tiers alone are no certainty.
    #expect(bundled["krea-2-turbo"]?.sizing == .unknown)
  }

  @Test func liveConstraintsWinOverTheListByHand() throws {
    let live = Fixtures.catalogue(
      try Fixtures.model(#""constraints": {"aspectRatios": ["1:1"], "widthHeightDivisor": 1}"#, id: "venice-sd35"),
      try Fixtures.model(#""constraints": {}"#, id: "qwen-image-2"))
    #expect(live["venice-sd35"]?.sizing == .aspectRatio)
    #expect(live["qwen-image-2"]?.sizing == .unknown)
  }
}
