import Testing

@testable import Sandbox

@Suite struct ModelTests {
  private func model(_ id: String) throws -> Model {
    try #require(Catalogue.vendor.models.first { $0.id == id })
  }

  @Test(arguments: [
    ("venice-sd35", 16), ("wai-Illustrious", 16), ("z-image-turbo", 8), ("chroma", 8), ("lustify-v7", 8),
  ])
  func divisorsAreThoseOfTheNotes(id: String, divisor: Int) throws {
    #expect(try model(id).sizing == .pixels(divisor: divisor))
  }

  @Test func tiersAreThoseThatArePriced() throws {
    #expect(try model("nano-banana-pro").sizing == .resolutions(["1K", "2K", "4K"]))
    #expect(try model("grok-imagine-image").sizing == .resolutions(["1K", "2K"]))
    #expect(try model("qwen-image-2").sizing == .aspectRatio)
    #expect(try model("flux-2-max").sizing == .unknown)
  }

  /// ModelResponse: "Absent means the default of 3 (or 1 when combineImages is false)".
  @Test(arguments: [("gpt-image-2-edit", 14), ("firered-image-edit", 3), ("luma-uni-1-edit", 1)])
  func inputImagesHaveTheSchemasDefault(id: String, count: Int) throws {
    #expect(try model(id).inputImages == count)
  }
}
