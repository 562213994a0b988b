import Foundation
import Testing

@testable import Sandbox

@Suite struct PricingTests {
  private func pricing(_ id: String) throws -> Pricing {
    try #require(Catalogue.vendor.models.first { $0.id == id }).pricing
  }

  /// Prices of `models.json`, read by a person.
  @Test(arguments: [
    ("venice-sd35", nil, nil, 0, 10_000), ("wan-2-7-pro-text-to-image", nil, nil, 0, 93_750),
    ("venice-sd35", "4K", "high", 0, 10_000),
    ("nano-banana-pro", "1K", nil, 0, 180_000), ("nano-banana-pro", nil, nil, 0, 180_000),
    ("nano-banana-pro", "4K", nil, 0, 350_000), ("nano-banana-pro", "4K", "low", 0, 350_000),
    ("gpt-image-2", "2K", "medium", 0, 130_000), ("gpt-image-2", "2K", "high", 0, 500_000),
    // No quality asked: the table for that, though "high" costs 0.26.
    ("gpt-image-2", nil, nil, 0, 270_000), ("gpt-image-2", "4K", nil, 0, 840_000),
    ("grok-imagine-image-2-0", "2K", nil, 0, 100_000), ("grok-imagine-image-2-0", nil, "low", 0, 50_000),
    ("firered-image-edit", "1K", nil, 1, 40_000), ("flux-2-max-edit", "1K", nil, 3, 189_000),
    ("grok-imagine-edit", "2K", nil, 1, 42_300), ("gpt-image-1-5-edit", "1K", nil, 2, 338_060),
    ("gpt-image-2-edit", "2K", "medium", 1, 140_000), ("gpt-image-2-edit", "2K", nil, 4, 547_600),
    ("seedream-v5-pro-edit", nil, nil, 2, 63_450), ("firered-image-edit", nil, nil, 3, 40_000),
  ])
  func pricesAreTheCatalogues(id: String, resolution: String?, quality: String?, inputs: Int, micro: Int) throws {
    let pricing = try pricing(id)
    let price = pricing.picture(resolution: resolution, quality: quality) + pricing.inputs(inputs)
    #expect(price == USD(microdollars: micro))
  }

  @Test func qualityIsAskedOfItsOwnTableWhereThereIsNoOther() throws {
    let pricing = Pricing(["quality": ["1K": ["low": ["usd": 1], "high": ["usd": 3]], "2K": ["low": ["usd": 2]]]])
    #expect(pricing.tiers == ["1K", "2K"])
    #expect(pricing.qualities == ["low", "high"])
    #expect(pricing.defaultQuality == "high")
    #expect(pricing.picture(resolution: nil, quality: nil) == USD(3))
    #expect(pricing.picture(resolution: "2K", quality: "low") == USD(2))
  }

  @Test(arguments: [
    ("gpt-image-2", "high"), ("gpt-image-2-edit", "high"), ("grok-imagine-image-2-0", "medium"),
    ("grok-imagine-image-2-0-edit", "medium"), ("venice-sd35", nil), ("nano-banana-pro", nil),
  ])
  func theDefaultQualityIsTheOneThatIsPricedAsNone(id: String, quality: String?) throws {
    #expect(try pricing(id).defaultQuality == quality)
  }

  /// `low` is as dear as no quality at all, so it is what no quality means.
  @Test func theDefaultQualityNeedNotBeTheBest() {
    let quality: JSON = ["1K": ["low": ["usd": 1], "high": ["usd": 3]]]
    #expect(Pricing(["resolutions": ["1K": ["usd": 1]], "quality": quality]).defaultQuality == "low")
    #expect(Pricing(["resolutions": ["1K": ["usd": 2]], "quality": quality]).defaultQuality == "high")
  }

  @Test func withoutA1KTheLowestTierIsTheDefault() {
    let pricing = Pricing(["resolutions": ["4K": ["usd": 4], "2K": ["usd": 2]]])
    #expect(pricing.defaultTier == "2K")
    #expect(pricing.picture(resolution: nil, quality: nil) == USD(2))
  }

  @Test func enlargingIsPricedByItsFactor() throws {
    #expect(try pricing("upscaler").upscale(factor: 2) == USD(microdollars: 20_000))
    #expect(try pricing("upscaler").upscale(factor: 4) == USD(microdollars: 80_000))
  }

  @Test func everyModelOfTheSnapshotHasAPrice() {
    #expect(Catalogue.vendor.models.count == 60)
    for model in Catalogue.vendor.models {
      #expect(model.pricing.picture(resolution: nil, quality: nil) > .zero, "\(model.id)")
    }
  }
}
