import Documents
import Foundation
import Testing

@testable import ImageAPI

/// The limits against the words of the vendor's schema.
struct ImageLimitsTests {
  private let fields: [(endpoint: Endpoint, schema: String, path: [String])] = [
    (.edit, "EditImageRequest", ["image"]),
    (.multiEdit, "MultiEditImageRequest", ["images", "0"]),
    (.upscale, "UpscaleImageRequest", ["image"]),
    (.backgroundRemove, "BackgroundRemoveImageRequest", ["image"]),
    (.generate, "GenerateImageRequest", ["style_references", "0", "image"]),
  ]

  @Test func limits_areTheSchemas() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Venice/openapi.json")
    let schemas = try member(
      JSONValue.object(json(String(contentsOf: file, encoding: .utf8))), "components", "schemas")
    for (endpoint, schema, path) in fields {
      let keys = path.flatMap { $0 == "0" ? ["items"] : ["properties", $0] }
      // The pictures of a multi-edit are described at their array.
      let place = endpoint == .multiEdit ? keys.dropLast() : keys[...]
      guard case .string(let words) = try member(schemas, [schema] + place + ["description"]) else {
        Issue.record("\(schema) has no words")
        continue
      }
      let limits = endpoint.imageLimits(at: path)
      #expect(words.contains("less than \(limits.bytes >> 20)MB"), "\(schema)")
      #expect(words.contains("pixels") == (limits.pixels != nil), "\(schema)")
      guard let pixels = limits.pixels else { continue }
      #expect(words.contains("at least \(pixels.lowerBound) pixels"), "\(schema)")
      // After the least scale, which is 2.
      let most = endpoint == .upscale ? pixels.upperBound * 4 : pixels.upperBound
      #expect(words.contains("must not exceed \(most) pixels"), "\(schema)")
    }
  }

  @Test func limits_areExact() {
    let edit = ImageLimits(pixels: 65_536...33_177_600, bytes: 26_214_400)
    #expect(Endpoint.edit.imageLimits(at: ["image"]) == edit)
    #expect(Endpoint.multiEdit.imageLimits(at: ["images", "2"]) == edit)
    #expect(
      Endpoint.upscale.imageLimits(at: ["image"]) == ImageLimits(pixels: 65_536...4_194_304, bytes: 26_214_400))
    #expect(Endpoint.backgroundRemove.imageLimits(at: ["image"]) == ImageLimits(pixels: nil, bytes: 26_214_400))
    #expect(
      Endpoint.generate.imageLimits(at: ["style_references", "0", "image"])
        == ImageLimits(pixels: nil, bytes: 8_388_608))
  }

  private func member(_ value: JSONValue, _ keys: String...) throws -> JSONValue { try member(value, keys) }

  private func member(_ value: JSONValue, _ keys: [String]) throws -> JSONValue {
    var value = value
    for key in keys {
      guard case .object(let object) = value else { throw DocumentError.otherEncoding("no object at \(key)") }
      value = try #require(object[key], "\(key)")
    }
    return value
  }
}
