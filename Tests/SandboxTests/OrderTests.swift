import Codecs
import Foundation
import Raster
import Testing

@testable import Sandbox

@Suite struct OrderTests {
  private func order(_ endpoint: PaidEndpoint, _ body: JSON) throws -> Order {
    try Order(
      endpoint, RequestBody(Array(body.serialized.utf8), contentType: "application/json", endpoint: endpoint),
      catalogue: .vendor)
  }

  private func generate(_ fields: [String: JSON]) throws -> Order {
    try order(.generate, .object(["prompt": "canal", "model": "venice-sd35"].merging(fields) { $1 }))
  }

  private func picture(_ width: Int, _ height: Int) throws -> JSON {
    let image = Image(size: Size(width: width, height: height), layout: .gray8)
    return .string(Data(try PNG.encode(image, options: PNG.Options(compression: 1))).base64EncodedString())
  }

  @Test(
    arguments: [
      (["width": 1024, "height": 768], Size(width: 1024, height: 768)),
      ([:], Size(width: 1024, height: 1024)),
      (["model": "qwen-image-2", "aspect_ratio": "1:1"], Size(width: 1328, height: 1328)),
      (["model": "nano-banana-pro", "aspect_ratio": "16:9", "resolution": "1K"], Size(width: 1360, height: 768)),
      (["model": "nano-banana-pro", "resolution": "4K"], Size(width: 4096, height: 4096)),
      // Page 000: every idiom at once; the model has tiers, so they win.
      (
        ["model": "grok-imagine-image", "aspect_ratio": "1:1", "resolution": "1K", "width": 512, "height": 512],
        Size(width: 1024, height: 1024)
      ),
      (["model": "flux-2-max", "width": 640, "height": 480], Size(width: 640, height: 480)),
    ] as [([String: JSON], Size)])
  func sizesFollowTheModelsIdiom(fields: [String: JSON], size: Size) throws {
    #expect(try generate(fields).size == size)
  }

