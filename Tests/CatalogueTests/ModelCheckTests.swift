import Catalogue
import ImageAPI
import Testing

@Suite struct ModelCheckTests {
  // Prompts.

  @Test func aPromptIsMeasuredInUnicodeScalars() throws {
    let catalogue = try Fixtures.constrained(#""promptCharacterLimit": 5"#)
    // Five scalars, ten UTF-16 units; the flag is one character of two scalars.
    #expect(catalogue.refusal(try Fixtures.generate(#""negative_prompt": "😀😀😀🇦🇹""#)) == nil)
    let error = catalogue.refusal(try Fixtures.generate(#""negative_prompt": "😀😀😀🇦🇹a""#))
    #expect(error == .tooLong(path: ["negative_prompt"], length: 6, maximum: 5, model: "test-model"))
    #expect(error?.description == "'negative_prompt' has 6 characters; test-model takes 5: shorten it")
    let tight = try Fixtures.constrained(#""promptCharacterLimit": 4"#)
    #expect(
      tight.refusal(try Fixtures.generate()) == .tooLong(path: ["prompt"], length: 5, maximum: 4, model: "test-model"))
  }

  @Test func withoutConstraintsNoPromptIsTooLong() throws {
    let long = String(repeating: "a", count: 7500)
    #expect(
      Fixtures.catalogue(try Fixtures.model()).refusal(try Fixtures.generate(#""negative_prompt": "\#(long)""#)) == nil)
  }

  @Test func thePromptOfGenerationsIsMeasuredToo() throws {
    let operation = try Fixtures.operation(.generations, #"{"model": "test-model", "prompt": "canals"}"#)
    #expect(
      try Fixtures.constrained(#""promptCharacterLimit": 5"#).refusal(operation)
        == .tooLong(path: ["prompt"], length: 6, maximum: 5, model: "test-model"))
  }

  // Quality.

  @Test func aQualityOutsideTheLiveListIsRefused() throws {
    let catalogue = try Fixtures.constrained(#""qualities": ["low", "medium"]"#)
    let error = catalogue.refusal(try Fixtures.generate(#""quality": "high""#))
    #expect(
      error
        == .notOffered(
          path: ["quality"], value: "high", offered: ["low", "medium"], nearest: nil, model: "test-model"))
    #expect(error?.description == "'quality' is 'high'; test-model takes low, medium")
    #expect(try catalogue.warnings(try Fixtures.generate(#""quality": "low""#)) == [])
  }

  @Test func aQualityForAModelWithoutAnyIsAWarning() throws {
    let ignored = [CatalogueWarning.ignoredField(path: ["quality"], model: "test-model")]
    let operation = try Fixtures.generate(#""quality": "high""#)
    #expect(try Fixtures.constrained("").warnings(operation) == ignored)
    #expect(ignored.first?.description == "test-model ignores 'quality'")
    // "Only present for models that accept the `quality` request parameter" (schema, pricing).
    let flat = try Fixtures.model(#""pricing": {"generation": {"usd": 0.01}}"#)
    #expect(try Fixtures.catalogue(flat).warnings(operation) == ignored)
    let priced = try Fixtures.model(#""pricing": {"quality": {"1K": {"high": {"usd": 0.01}}}}"#)
    #expect(try Fixtures.catalogue(priced).warnings(operation) == [])
    #expect(try Fixtures.catalogue(try Fixtures.model()).warnings(operation) == [])
  }

  @Test(arguments: [Endpoint.edit, .multiEdit]) func theQualityOfAnEditIsCheckedToo(endpoint: Endpoint) throws {
    let model = endpoint == .edit ? "model" : "modelId"
    let operation = try Fixtures.operation(
      endpoint, #"{"\#(model)": "test-model", "prompt": "p", "quality": "high"}"#, images: 1)
    #expect(
      try Fixtures.constrained("", type: "inpaint").warnings(operation)
        == [.ignoredField(path: ["quality"], model: "test-model")])
    #expect(
      try Fixtures.constrained(#""qualities": ["low"]"#, type: "inpaint").refusal(operation)
        == .notOffered(path: ["quality"], value: "high", offered: ["low"], nearest: nil, model: "test-model"))
  }

  /// "This parameter is not used in Venice image generation" (schema): no word about it.
  @Test func theQualityOfGenerationsIsNobodysBusiness() throws {
    let operation = try Fixtures.operation(
      .generations, #"{"model": "test-model", "prompt": "p", "quality": "hd", "size": "256x256"}"#)
    #expect(try Fixtures.constrained(#""qualities": ["low"], "widthHeightDivisor": 24"#).warnings(operation) == [])
  }

  // Style references.

  private func references(_ count: Int, strength: Bool = false) throws -> ImageAPI.Operation {
    let one = #"{"image": "https://example.com/a.png"\#(strength ? #", "strength": 0.5"# : "")}"#
    return try Fixtures.generate(
      #""style_references": [\#(Array(repeating: one, count: count).joined(separator: ", "))]"#)
  }

  private func styled(_ constraints: String, supports: String = "true") throws -> Catalogue {
    Fixtures.catalogue(
      try Fixtures.model(#""supportsStyleReferences": \#(supports), "constraints": {\#(constraints)}"#))
  }

  @Test func moreStyleReferencesThanTheModelTakesAreRefused() throws {
    let catalogue = try styled(#""maxStyleReferences": 3"#)
    #expect(try catalogue.warnings(try references(3)) == [])
    let error = catalogue.refusal(try references(4))
    #expect(error == .tooManyImages(path: ["style_references"], count: 4, maximum: 3, model: "test-model"))
    #expect(error?.description == "'style_references' has 4 images; test-model takes 3: leave the others out")
    #expect(try styled("").warnings(try references(9)) == [])
  }

  @Test func styleReferencesThatAModelIgnoresAreAWarning() throws {
    let path = ["style_references"]
    let without = try styled("", supports: "false")
    #expect(try without.warnings(try references(1)) == [.ignoredField(path: path, model: "test-model")])
    #expect(try without.warnings(try references(0)) == [])
    let silent = try Fixtures.catalogue(try Fixtures.model()).warnings(try references(1))
    #expect(
      silent == [
        .doubtfulField(
          path: path, model: "test-model", why: "the catalogue does not say that it takes style references")
      ])
    #expect(
      silent.first?.description
        == "test-model may ignore or refuse 'style_references': the catalogue does not say that it takes style references"
    )
  }

  @Test func aStrengthThatAModelIgnoresIsAWarning() throws {
    let ignoring = try styled(#""supportsStyleReferenceStrength": false"#)
    #expect(
      try ignoring.warnings(try references(2, strength: true))
        == [.ignoredField(path: ["style_references", "0", "strength"], model: "test-model")])
    #expect(try ignoring.warnings(try references(2)) == [])
    #expect(try styled("").warnings(try references(2, strength: true)) == [])
  }

  // Steps.

  @Test func moreStepsThanTheMaximumAreAWarning() throws {
    let catalogue = try Fixtures.constrained(#""steps": {"default": 25, "max": 50}"#)
    let warnings = try catalogue.warnings(try Fixtures.generate(#""steps": 51"#))
    #expect(warnings == [.tooManySteps(51, maximum: 50, model: "test-model")])
    #expect(warnings.first?.description == "test-model takes at most 50 steps, not 51")
    #expect(try catalogue.warnings(try Fixtures.generate(#""steps": 50"#)) == [])
  }

  // Images of a multi-edit.

  @Test(
    arguments: [
      (#""combineImages": true"#, 3), (#""combineImages": false"#, 1), (#""maxInputImages": 5"#, 5),
    ] as [(String, Int)]) func moreImagesThanAMultiEditTakesAreRefused(constraints: String, maximum: Int) throws
  {
    let catalogue = try Fixtures.constrained(constraints, type: "inpaint")
    let body = #"{"modelId": "test-model", "prompt": "p"}"#
    #expect(catalogue.refusal(try Fixtures.operation(.multiEdit, body, images: maximum)) == nil)
    let error = CatalogueError.tooManyImages(
      path: ["images"], count: maximum + 1, maximum: maximum, model: "test-model")
    #expect(catalogue.refusal(try Fixtures.operation(.multiEdit, body, images: maximum + 1)) == error)
    // Pictures in the body and from files count together.
    let mixed = #"{"modelId": "test-model", "prompt": "p", "images": ["https://example.com/a.png"]}"#
    #expect(catalogue.refusal(try Fixtures.operation(.multiEdit, mixed, images: maximum)) == error)
  }

  @Test func withoutConstraintsNoImageIsTooMany() throws {
    let catalogue = Fixtures.catalogue(try Fixtures.model(type: "inpaint"))
    let body = #"{"modelId": "test-model", "prompt": "p"}"#
    #expect(catalogue.refusal(try Fixtures.operation(.multiEdit, body, images: 20)) == nil)
  }

  // Availability.

  @Test(
    arguments: [
      // Warnings begin at `startsAt`, 2026-09-21T14:13:20Z, which is now.
      (
        #""startsAt": "2026-09-21T14:13:20.000Z", "removesAt": "2026-12-01T00:00:00.000Z", "replacementModelId": "n""#,
        "test-model is to be removed on 2026-12-01: use 'n'"
      ),
      (#""startsAt": "2026-09-21T14:13:21.000Z", "removesAt": "2026-12-01T00:00:00.000Z""#, nil),
      (
        #""date": "2026-09-21T14:13:20.000Z", "autoRemap": true, "replacementModelId": "n""#,
        "test-model was removed on 2026-09-21: use 'n'; the vendor may replace it by itself"
      ),
      (#""removesAt": "soon""#, "test-model is to be removed on soon"), ("", "test-model is deprecated"),
    ] as [(String, String?)]) func aDeprecatedModelIsAWarningWithItsDateAndReplacement(members: String, words: String?)
    throws
  {
    let catalogue = Fixtures.catalogue(try Fixtures.model(#""deprecation": {\#(members)}"#))
    #expect(try catalogue.warnings(try Fixtures.generate()).map(\.description) == [words].compactMap(\.self))
  }

  @Test func aModelThatIsOfflineIsAWarning() throws {
    let warnings = try Fixtures.catalogue(try Fixtures.model(#""offline": true"#)).warnings(try Fixtures.generate())
    #expect(warnings == [.offlineModel("test-model")])
    #expect(warnings.first?.description == "the vendor says that test-model is offline")
  }
}
