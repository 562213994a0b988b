import Testing

@testable import Sandbox

/// What clients learn of a model from `GET /models`.
@Suite struct ModelListingTests {
  private func constraints(_ id: String) throws -> JSON {
    let model = try #require(Catalogue.vendor.models.first { $0.id == id })
    return try #require(model.json["model_spec"]?["constraints"])
  }

  private func names(_ id: String) throws -> Set<String> { Set((try constraints(id).object ?? [:]).keys) }

  @Test func pixelsAreADivisorAndNoRatios() throws {
    #expect(try names("venice-sd35") == ["promptCharacterLimit", "steps", "widthHeightDivisor"])
    #expect(try constraints("venice-sd35")["widthHeightDivisor"] == 16)
    #expect(try constraints("venice-sd35")["promptCharacterLimit"] == 1500)
  }

  @Test func ratiosAreAListAndNoDivisor() throws {
    #expect(
      try names("qwen-image-2")
        == ["promptCharacterLimit", "steps", "widthHeightDivisor", "aspectRatios", "defaultAspectRatio"])
    #expect(try constraints("qwen-image-2")["widthHeightDivisor"] == 1)
    #expect(try constraints("qwen-image-2")["aspectRatios"]?.array?.contains("16:9") == true)
  }

  @Test func tiersAreResolutionsBesideRatios() throws {
    let tiers = try constraints("grok-imagine-image")
    #expect(tiers["resolutions"] == ["1K", "2K"])
    #expect(tiers["defaultResolution"] == "1K")
    #expect(tiers["aspectRatios"] != nil)
    #expect(tiers["widthHeightDivisor"] == 1)
    #expect(tiers["qualities"] == nil)
  }

  @Test func whatTheDocumentsDoNotNameIsLeftOpen() throws {
    #expect(try names("flux-2-max") == ["promptCharacterLimit", "steps", "widthHeightDivisor"])
    #expect(try constraints("flux-2-max")["widthHeightDivisor"] == 1)
  }

  @Test func pricedQualitiesAreListed() throws {
    #expect(try constraints("gpt-image-2")["qualities"] == ["low", "medium", "high"])
    #expect(try constraints("gpt-image-2")["defaultQuality"] == "high")
    #expect(try constraints("grok-imagine-image-2-0-edit")["qualities"] == ["low", "medium"])
    #expect(try constraints("grok-imagine-image-2-0-edit")["defaultQuality"] == "medium")
  }

  @Test func editsSayHowManyImagesTheyTake() throws {
    #expect(
      try names("firered-image-edit") == ["promptCharacterLimit", "aspectRatios", "combineImages"])
    #expect(try constraints("firered-image-edit")["combineImages"] == true)
    #expect(try constraints("gpt-image-2-edit")["maxInputImages"] == 14)
    #expect(try constraints("gpt-image-2-edit")["resolutions"] == ["1K", "2K", "4K"])
    #expect(try constraints("luma-uni-1-edit")["combineImages"] == false)
  }

  @Test func someTakeStyleReferencesAndTheRestSayNo() throws {
    #expect(try constraints("krea-v2-large")["maxStyleReferences"] == 3)
    #expect(try constraints("ideogram-v4")["supportsStyleReferenceStrength"] == false)
    for model in Catalogue.vendor.models where model.type == "image" {
      let takes = model.json["model_spec"]?["constraints"]?["maxStyleReferences"] != nil
      #expect(model.json["model_spec"]?["supportsStyleReferences"] == .bool(takes), "\(model.id)")
    }
  }

  @Test func theUpscalerHasNoConstraints() throws {
    let upscaler = try #require(Catalogue.vendor.models.first { $0.id == "upscaler" })
    #expect(upscaler.json["model_spec"]?["constraints"] == nil)
    #expect(upscaler.json["model_spec"]?["pricing"] == upscaler.snapshot["model_spec"]?["pricing"])
  }

  @Test func deprecationIsInTheCatalogueAndTheHeaders() throws {
    let date = "2027-01-02T03:04:05.006Z"
    let catalogue = Catalogue.vendor.deprecating(["chroma": "z-image-turbo", "lustify-v7": nil], removesAt: date)
    let replaced = try #require(catalogue.model("chroma", types: ["image"]))
    #expect(
      replaced.json["model_spec"]?["deprecation"] == [
        "autoRemap": false, "date": .string(date), "removesAt": .string(date), "replacementModelId": "z-image-turbo",
      ])
    #expect(
      replaced.deprecationHeaders == [
        "x-venice-model-deprecation-warning": "The model chroma is deprecated. Please migrate to z-image-turbo.",
        "x-venice-model-deprecation-date": date, "x-venice-deprecated": "true",
        "x-venice-deprecated-replacement": "z-image-turbo",
      ])
    let gone = try #require(catalogue.model("lustify-v7", types: ["image"]))
    #expect(gone.json["model_spec"]?["deprecation"]?["replacementModelId"] == nil)
    #expect(
      Set(gone.deprecationHeaders.keys)
        == ["x-venice-model-deprecation-warning", "x-venice-model-deprecation-date", "x-venice-deprecated"])
    #expect(Catalogue.vendor.models.allSatisfy { $0.deprecationHeaders.isEmpty })
  }
}
