import Catalogue
import ImageAPI
import Money
import Testing

/// What a whole answer did cost: only where nothing of the price is assumed.
@Suite struct SettlementTests {
  private func estimate(
    _ operation: ImageAPI.Operation, in catalogue: Catalogue, inputPixels: Int? = nil
  ) -> Estimate {
    catalogue.estimate(
      operation, inputPixels: inputPixels, assumptions: PriceAssumptions(unknownModel: USD(microdollars: 700_000)))
  }

  private static let flat = #""pricing": {"generation": {"usd": 0.01}}"#
  private static let tiers = #""pricing": {"resolutions": {"1K": {"usd": 0.1}, "2K": {"usd": 0.2}}}"#
  private static let qualities = #""pricing": {"quality": {"1K": {"low": {"usd": 0.01}, "high": {"usd": 0.11}}}}"#

  @Test(
    arguments: [
      (flat, "", "0.01"), (flat, #""variants": 3"#, "0.03"),
      // Which tier, or which quality, is taken where none is asked for.
      (tiers, "", nil), (tiers, #""resolution": "2K""#, "0.2"), (tiers, #""resolution": "8K""#, nil),
      (tiers + #", "constraints": {"defaultResolution": "1K"}"#, "", "0.1"),
      (qualities, "", nil), (qualities, #""quality": "low""#, "0.01"), (qualities, #""quality": "medium""#, nil),
      (qualities + #", "constraints": {"defaultQuality": "high"}"#, "", "0.11"),
      // What a search costs is assumed.
      (flat, #""enable_web_search": true"#, nil), (flat, #""enable_web_search": false"#, "0.01"),
      ("", "", nil),
    ] as [(String, String, String?)])
  func onlyACertainPriceIsACharge(spec: String, members: String, usd: String?) throws {
    let catalogue = Fixtures.catalogue(try Fixtures.model(spec))
    let estimate = estimate(try Fixtures.generate(members), in: catalogue)
    #expect(estimate.settled(isEnhanced: false, model: nil) == usd.flatMap { USD($0) })
    #expect(estimate.settled(isEnhanced: false, model: "test-model") == usd.flatMap { USD($0) })
  }

  @Test func whatWasNotRewrittenIsNotPaidForAndARewritesPriceIsAssumed() throws {
    let catalogue = Fixtures.catalogue(try Fixtures.model(Self.flat))
    let asked = estimate(try Fixtures.generate(#""enhance_prompt": true"#), in: catalogue)
    #expect(asked.worst == USD("0.03"))
    #expect(asked.settled(isEnhanced: false, model: nil) == USD("0.01"))
    #expect(asked.settled(isEnhanced: true, model: nil) == nil)
    // A rewrite that nobody asked for costs something too.
    #expect(estimate(try Fixtures.generate(), in: catalogue).settled(isEnhanced: true, model: nil) == nil)
  }

  @Test func anotherModelHasAnotherPrice() throws {
    let catalogue = Fixtures.catalogue(try Fixtures.model(Self.flat))
    #expect(estimate(try Fixtures.generate(), in: catalogue).settled(isEnhanced: false, model: "other") == nil)
  }

  private static func remapped(to replacement: String, _ usd: String) throws -> Catalogue {
    Fixtures.catalogue(
      try Fixtures.model(flat + #", "deprecation": {"autoRemap": true, "replacementModelId": "\#(replacement)"}"#),
      try Fixtures.model(#""pricing": {"generation": {"usd": \#(usd)}}"#, id: "new"))
  }

  @Test(arguments: [("new", "0.5", "0.5"), ("new", "0.005", "0.01"), ("gone", "0.5", "0.7")])
  func aModelThatMayBeReplacedCountsAsTheDearer(replacement: String, price: String, worst: String) throws {
    let estimate = estimate(try Fixtures.generate(), in: try Self.remapped(to: replacement, price))
    #expect(estimate.expected == USD("0.01"))
    #expect(estimate.worst == USD(worst))
    // Without the answer's word on its model nobody knows whose price it is.
    #expect(estimate.settled(isEnhanced: false, model: nil) == nil)
    #expect(estimate.settled(isEnhanced: false, model: "new") == nil)
    #expect(estimate.settled(isEnhanced: false, model: "test-model") == USD("0.01"))
  }

  @Test func replacementsThatReplaceOneAnotherEnd() throws {
    func model(_ id: String, _ usd: String, to next: String) throws -> Catalogue {
      Fixtures.catalogue(
        try Fixtures.model(Self.flat + #", "deprecation": {"autoRemap": true, "replacementModelId": "b"}"#),
        try Fixtures.model(
          #""pricing": {"generation": {"usd": \#(usd)}}, "deprecation": {"autoRemap": true, "replacementModelId": "\#(next)"}"#,
          id: id))
    }
    #expect(estimate(try Fixtures.generate(), in: try model("b", "0.3", to: "test-model")).worst == USD("0.3"))
  }

  @Test func ofSeveralCarriersOfATraitOnlyOnePriceIsCertain() throws {
    func carriers(_ usd: String) throws -> Catalogue {
      Fixtures.catalogue(
        try Fixtures.model(#""traits": ["t"], "pricing": {"generation": {"usd": 0.01}}"#, id: "a"),
        try Fixtures.model(#""traits": ["t"], "pricing": {"generation": {"usd": \#(usd)}}"#, id: "b"))
    }
    let operation = try Fixtures.generate(model: "t")
    #expect(estimate(operation, in: try carriers("0.01")).settled(isEnhanced: false, model: "b") == USD("0.01"))
    #expect(estimate(operation, in: try carriers("0.05")).settled(isEnhanced: false, model: "b") == nil)
  }

  // "A scale of 4 with large images will result in the scale being dynamically reduced" (schema, UpscaleImageRequest).
  @Test(
    arguments: [
      (#"{"scale": 2}"#, nil, "0.02"), (#"{"scale": 4}"#, 65_536, "0.08"), (#"{"scale": 4}"#, nil, nil),
      (#"{"scale": 4}"#, 1_048_577, nil), (#"{"scale": 3}"#, 65_536, nil),
    ] as [(String, Int?, String?)])
  func anUpscaleIsCertainWhereItsFactorIs(body: String, pixels: Int?, usd: String?) throws {
    let operation = try Fixtures.operation(.upscale, body, images: 1)
    let estimate = estimate(operation, in: .bundled, inputPixels: pixels)
    #expect(estimate.settled(isEnhanced: false, model: nil) == usd.flatMap { USD($0) })
  }
}
