import Testing

@testable import Sandbox

@Suite struct ModelTests {
  private func model(_ id: String) throws -> Model {
    try #require(Catalogue.vendor.models.first { $0.id == id })
  }

  /// Prices of `models.json`, read by a person.
  @Test(arguments: [
    ("venice-sd35", nil, nil, 0, 10_000), ("wan-2-7-pro-text-to-image", nil, nil, 0, 93_750),
    ("nano-banana-pro", "1K", nil, 0, 180_000), ("nano-banana-pro", nil, nil, 0, 180_000),
    ("nano-banana-pro", "4K", nil, 0, 350_000), ("gpt-image-2", "2K", "medium", 0, 130_000),
    ("gpt-image-2", nil, nil, 0, 260_000), ("grok-imagine-image-2-0", "2K", nil, 0, 100_000),
    ("firered-image-edit", "1K", nil, 1, 40_000), ("flux-2-max-edit", "1K", nil, 3, 189_000),
    ("grok-imagine-edit", "2K", nil, 1, 42_300), ("gpt-image-1-5-edit", "1K", nil, 2, 338_060),
  ])
  func pricesAreTheCatalogues(id: String, resolution: String?, quality: String?, inputs: Int, micro: Int) throws {
    #expect(
      try model(id).price(resolution: resolution, quality: quality, inputs: inputs) == USD(microdollars: micro))
  }

  @Test func enlargingIsPricedByItsFactor() throws {
    #expect(try model("upscaler").upscalePrice(scale: 2) == USD(microdollars: 20_000))
    #expect(try model("upscaler").upscalePrice(scale: 4) == USD(microdollars: 80_000))
  }

  @Test func everyModelOfTheSnapshotHasAPrice() {
    #expect(Catalogue.vendor.models.count == 60)
    for model in Catalogue.vendor.models {
      #expect(model.price(resolution: nil, quality: nil) > .zero, "\(model.id)")
    }
  }

  @Test(arguments: [
    ("venice-sd35", 16), ("wai-Illustrious", 16), ("z-image-turbo", 8), ("chroma", 8), ("lustify-v7", 8),
  ])
  func divisorsAreThoseOfTheNotes(id: String, divisor: Int) throws {
    #expect(try model(id).sizing == .pixels(divisor: divisor))
    #expect(try model(id).json["model_spec"]?["constraints"]?["widthHeightDivisor"]?.integer == divisor)
  }

  @Test func tiersAreThoseThatArePriced() throws {
    #expect(try model("nano-banana-pro").sizing == .resolutions(["1K", "2K", "4K"]))
    #expect(try model("grok-imagine-image").sizing == .resolutions(["1K", "2K"]))
    #expect(try model("qwen-image-2").sizing == .aspectRatio)
  }
}