  @Test(
    arguments: [
      (["width": 1000], "width"), (["height": 1016], "height"), (["model": "z-image-turbo", "width": 1001], "width"),
      (["variants": 2, "return_binary": true], "variants"), (["style_preset": "No Such Style"], "style_preset"),
      (["model": "grok-imagine-image", "resolution": "4K"], "resolution"),
      (["model": "qwen-image-2", "aspect_ratio": "7:3"], "aspect_ratio"),
      (["model": "grok-imagine-image-2-0", "quality": "high"], "quality"),
      (["model": "flux-2-max", "negative_prompt": .string(String(repeating: "a", count: 7501))], "negative_prompt"),
      (["style_references": [["image": "https://a.example/1.png"]]], "style_references"),
      (
        [
          "model": "ideogram-v4",
          "style_references": .array(Array(repeating: ["image": "https://a.example/"], count: 3)),
        ],
        "style_references"
      ),
      (["prompt": .string(String(repeating: "a", count: 1501))], "prompt"),
      (["inpaint": "<unknown>"], "inpaint"),
    ] as [([String: JSON], String)])
  func whatTheModelCannotDoIsRefusedByField(fields: [String: JSON], field: String) {
    #expect {
      try generate(fields)
    } throws: { ($0 as? Refusal)?.status == 400 && ($0 as? Refusal)?.issues.first?.path == [field] }
  }

  /// "Other models ignore the parameter" (page 004); so with what belongs to another sizing idiom.
  @Test func whatTheModelIgnoresIsNotLookedAt() throws {
    let order = try generate(["quality": "high", "resolution": "8K", "aspect_ratio": "7:3"])
    #expect(order.size == Size(width: 1024, height: 1024))
    #expect(order.price == USD(microdollars: 10_000))
    let edit = try self.order(.edit, ["prompt": "b", "image": picture(800, 800), "resolution": "2K"])
    #expect(edit.size == Size(width: 1024, height: 1024))
    #expect(edit.format == .png)
  }

  @Test func styleReferencesChangeThePictureAndAreNamedByTheirPlace() throws {
    func references(_ images: JSON...) throws -> Order {
      try generate(["model": "krea-v2-large", "style_references": .array(images.map { ["image": $0] })])
    }
    let subjects = try [references(), references("https://a.example/1"), references(picture(20, 20))].map { order in
      guard case .draw(_, _, _, let references) = order.work else { return ["no drawing"] }
      return references.map(\.fingerprint)
    }
    #expect(subjects.map(\.count) == [0, 1, 1])
    #expect(subjects[1] == ["https://a.example/1"] && subjects[1] != subjects[2])
    #expect { try references(picture(20, 20), "aGVsbG8=") } throws: {
      ($0 as? Refusal)?.issues.first?.path == ["style_references", "1", "image"]
    }
  }

  @Test func anUnknownModelIsNotFound() {
    #expect { try generate(["model": "fluently-xl"]) } throws: { ($0 as? Refusal)?.status == 404 }
    #expect { try generate(["model": "firered-image-edit"]) } throws: { ($0 as? Refusal)?.status == 404 }
  }

  /// Schema, SimpleGenerateImageRequest.model: an unknown one is Venice's default.
  @Test func generationsTakesAnyModel() throws {
    let order = try order(.generations, ["prompt": "canal", "model": "dall-e-3", "size": "1792x1024"])
    #expect(order.model.id == "z-image-turbo")
    #expect(order.size == Size(width: 1792, height: 1024))
    #expect(order.format == .png)
  }

  @Test func everyVariantIsPaidAndTheExtrasOnce() throws {
    #expect(try generate(["variants": 3]).price == USD(microdollars: 30_000))
    #expect(try generate(["variants": 3, "enable_web_search": true]).price == USD(microdollars: 40_000))
    #expect(
      try generate(["variants": 3, "enable_web_search": true, "enhance_prompt": true]).price
        == USD(microdollars: 50_000))
    #expect(try generate(["enable_web_search": false, "enhance_prompt": false]).price == USD(microdollars: 10_000))
  }

  /// "Additional credits are charged when a rewrite is generated" (GenerateImageRequest.enhance_prompt).
  @Test func aDetailedPromptIsNotRewrittenNorCharged() throws {
    let short = String(repeating: "a", count: Order.detailedPrompt - 1)
    let rewritten = try generate(["prompt": .string(short + "[sandbox:blurred]"), "enhance_prompt": true])
    #expect(rewritten.enhancedPrompt == short + ", in fine detail")
    #expect(rewritten.price == USD(microdollars: 20_000))
    let detailed = try generate(["prompt": .string(short + "a"), "enhance_prompt": true])
    #expect(detailed.enhancedPrompt == nil)
    #expect(detailed.price == USD(microdollars: 10_000))
    #expect(try generate([:]).enhancedPrompt == nil)
  }

  /// SimpleGenerateImageRequest.quality: "not used in Venice image generation".
  @Test func generationsIgnoresTheQuality() throws {
    let order = try order(.generations, ["prompt": "canal", "model": "gpt-image-2", "quality": "low"])
    #expect(order.price == USD(microdollars: 270_000))
  }

  @Test func editsPayForQualityInputsAndTheRewrite() throws {
    let image = try picture(800, 450)
    let body: JSON = [
      "prompt": "bluer", "images": [image, image, "https://a.example/3.png"], "modelId": "gpt-image-2-edit",
      "resolution": "2K", "quality": "medium", "enhance_prompt": true,
    ]
    // 0.14 + 2 further images at 0.0092 + the rewrite's 0.01
    #expect(try order(.multiEdit, body).price == USD(microdollars: 168_400))
    let single: JSON = ["prompt": "bluer", "image": image, "model": "gpt-image-2-edit", "quality": "low"]
    #expect(try order(.edit, single).price == USD(microdollars: 30_000))
  }

  @Test(arguments: [("gpt-image-2-edit", 14), ("firered-image-edit", 3)])
  func aMultiEditTakesAsManyImagesAsItsModel(model: String, most: Int) throws {
    func images(_ count: Int) throws -> Order {
      let images = Array(repeating: JSON.string("https://a.example/1.png"), count: count)
      return try order(.multiEdit, ["prompt": "join", "modelId": .string(model), "images": .array(images)])
    }
    guard case .retouch(_, let taken) = try images(most).work else {
      Issue.record("not an edit")
      return
    }
    #expect(taken.count == most)
    #expect { try images(most + 1) } throws: { ($0 as? Refusal)?.issues.first?.path == ["images"] }
  }

  @Test func aBadImageIsNamedByItsPlace() throws {
    let body: JSON = ["prompt": "join", "images": ["https://a.example/1.png", "aGVsbG8="]]
    #expect { try order(.multiEdit, body) } throws: { ($0 as? Refusal)?.issues.first?.path == ["images", "1"] }
  }

  /// Schema, EditImageRequest.output_format: "PNG for 1K edits and JPEG for 2K/4K edits".
  @Test func editsAreOfTheNearestRatioAndTheTiersFormat() throws {
    let image = try picture(800, 450)
    let small = try order(.edit, ["prompt": "bluer", "image": image])
    #expect(small.size == Size(width: 1360, height: 768))
    #expect(small.format == .png)
    let large = try order(
      .edit,
      ["prompt": "bluer", "image": image, "model": "nano-banana-pro-edit", "resolution": "2K", "aspect_ratio": "1:1"])
    #expect(large.size == Size(width: 2048, height: 2048))
    #expect(large.format == .jpeg)
    #expect(large.price == USD(microdollars: 230_000))
    #expect(try order(.edit, ["prompt": "b", "image": image, "output_format": "jpg"]).format == .jpeg)
  }

  @Test func enlargingIsReducedToWhatFits() throws {
    #expect(try order(.upscale, ["image": picture(300, 300), "scale": 4]).size == Size(width: 1200, height: 1200))
    #expect(try order(.upscale, ["image": picture(2000, 2000), "scale": 4]).size == Size(width: 4000, height: 4000))
    #expect(try order(.upscale, ["image": picture(2048, 2048), "scale": 2]).price == USD(microdollars: 20_000))
    #expect(try order(.upscale, ["image": picture(1024, 1024), "scale": 4]).price == USD(microdollars: 80_000))
    #expect(try order(.upscale, ["image": picture(1025, 1024), "scale": 4]).price == USD(microdollars: 20_000))
    #expect { try order(.upscale, ["image": picture(3000, 3000)]) } throws: { ($0 as? Refusal)?.status == 400 }
    #expect { try order(.upscale, ["image": picture(300, 300), "scale": 3]) } throws: {
      ($0 as? Refusal)?.issues.first?.path == ["scale"]
    }
  }

  @Test func aCutOutNeedsAnImageOrItsURL() throws {
    #expect(try order(.backgroundRemove, ["image": picture(300, 300)]).size == Size(width: 300, height: 300))
    #expect(try order(.backgroundRemove, ["image_url": "https://example.com/a.jpg"]).price == USD(microdollars: 30_000))
    #expect { try order(.backgroundRemove, [:]) } throws: { ($0 as? Refusal)?.status == 400 }
  }
}
