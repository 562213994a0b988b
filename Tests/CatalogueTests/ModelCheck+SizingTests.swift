import Catalogue
import ImageAPI
import Testing

@Suite struct ModelCheckSizingTests {
  private static let ratio = #""aspect_ratio": "16:9""#
  private static let tier = #""resolution": "2K""#
  private static let pixels = #""width": 1024, "height": 768"#

  private static let live: [String: String] = [
    "pixels": #""widthHeightDivisor": 16"#,
    "ratio": #""widthHeightDivisor": 1, "aspectRatios": ["1:1", "16:9"]"#,
    "tiers": #""widthHeightDivisor": 1, "aspectRatios": ["1:1", "16:9"], "resolutions": ["1K", "2K"]"#,
    "either": #""widthHeightDivisor": 16, "aspectRatios": ["1:1", "16:9"]"#,
    "unknown": "",
  ]

  private static func catalogue(_ kind: String) throws -> Catalogue { try Fixtures.constrained(live[kind] ?? "") }

  private static func other(_ field: String, _ takes: Sizing) -> CatalogueError {
    .otherSizing(path: [field], model: "test-model", takes: takes)
  }

  @Test(
    arguments: [
      ("pixels", pixels, nil), ("pixels", ratio, other("aspect_ratio", .pixels)),
      ("pixels", tier, other("resolution", .pixels)), ("pixels", ratio + "," + tier, other("aspect_ratio", .pixels)),
      ("ratio", ratio, nil), ("ratio", pixels, other("width", .aspectRatio)),
      ("ratio", #""height": 1024"#, other("height", .aspectRatio)), ("ratio", ratio + "," + tier, nil),
      ("ratio", tier, nil), ("tiers", ratio + "," + tier, nil), ("tiers", ratio, nil), ("tiers", tier, nil),
      ("tiers", pixels, other("width", .tiers)), ("either", pixels, nil), ("either", ratio, nil),
      ("unknown", pixels, nil), ("unknown", ratio, nil), ("unknown", tier, nil),
      // Of mixed idioms, the model follows its own.
      ("pixels", pixels + "," + ratio, nil), ("ratio", pixels + "," + ratio, nil),
      ("tiers", pixels + "," + tier, nil), ("pixels", "", nil), ("ratio", "", nil), ("tiers", "", nil),
    ] as [(String, String, CatalogueError?)])
  func anIdiomThatTheModelCannotTakeIsRefusedWhereItIsTheOnlyOne(
    kind: String, size: String, error: CatalogueError?
  ) throws {
    #expect(try Self.catalogue(kind).refusal(try Fixtures.generate(size)) == error)
  }

  @Test(
    arguments: [
      (.pixels, "aspect_ratio", "test-model takes no 'aspect_ratio': give the size with 'width' and 'height'"),
      (.aspectRatio, "width", "test-model takes no 'width': give the size with 'aspect_ratio'"),
      (.tiers, "width", "test-model takes no 'width': give the size with 'aspect_ratio' and 'resolution'"),
    ] as [(Sizing, String, String)]) func theMessageSaysWhatToGive(sizing: Sizing, field: String, words: String)
  {
    #expect(Self.other(field, sizing).description == words)
  }

  /// The vendor's notes, pages 000 and 003: without live constraints, the list by hand counts.
  @Test(
    arguments: [
      ("venice-sd35", ratio, "aspect_ratio", .pixels), ("qwen-image", tier, "resolution", .pixels),
      ("lustify-v8", ratio, "aspect_ratio", .pixels), ("qwen-image-2", pixels, "width", .aspectRatio),
      ("gpt-image-2", pixels, "width", .tiers), ("nano-banana-pro", pixels, "width", .tiers),
    ] as [(String, String, String, Sizing)])
  func theListByHandRefusesAnIdiom(model: String, size: String, field: String, sizing: Sizing) throws {
    let bundled = Catalogue.bundled
    #expect(
      bundled.refusal(try Fixtures.generate(size, model: model))
        == .otherSizing(path: [field], model: model, takes: sizing))
    // Page 000: mixing them is a warning of the operation's own.
    #expect(try bundled.warnings(try Fixtures.generate(Self.pixels + "," + Self.ratio, model: model)) == [])
  }

