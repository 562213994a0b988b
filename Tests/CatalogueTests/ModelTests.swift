import Documents
import Money
import Testing

@testable import Catalogue

@Suite struct ModelTests {
  @Test func everyMemberIsRead() throws {
    let json = try Fixtures.object(
      """
      {"id": "m", "type": "image", "created": 1697000000, "model_spec": {
        "name": "Em", "traits": ["fastest"], "offline": true, "supportsStyleReferences": true,
        "deprecation": {"autoRemap": true, "date": "2025-03-01T00:00:00.000Z",
          "removesAt": "2025-04-01T00:00:00.000Z", "replacementModelId": "n", "startsAt": "2025-02-01T00:00:00.000Z"},
        "constraints": {"aspectRatios": ["1:1"], "resolutions": ["1K", "2K"], "defaultResolution": "1K",
          "qualities": ["low"], "defaultQuality": "low", "promptCharacterLimit": 2048, "steps": {"default": 25, "max": 5e1},
          "widthHeightDivisor": 8.0, "maxStyleReferences": 3, "supportsStyleReferenceStrength": false,
          "combineImages": false, "maxInputImages": 14, "singleImageAspectRatio": true},
        "pricing": {"generation": {"usd": 0.01, "diem": 0.1}, "inpaint": {"usd": 0.04},
          "resolutions": {"1K": {"usd": 0.18}}, "quality": {"1K": {"low": {"usd": 0.02}}},
          "inputImages": {"included": 1, "additional": {"usd": 0.028060000000000005}},
          "upscale": {"2x": {"usd": 0.02}, "4x": {"usd": 0.08}}},
        "somethingNew": {"of": ["the", "vendor"]}}}
      """)
    let model = try #require(Model(json))
    #expect(model.id == "m")
    #expect(model.type == .image)
    #expect(model.name == "Em")
    #expect(model.traits == ["fastest"])
    #expect(model.isOffline)
    #expect(model.supportsStyleReferences == true)
    #expect(model.json == json)
    let deprecation = try #require(model.deprecation)
    #expect(deprecation.startsAt == "2025-02-01T00:00:00.000Z")
    #expect(deprecation.removesAt == "2025-04-01T00:00:00.000Z")
    #expect(deprecation.replacement == "n")
    #expect(deprecation.isRemapped)
    let constraints = try #require(model.constraints)
    #expect(constraints.aspectRatios == ["1:1"])
    #expect(constraints.resolutions == ["1K", "2K"])
    #expect(constraints.defaultResolution == "1K")
    #expect(constraints.qualities == ["low"])
    #expect(constraints.defaultQuality == "low")
    #expect(constraints.promptCharacterLimit == 2048)
    #expect(constraints.maximumSteps == 50)
    #expect(constraints.widthHeightDivisor == 8)
    #expect(constraints.maximumStyleReferences == 3)
    #expect(constraints.supportsStyleReferenceStrength == false)
    #expect(constraints.combineImages == false)
    #expect(constraints.maximumInputImages == 14)
    #expect(constraints.singleImageAspectRatio == true)
    let pricing = try #require(model.pricing)
    #expect(pricing.generation == USD(microdollars: 10_000))
    #expect(pricing.inpaint == USD(microdollars: 40_000))
    #expect(pricing.resolutions == ["1K": USD(microdollars: 180_000)])
    #expect(pricing.quality == ["1K": ["low": USD(microdollars: 20_000)]])
    #expect(pricing.inputImages?.included == 1)
    #expect(pricing.inputImages?.additional == USD(microdollars: 28_060))
    #expect(pricing.upscale == [2: USD(microdollars: 20_000), 4: USD(microdollars: 80_000)])
  }

  @Test func whatIsMissingOrUnreadableIsAbsent() throws {
    let plain = try #require(Model(try Fixtures.object(#"{"id": "m", "type": "video"}"#)))
    #expect(plain.type == .other("video"))
    #expect(plain.name == "m")
    #expect(plain.traits == [])
    #expect(plain.constraints == nil)
    #expect(plain.pricing == nil)
    #expect(plain.deprecation == nil)
    #expect(!plain.isOffline)
    #expect(plain.supportsStyleReferences == nil)
    let odd = try #require(
      Model(
        try Fixtures.model(
          """
          "name": 7, "traits": ["a", 1, "b"], "offline": "yes", "deprecation": {},
          "constraints": {"aspectRatios": [], "resolutions": "1K", "promptCharacterLimit": "many", "steps": 8,
            "widthHeightDivisor": 0, "maxInputImages": 1.5},
          "pricing": {"generation": {"usd": "cheap"}, "inpaint": 1, "resolutions": {"1K": null, "2K": {"usd": 1000001}},
            "quality": {"1K": {}}, "inputImages": {"included": 1}, "upscale": {"8x": {"usd": 1}}}
          """)))
    #expect(odd.name == "test-model")
    #expect(odd.traits == ["a", "b"])
    #expect(!odd.isOffline)
    #expect(odd.deprecation?.removesAt == nil)
    #expect(odd.constraints == Constraints(JSONObject()))
    #expect(odd.pricing == Pricing(JSONObject()))
  }

  /// "same value as `date` today", says the schema of `removesAt`.
  @Test func theOlderDateStandsInForTheNewer() throws {
    let model = try #require(Model(try Fixtures.model(#""deprecation": {"date": "2025-03-01T00:00:00.000Z"}"#)))
    #expect(model.deprecation?.removesAt == "2025-03-01T00:00:00.000Z")
  }

  @Test(
    arguments: [
      ("", 3), (#""combineImages": true"#, 3), (#""combineImages": false"#, 1), (#""maxInputImages": 14"#, 14),
      (#""combineImages": false, "maxInputImages": 2"#, 2),
    ] as [(String, Int)]) func inputImagesFollowTheSchemasDefault(constraints: String, count: Int) throws
  {
    #expect(Constraints(try Fixtures.object("{\(constraints)}")).inputImages == count)
  }
}
