import Foundation
import Testing

@testable import Sandbox

/// The server's tables against the vendor's schema, which `validate.py` reads for itself.
@Suite struct RequestSchemaTests {
  private static let base: [PaidEndpoint: [String: JSON]] = [
    .generate: ["model": "venice-sd35", "prompt": "canal"],
    .generations: ["prompt": "canal"],
    .edit: ["prompt": "bluer", "image": "https://example.com/a.png"],
    .multiEdit: ["prompt": "bluer", "images": ["https://example.com/a.png"]],
    .upscale: ["image": "aGVsbG8="],
    .backgroundRemove: ["image_url": "https://example.com/a.png"],
  ]

  /// Values on, beside and far from every bound that the schemas use, and of every type.
  private static let values: [JSON] = [
    .null, true, false, "", "a", "auto", "png", "jpeg", "webp", "gif", "high", "low", "hd", "vivid", "natural",
    "b64_json",
    "url", "1:1", "16:9", "4:3", "1K", "12345678901", "512x512", "513x512", "opaque", "firered-image-edit",
    "luma-uni-1-edit", "qwen-edit", .string(String(repeating: "a", count: 1500)),
    .string(String(repeating: "é", count: 1501)), .string(String(repeating: "a", count: 7500)),
    .string(String(repeating: "😀", count: 7501)), .string(String(repeating: "a", count: 32769)),
    -1_000_000_000, -999_999_999, -1, 0, 1, 2, 3, 4, 5, 8, 20, 21, 100, 101, 1280, 1281, 999_999_999, 1_000_000_000,
    .number(Decimal(string: "0.1") ?? 0), .number(Decimal(string: "0.05") ?? 0), .number(Decimal(string: "1.5") ?? 0),
    .number(Decimal(string: "20.5") ?? 0), [], [:], ["a"], [1],
    [["image": "aGVsbG8="]], [["image": "aGVsbG8=", "strength": .number(Decimal(string: "0.1") ?? 0)]],
    [["image": "aGVsbG8=", "strength": .number(Decimal(string: "0.09") ?? 0)]], [["strength": 1]],
    [["image": "aGVsbG8=", "other": 1]], [["image": "aGVsbG8=", "strength": 2]],
  ]

  /// Where the server follows the vendor's words and not the letter of the schema, by field: each with its reason.
  private static func isKnownDifference(_ endpoint: PaidEndpoint, _ field: String, _ value: JSON) -> Bool {
    switch (endpoint, field) {
    // "This feature is deprecated and was disabled on May 19th, 2025": the schema has no type for it.
    case (.generate, "inpaint"): true
    // Pages show it on an edit; the schema of /image/edit does not list it.
    case (.edit, "quality"): true
    // The schema's first alternative for a file is `{}`, which takes any JSON value.
    case (.edit, "image"), (.upscale, "image"), (.backgroundRemove, "image"): true
    default: false
    }
  }

  @Test(arguments: PaidEndpoint.allCases)
  func everyFieldHasTheSchemasBounds(endpoint: PaidEndpoint) async throws {
    let base = try #require(Self.base[endpoint])
    var cases: [(field: String, value: JSON, isAccepted: Bool)] = []
    for field in endpoint.schema.fields {
      for value in Self.values where !Self.isKnownDifference(endpoint, field.name, value) {
        let body = JSON.object(base.merging([field.name: value]) { $1 })
        cases.append((field.name, value, endpoint.schema.issues(body).isEmpty))
      }
    }
    let messages = cases.enumerated().map { number, item -> JSON in
      var message =
        VendorSchema.request(
          endpoint.path, .object(base.merging([item.field: item.value]) { $1 })
        ).object ?? [:]
      message["name"] = .string("case \(number)")
      return .object(message)
    }
    let faults = try await VendorSchema.faults(messages)
    for (number, item) in cases.enumerated() {
      let isAccepted = !faults.contains("(case \(number))")
      #expect(item.isAccepted == isAccepted, "\(item.field): \(item.value.serialized.prefix(60))")
    }
    #expect(cases.contains { $0.isAccepted } && cases.contains { !$0.isAccepted })
  }

  @Test func theServersFieldsAreTheSchemas() throws {
    let document = try #require(
      JSON(
        parsing: [UInt8](
          Data(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
              .appendingPathComponent("Venice/openapi.json")))))
    let components: [(PaidEndpoint, String, Set<String>)] = [
      (.generate, "GenerateImageRequest", []), (.generations, "SimpleGenerateImageRequest", []),
      (.edit, "EditImageRequest", ["quality"]), (.multiEdit, "MultiEditImageRequest", []),
      (.upscale, "UpscaleImageRequest", []), (.backgroundRemove, "BackgroundRemoveImageRequest", []),
    ]
    for (endpoint, name, beyond) in components {
      let component = try #require(document["components"]?["schemas"]?[name])
      let names = Set(try #require(component["properties"]?.object).keys)
      #expect(Set(endpoint.schema.fields.map(\.name)) == names.union(beyond), "\(name)")
      let required = Set((component["required"]?.array ?? []).compactMap(\.string))
      #expect(Set(endpoint.schema.fields.filter(\.isRequired).map(\.name)) == required, "\(name)")
      #expect(endpoint.schema.isOpen == (component["additionalProperties"] != false), "\(name)")
    }
  }

  @Test func unknownFieldsAreNamed() {
    #expect(
      RequestSchema.generate.issues(["model": "a", "prompt": "b", "widht": 3]) == [
        Refusal.Issue(path: [], message: "Unrecognized key(s) in object: 'widht'")
      ])
  }

  @Test func issuesNameTheFieldOrItsElement() {
    let body: JSON = ["prompt": "b", "width": 0, "style_references": [["image": "x"], ["strength": 1]]]
    #expect(
      Set(RequestSchema.generate.issues(body).map { $0.path.joined(separator: "/") })
        == ["model", "width", "style_references/1/image"])
  }
}
