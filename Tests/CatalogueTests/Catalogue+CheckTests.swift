import Catalogue
import ImageAPI
import Testing

@Suite struct CatalogueCheckTests {
  @Test func anUnknownModelIsAWarningWithUpToThreeNames() throws {
    let near = try Catalogue.bundled.warnings(try Fixtures.generate(model: "nano-banana-3"))
    #expect(
      near == [
        .unknownModel(
          "nano-banana-3", endpoint: .generate, nearest: ["nano-banana-2", "nano-banana-pro", "nano-banana-2-lite"])
      ])
    #expect(
      near.first?.description
        == "the catalogue has no model 'nano-banana-3'; did you mean 'nano-banana-2', 'nano-banana-pro', "
        + "'nano-banana-2-lite'?")
    let far = try Catalogue.bundled.warnings(try Fixtures.generate(model: "fluently-xl"))
    #expect(far == [.unknownModel("fluently-xl", endpoint: .generate, nearest: [])])
    #expect(far.first?.description == "the catalogue has no model 'fluently-xl'")
  }

  /// SimpleGenerateImageRequest: "If a non-existent model is specified …, it will default to Venice's default".
  @Test func anUnknownModelOfGenerationsSaysThatTheDefaultIsTaken() throws {
    let operation = try Fixtures.operation(.generations, #"{"model": "dall-e-3", "prompt": "p"}"#)
    let warnings = try Catalogue.bundled.warnings(operation)
    #expect(warnings == [.unknownModel("dall-e-3", endpoint: .generations, nearest: [])])
    #expect(
      warnings.first?.description
        == "the catalogue has no model 'dall-e-3', and the vendor takes its default for an unknown one")
  }

  @Test func namesNearAnUnknownModelAreOfTheFittingType() throws {
    let operation = try Fixtures.operation(.edit, #"{"model": "nano-banana-pro-edits", "prompt": "p"}"#, images: 1)
    guard case .unknownModel(_, _, let nearest)? = try Catalogue.bundled.warnings(operation).first else {
      Issue.record("no warning")
      return
    }
    #expect(nearest.first == "nano-banana-pro-edit")
    #expect(nearest.allSatisfy { Catalogue.bundled[$0]?.type == .inpaint })
  }

  @Test func aDefaultThatTheCatalogueLacksIsNobodysMistake() throws {
    let operation = try Fixtures.operation(.edit, #"{"prompt": "p"}"#, images: 1)
    #expect(try Fixtures.catalogue().warnings(operation) == [])
  }

  @Test(
    arguments: [
      (.generate, "gpt-image-2-edit", "model", "inpaint", "gpt-image-2"),
      (.generate, "grok-imagine-quality-edit", "model", "inpaint", "grok-imagine-image-quality"),
      (.generate, "upscaler", "model", "upscale", nil),
      (.generations, "seedream-v4-edit", "model", "inpaint", "seedream-v4"),
      (.edit, "flux-2-max", "model", "image", "flux-2-max-edit"),
      (.edit, "z-image-turbo", "modelId", "image", nil),
      (.multiEdit, "qwen-image-2-pro", "modelId", "image", "qwen-image-2-pro-edit"),
    ] as [(Endpoint, String, String, String, String?)])
  func aModelOfAnotherTypeIsRefusedWithTheNearestThatFits(
    endpoint: Endpoint, model: String, field: String, type: String, nearest: String?
  ) throws {
    let images = endpoint == .edit || endpoint == .multiEdit ? 1 : 0
    let operation = try Fixtures.operation(endpoint, #"{"\#(field)": "\#(model)", "prompt": "p"}"#, images: images)
    let modelType = try #require(Catalogue.bundled[model]?.type)
    #expect("\(modelType)" == type)
    let error = Catalogue.bundled.refusal(operation)
    #expect(
      error
        == .otherType(path: [field], model: model, type: modelType, endpoint: endpoint, nearest: nearest))
    #expect(error?.path == [field])
    let needed = images == 0 ? "image" : "inpaint"
    #expect(
      error?.description
        == "\(model) is a model of type \(type), and \(endpoint.rawValue) needs one of type \(needed)"
        + (nearest.map { ": use '\($0)'" } ?? ": name another"))
  }

  @Test func aTraitIsAKnownModel() throws {
    let bundled = Catalogue.bundled
    #expect(try bundled.warnings(try Fixtures.generate(#""width": 1024, "height": 1024"#, model: "default")) == [])
    let error = bundled.refusal(try Fixtures.generate(#""width": 1020"#, model: "default"))
    #expect(error == .notDivisible(path: ["width"], value: 1020, by: 8, model: "z-image-turbo"))
    // A trait of image models is no name for an edit.
    let edit = try Fixtures.operation(.edit, #"{"model": "fastest", "prompt": "p"}"#, images: 1)
    #expect(try bundled.warnings(edit) == [.unknownModel("fastest", endpoint: .edit, nearest: [])])
  }

  @Test func aTraitOfSeveralModelsIsRefusedOnlyWhereAllOfThemRefuse() throws {
    let catalogue = Fixtures.catalogue(
      try Fixtures.model(#""traits": ["t"], "constraints": {"widthHeightDivisor": 16}"#, id: "a"),
      try Fixtures.model(#""traits": ["t"], "constraints": {"widthHeightDivisor": 8}, "offline": true"#, id: "b"))
    #expect(try catalogue.warnings(try Fixtures.generate(#""width": 1024"#, model: "t")) == [])
    #expect(try catalogue.warnings(try Fixtures.generate(#""width": 1000"#, model: "t")) == [.offlineModel("b")])
    #expect(
      catalogue.refusal(try Fixtures.generate(#""width": 1001"#, model: "t"))
        == .notDivisible(path: ["width"], value: 1001, by: 16, model: "a"))
  }

  @Test func anUnknownStyleIsAWarningWhereStylesAreKnown() throws {
    let models = try Fixtures.model()
    let operation = try Fixtures.generate(#""style_preset": "Animee""#)
    let known = Fixtures.catalogue(models, styles: ["3D Model", "Anime"])
    #expect(try known.warnings(operation) == [.unknownStyle("Animee", nearest: "Anime")])
    #expect(
      try known.warnings(operation).first?.description == "the vendor lists no style 'Animee'; did you mean 'Anime'?")
    #expect(try known.warnings(try Fixtures.generate(#""style_preset": "Anime""#)) == [])
    #expect(try Fixtures.catalogue(models, styles: nil).warnings(operation) == [])
    #expect(try Fixtures.catalogue(models, styles: []).warnings(operation) == [.unknownStyle("Animee", nearest: nil)])
  }

  /// Upscaling and the like name no model; what is known of the vendor's is still said.
  @Test func aDefaultModelIsCheckedToo() throws {
    let offline = #""offline": true"#
    let catalogue = Fixtures.catalogue(
      try Fixtures.model(offline, id: "upscaler", type: "upscale"),
      try Fixtures.model(offline, id: "bria-bg-remover"),
      try Fixtures.model(#""constraints": {"promptCharacterLimit": 5}"#, id: "firered-image-edit", type: "inpaint"),
      try Fixtures.model(#""traits": ["default"], "offline": true"#, id: "z-image-turbo"))
    #expect(try catalogue.warnings(try Fixtures.operation(.upscale, "{}", images: 1)) == [.offlineModel("upscaler")])
    #expect(
      try catalogue.warnings(try Fixtures.operation(.backgroundRemove, "{}", images: 1))
        == [.offlineModel("bria-bg-remover")])
    #expect(
      try catalogue.warnings(try Fixtures.operation(.generations, #"{"prompt": "p"}"#)) == [
        .offlineModel("z-image-turbo")
      ])
    for endpoint in [Endpoint.edit, .multiEdit] {
      #expect(
        catalogue.refusal(try Fixtures.operation(endpoint, #"{"prompt": "bluer!"}"#, images: 1))
          == .tooLong(path: ["prompt"], length: 6, maximum: 5, model: "firered-image-edit"))
    }
  }

  @Test func aWarningIsOneLineWhateverTheRequestSays() throws {
    let name = #"a\nb\u0007\u2028"# + String(repeating: "x", count: 100)
    let warnings = try Catalogue.bundled.warnings(try Fixtures.generate(model: name))
    let shown = #"a\nb\u{07}\u{2028}"# + String(repeating: "x", count: 75)
    #expect(warnings.map(\.description) == ["the catalogue has no model '\(shown)…'"])
  }
}