  @Test(
    arguments: [
      (#""width": 1000, "height": 1024"#, "width", 1000, "992 or 1008"),
      (#""height": 1000"#, "height", 1000, "992 or 1008"),
      (#""width": 8"#, "width", 8, "16"), (#""width": 1024.0, "height": 1.27e3"#, "height", 1270, "1264 or 1280"),
    ] as [(String, String, Int, String)])
  func aSideThatIsNotDivisibleIsRefusedWithTheNextOnes(size: String, field: String, value: Int, next: String) throws {
    for (catalogue, model) in [(try Self.catalogue("pixels"), "test-model"), (Catalogue.bundled, "venice-sd35")] {
      let error = catalogue.refusal(try Fixtures.generate(size, model: model))
      #expect(error == .notDivisible(path: [field], value: value, by: 16, model: model))
      #expect(error?.path == [field])
      #expect(error?.description == "'\(field)' is \(value); \(model) takes multiples of 16: use \(next)")
    }
  }

  @Test(
    arguments: [
      ("pixels", true, true), ("ratio", false, false), ("tiers", false, false), ("either", true, false),
      ("unknown", false, false),
    ] as [(String, Bool, Bool)])
  func besideAnotherIdiomTheDivisorCountsForPixelModelsAlone(kind: String, alone: Bool, mixed: Bool) throws {
    func isIndivisible(_ size: String) throws -> Bool {
      guard case .notDivisible? = try Self.catalogue(kind).refusal(try Fixtures.generate(size)) else { return false }
      return true
    }
    #expect(try isIndivisible(#""width": 1000"#) == alone)
    #expect(try isIndivisible(#""width": 1000, "aspect_ratio": "16:9""#) == mixed)
  }

  @Test func aRatioOutsideTheLiveListIsRefused() throws {
    let operation = try Fixtures.generate(#""aspect_ratio": "16:8""#)
    for kind in ["ratio", "tiers", "either"] {
      let error = try Self.catalogue(kind).refusal(operation)
      #expect(
        error
          == .notOffered(
            path: ["aspect_ratio"], value: "16:8", offered: ["1:1", "16:9"], nearest: "16:9", model: "test-model"))
      #expect(error?.description == "'aspect_ratio' is '16:8'; test-model takes 1:1, 16:9. Did you mean '16:9'?")
    }
    #expect(try Self.catalogue("unknown").refusal(operation) == nil)
    #expect(Catalogue.bundled.refusal(try Fixtures.generate(#""aspect_ratio": "16:8""#, model: "qwen-image-2")) == nil)
    // A model that takes pixels, too, may not look at it.
    let mixed = try Fixtures.generate(#""width": 1024, "aspect_ratio": "16:8""#)
    #expect(try Self.catalogue("either").refusal(mixed) == nil)
    #expect(try Self.catalogue("ratio").refusal(mixed) != nil)
  }

  @Test func aResolutionOutsideTheLiveListIsRefused() throws {
    let error = try Self.catalogue("tiers").refusal(try Fixtures.generate(#""resolution": "2k""#))
    #expect(
      error
        == .notOffered(
          path: ["resolution"], value: "2k", offered: ["1K", "2K"], nearest: "2K", model: "test-model"))
    #expect(Catalogue.bundled.refusal(try Fixtures.generate(#""resolution": "8K""#, model: "nano-banana-pro")) == nil)
  }

  @Test func aResolutionForAModelWithoutTiersIsAWarning() throws {
    let ignored = [CatalogueWarning.ignoredField(path: ["resolution"], model: "test-model")]
    let operation = try Fixtures.generate(Self.ratio + "," + Self.tier)
    for kind in ["ratio", "either", "unknown"] { #expect(try Self.catalogue(kind).warnings(operation) == ignored) }
    #expect(try Self.catalogue("tiers").warnings(operation) == [])
    // "Only present for models without resolution-specific pricing" (schema, `generation`).
    let flat = try Fixtures.model(#""pricing": {"generation": {"usd": 0.01}}"#)
    #expect(try Fixtures.catalogue(flat).warnings(operation) == ignored)
    #expect(try Fixtures.catalogue(try Fixtures.model()).warnings(operation) == [])
    // Mixed idioms are a warning already.
    #expect(try Fixtures.catalogue(flat).warnings(try Fixtures.generate(Self.pixels + "," + Self.tier)) == [])
  }

  @Test func pixelsForAModelWithPricedTiersAreADoubt() throws {
    let bundled = Catalogue.bundled
    let warnings = try bundled.warnings(try Fixtures.generate(Self.pixels, model: "krea-2-turbo"))
    #expect(
      warnings == [.doubtfulField(path: ["width"], model: "krea-2-turbo", why: "its prices go by 'resolution'")])
    #expect(
      warnings.first?.description == "krea-2-turbo may ignore or refuse 'width': its prices go by 'resolution'")
    #expect(try bundled.warnings(try Fixtures.generate(Self.ratio + "," + Self.tier, model: "krea-2-turbo")) == [])
    #expect(try bundled.warnings(try Fixtures.generate(Self.pixels + "," + Self.tier, model: "krea-2-turbo")) == [])
    #expect(try bundled.warnings(try Fixtures.generate(Self.pixels, model: "flux-2-pro")) == [])
  }

  // Edits.

  private func edit(_ endpoint: Endpoint, _ members: String, images: Int = 1) throws -> ImageAPI.Operation {
    let model = endpoint == .edit ? "model" : "modelId"
    return try Fixtures.operation(
      endpoint, #"{"\#(model)": "test-model", "prompt": "p", \#(members)}"#, images: images)
  }

  @Test(arguments: [Endpoint.edit, .multiEdit])
  func theRatioAndResolutionOfAnEditAreComparedWithTheLiveLists(endpoint: Endpoint) throws {
    let catalogue = try Fixtures.constrained(
      #""aspectRatios": ["1:1", "16:9"], "resolutions": ["1K", "2K"]"#, type: "inpaint")
    #expect(try catalogue.warnings(try edit(endpoint, Self.ratio + "," + Self.tier)) == [])
    #expect(
      catalogue.refusal(try edit(endpoint, #""aspect_ratio": "3:4""#))
        == .notOffered(
          path: ["aspect_ratio"], value: "3:4", offered: ["1:1", "16:9"], nearest: nil, model: "test-model"))
    #expect(
      catalogue.refusal(try edit(endpoint, #""resolution": "4K""#))
        == .notOffered(
          path: ["resolution"], value: "4K", offered: ["1K", "2K"], nearest: "1K", model: "test-model"))
    // "Use 'auto' or omit this parameter" (schema): nothing to compare.
    #expect(try catalogue.warnings(try edit(endpoint, #""aspect_ratio": "auto""#)) == [])
    let plain = try Fixtures.constrained(#""aspectRatios": []"#, type: "inpaint")
    #expect(
      try plain.warnings(try edit(endpoint, Self.ratio + "," + Self.tier))
        == [.ignoredField(path: ["resolution"], model: "test-model")])
  }

  /// "If false, output dimensions match the input on single-image edits and `aspect_ratio` is ignored. Multi-image edits
  /// are unaffected" (schema).
  @Test func aRatioThatASingleImageEditIgnoresIsAWarning() throws {
    let catalogue = try Fixtures.constrained(
      #""aspectRatios": ["1:1"], "singleImageAspectRatio": false"#, type: "inpaint")
    let ignored = [CatalogueWarning.ignoredField(path: ["aspect_ratio"], model: "test-model")]
    #expect(try catalogue.warnings(try edit(.edit, Self.ratio)) == ignored)
    #expect(try catalogue.warnings(try edit(.multiEdit, Self.ratio)) == ignored)
    #expect(try catalogue.warnings(try edit(.edit, #""aspect_ratio": "auto""#)) == [])
    #expect(catalogue.refusal(try edit(.multiEdit, Self.ratio, images: 2))?.path == ["aspect_ratio"])
  }
}
