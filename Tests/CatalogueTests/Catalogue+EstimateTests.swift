import Catalogue
import ImageAPI
import Money
import Testing

@Suite struct CatalogueEstimateTests {
  private static let assumptions = PriceAssumptions(
    unknownModel: USD(microdollars: 700_000), extra: USD(microdollars: 15_000))

  private func estimate(
    _ operation: ImageAPI.Operation, in catalogue: Catalogue = .bundled, inputPixels: Int? = nil
  ) -> Estimate {
    var estimate = catalogue.estimate(operation, inputPixels: inputPixels, assumptions: Self.assumptions)
    // `SettlementTests` look at these.
    (estimate.models, estimate.isCertain) = ([], estimate.isKnown && estimate.expected == estimate.worst)
    return estimate
  }

  private func known(_ expected: Int64, _ worst: Int64, enhancement: Int64 = 0) -> Estimate {
    Estimate(
      expected: USD(microdollars: expected), worst: USD(microdollars: worst), isKnown: true,
      enhancement: USD(microdollars: enhancement))
  }

  private func unknown(_ price: Int64, enhancement: Int64 = 0) -> Estimate {
    Estimate(
      expected: USD(microdollars: price), worst: USD(microdollars: price), isKnown: false,
      enhancement: USD(microdollars: enhancement))
  }

  @Test func theVendorsSilenceCostsADollarAndTwoCents() {
    #expect(PriceAssumptions().unknownModel == USD("1"))
    #expect(PriceAssumptions().extra == USD("0.02"))
  }

  @Test func aPriceCountsForEachVariant() throws {
    #expect(estimate(try Fixtures.generate(model: "wan-2-7-pro-text-to-image")) == known(93_750, 93_750))
    #expect(
      estimate(try Fixtures.generate(#""variants": 3"#, model: "wan-2-7-pro-text-to-image")) == known(281_250, 281_250))
  }

  @Test func anUnknownModelCountsAsAssumedForEachPicture() throws {
    #expect(estimate(try Fixtures.generate(model: "fluently-xl")) == unknown(700_000))
    #expect(estimate(try Fixtures.generate(#""variants": 4"#, model: "fluently-xl")) == unknown(2_800_000))
    #expect(estimate(try Fixtures.generate(), in: Fixtures.catalogue(try Fixtures.model())) == unknown(700_000))
  }

  @Test(
    arguments: [
      (#""enhance_prompt": true"#, 15_000, 15_000), (#""enable_web_search": true"#, 15_000, 0),
      (#""enhance_prompt": true, "enable_web_search": true, "variants": 2"#, 30_000, 15_000),
      (#""enhance_prompt": false, "enable_web_search": false"#, 0, 0),
    ] as [(String, Int64, Int64)])
  func aRewriteAndASearchCostExtraOnceACall(members: String, extra: Int64, enhancement: Int64) throws {
    let pictures: Int64 = members.contains("variants") ? 2 : 1
    #expect(
      estimate(try Fixtures.generate(members, model: "venice-sd35"))
        == known(10_000 * pictures + extra, 10_000 * pictures + extra, enhancement: enhancement))
    #expect(
      estimate(try Fixtures.generate(members, model: "fluently-xl"))
        == unknown(700_000 * pictures + extra, enhancement: enhancement))
  }

  /// gpt-image-2: the table by resolution is the vendor's for no quality, and one cent above the best quality.
  @Test(
    arguments: [
      ("", 270_000, 840_000), (#""resolution": "2K""#, 510_000, 510_000),
      (#""quality": "low""#, 20_000, 50_000), (#""quality": "medium", "resolution": "2K""#, 130_000, 130_000),
      (#""quality": "high", "resolution": "4K""#, 830_000, 830_000),
    ] as [(String, Int64, Int64)])
  func whatIsNotAskedForCountsAtTheDearestInTheWorstCase(members: String, expected: Int64, worst: Int64) throws {
    #expect(estimate(try Fixtures.generate(members, model: "gpt-image-2")) == known(expected, worst))
  }

  private static let tiered = """
    "pricing": {"resolutions": {"1K": {"usd": 0.1}, "2K": {"usd": 0.2}, "4K": {"usd": 0.4}},
      "quality": {"1K": {"low": {"usd": 0.01}, "high": {"usd": 0.11}}, "2K": {"low": {"usd": 0.02}, "high": {"usd": 0.22}}}}
    """

  @Test(
    arguments: [
      // Nothing known, then a default resolution, then both defaults.
      ("", "", 100_000, 400_000), (#""defaultResolution": "2K""#, "", 200_000, 220_000),
      (#""defaultResolution": "2K", "defaultQuality": "low""#, "", 200_000, 200_000),
      (#""defaultQuality": "low""#, #""resolution": "1K""#, 100_000, 100_000),
      // A default without a price says nothing.
      (#""defaultResolution": "3K""#, "", 100_000, 400_000),
      // Asked for and not priced: the table by resolution, and at worst the dearest.
      (#""defaultQuality": "low""#, #""resolution": "2K", "quality": "medium""#, 200_000, 220_000),
      ("", #""resolution": "4K", "quality": "low""#, 400_000, 400_000),
    ] as [(String, String, Int64, Int64)])
  func liveDefaultsMakeTheWorstCaseCertain(constraints: String, members: String, expected: Int64, worst: Int64) throws {
    let catalogue = Fixtures.catalogue(
      try Fixtures.model(Self.tiered + (constraints.isEmpty ? "" : #", "constraints": {\#(constraints)}"#)))
    #expect(estimate(try Fixtures.generate(members), in: catalogue) == known(expected, worst))
  }

  @Test func aTierWithoutAPriceIsUnknownAndNotBelowTheDearest() throws {
    let dear = Fixtures.catalogue(try Fixtures.model(#""pricing": {"resolutions": {"1K": {"usd": 0.9}}}"#))
    #expect(estimate(try Fixtures.generate(#""resolution": "8K""#), in: dear) == unknown(900_000))
    let cheap = Fixtures.catalogue(try Fixtures.model(Self.tiered))
    #expect(estimate(try Fixtures.generate(#""resolution": "8K", "variants": 2"#), in: cheap) == unknown(1_400_000))
  }

  @Test func the1KTierIsExpectedAndWithoutItTheCheapest() throws {
    let with = #""pricing": {"resolutions": {"512": {"usd": 0.05}, "1K": {"usd": 0.1}, "2K": {"usd": 0.2}}}"#
    #expect(
      estimate(try Fixtures.generate(), in: Fixtures.catalogue(try Fixtures.model(with))) == known(100_000, 200_000))
    let without = #""pricing": {"resolutions": {"4K": {"usd": 0.4}, "2K": {"usd": 0.2}}}"#
    #expect(
      estimate(try Fixtures.generate(), in: Fixtures.catalogue(try Fixtures.model(without))) == known(200_000, 400_000))
  }

  @Test func withoutATableByResolutionTheDefaultOrBestQualityIsExpected() throws {
    let pricing = #""pricing": {"quality": {"1K": {"low": {"usd": 0.01}, "high": {"usd": 0.11}}}}"#
    #expect(
      estimate(try Fixtures.generate(), in: Fixtures.catalogue(try Fixtures.model(pricing))) == known(110_000, 110_000))
    let live = #", "constraints": {"defaultQuality": "low"}"#
    #expect(
      estimate(try Fixtures.generate(), in: Fixtures.catalogue(try Fixtures.model(pricing + live)))
        == known(10_000, 10_000))
  }

  /// Page 004; `inputImages` of the snapshot.
  @Test(
    arguments: [
      (.edit, "firered-image-edit", "", 1, 40_000, 40_000),
      // One included, then 0.00345 each.
      (.edit, "seedream-v5-pro-edit", "", 1, 60_000, 110_000),
      (.multiEdit, "seedream-v5-pro-edit", #", "resolution": "2K""#, 3, 116_900, 116_900),
      // None included.
      (.edit, "grok-imagine-edit", #", "resolution": "1K""#, 1, 32_300, 32_300),
      (.multiEdit, "grok-imagine-edit", "", 3, 36_900, 46_900),
      (.multiEdit, "gpt-image-2-edit", #", "quality": "medium", "resolution": "4K""#, 4, 247_600, 247_600),
    ] as [(Endpoint, String, String, Int, Int64, Int64)])
  func anEditPaysForTheImagesBeyondThoseIncluded(
    endpoint: Endpoint, model: String, members: String, images: Int, expected: Int64, worst: Int64
  ) throws {
    let field = endpoint == .edit ? "model" : "modelId"
    let operation = try Fixtures.operation(
      endpoint, #"{"\#(field)": "\#(model)", "prompt": "p"\#(members)}"#, images: images)
    #expect(estimate(operation) == known(expected, worst))
  }

  /// UpscaleImageRequest: the result has at most 16,777,216 pixels, and a scale of 4 is reduced.
  @Test(
    arguments: [
      ("{}", nil, 20_000, 20_000), (#"{"scale": 2}"#, 4_194_305, 20_000, 20_000),
      (#"{"scale": 4}"#, nil, 80_000, 80_000),
      (#"{"scale": 4}"#, 1_048_576, 80_000, 80_000), (#"{"scale": 4}"#, 1_048_577, 20_000, 80_000),
      (#"{"scale": 4.0}"#, .max, 20_000, 80_000), (#"{"scale": 3}"#, 1_048_577, 80_000, 80_000),
      (#"{"scale": 2.5}"#, 1, 80_000, 80_000),
    ] as [(String, Int?, Int64, Int64)])
  func anUpscaleIsPricedByTheFactorThatFits(body: String, pixels: Int?, expected: Int64, worst: Int64) throws {
    let operation = try Fixtures.operation(.upscale, body, images: 1)
    #expect(estimate(operation, inputPixels: pixels) == known(expected, worst))
  }

  @Test func anUpscaleWithoutItsPriceIsUnknown() throws {
    let operation = try Fixtures.operation(.upscale, "{}", images: 1)
    #expect(estimate(operation, in: Fixtures.catalogue()) == unknown(700_000))
    let half = try Fixtures.model(
      #""pricing": {"upscale": {"2x": {"usd": 0.02}}}"#, id: "upscaler", type: "upscale")
    #expect(estimate(operation, in: Fixtures.catalogue(half)) == unknown(700_000))
  }

  @Test func aRemovedBackgroundCostsWhatItsModelDoes() throws {
    #expect(estimate(try Fixtures.operation(.backgroundRemove, "{}", images: 1)) == known(30_000, 30_000))
  }

  /// Neither its `size` nor its `quality` chooses a price; the tier is the vendor's choice.
  @Test func generationsAreOnePictureOfTheModel() throws {
    let body = #"{"model": "gpt-image-2", "prompt": "p", "n": 1, "quality": "low", "size": "1792x1024"}"#
    #expect(estimate(try Fixtures.operation(.generations, body)) == known(270_000, 840_000))
    #expect(estimate(try Fixtures.operation(.generations, #"{"prompt": "p"}"#)) == known(10_000, 10_000))
    #expect(estimate(try Fixtures.operation(.generations, #"{"prompt": "p", "n": null}"#)) == known(10_000, 10_000))
  }

  @Test func theDearestCarrierOfATraitCounts() throws {
    let catalogue = Fixtures.catalogue(
      try Fixtures.model(#""traits": ["t"], "pricing": {"generation": {"usd": 0.01}}"#, id: "a"),
      try Fixtures.model(#""traits": ["t"], "pricing": {"generation": {"usd": 0.05}}"#, id: "b"))
    #expect(estimate(try Fixtures.generate(model: "t"), in: catalogue) == known(50_000, 50_000))
  }
}
