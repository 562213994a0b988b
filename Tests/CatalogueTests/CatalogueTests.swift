import Documents
import Foundation
import ImageAPI
import Testing

@testable import Catalogue

@Suite struct CatalogueTests {
  @Test func theSnapshotIsTheVendorsFile() throws {
    let file = Fixtures.tests.deletingLastPathComponent().appending(path: "Sources/Catalogue/models.json")
    guard case .array(let items) = try DocumentReader.json(Array(try Data(contentsOf: file))).value else {
      throw CocoaError(.propertyListReadCorrupt)
    }
    let bundled = Catalogue.bundled
    #expect(items.count == 60)
    #expect(bundled.models.map { JSONValue.object($0.json) } == items)
    #expect(bundled.models.count { $0.type == .image } == 38)
    #expect(bundled.models.count { $0.type == .inpaint } == 21)
    #expect(bundled.models.count { $0.type == .upscale } == 1)
    #expect(bundled.models.allSatisfy { $0.constraints == nil && $0.pricing != nil && $0.deprecation == nil })
    #expect(bundled.origin == .bundled)
    #expect(bundled.fetched == nil)
    #expect(bundled.styles == nil)
  }

  @Test func modelsOfTheAPIKeepTheirOrderAndSkipWhatIsNone() throws {
    let catalogue = Catalogue(
      models: [
        try Fixtures.model(id: "b"), try Fixtures.object(#"{"type": "image"}"#), try Fixtures.object(#"{"id": "x"}"#),
        try Fixtures.object(#"{"id": 7, "type": "image"}"#), try Fixtures.object(#"{"id": "", "type": "image"}"#),
        try Fixtures.object(#"{"id": "two\nlines", "type": "image"}"#), try Fixtures.model(id: "a", type: "text"),
      ], styles: ["Anime"], fetched: 7)
    #expect(catalogue.models.map(\.id) == ["b", "a"])
    #expect(catalogue.origin == .api)
    #expect(catalogue.fetched == 7)
    #expect(catalogue.styles == ["Anime"])
    #expect(catalogue["a"]?.type == .other("text"))
    #expect(catalogue["c"] == nil)
  }

  @Test(
    arguments: [
      (.generate, #"{"model": "qwen-image", "prompt": "p"}"#, 0, "qwen-image"),
      (.generate, #"{"model": "default", "prompt": "p"}"#, 0, "z-image-turbo"),
      (.generate, #"{"model": "highest_quality", "prompt": "p"}"#, 0, "qwen-image"),
      (.generate, #"{"model": "most_uncensored", "prompt": "p"}"#, 0, "lustify-v7"),
      (.generate, #"{"model": "qwen-imagine", "prompt": "p"}"#, 0, nil),
      (.generations, #"{"prompt": "p"}"#, 0, "z-image-turbo"),
      (.generations, #"{"model": "dall-e-3", "prompt": "p"}"#, 0, nil),
      (.edit, #"{"prompt": "p"}"#, 1, "firered-image-edit"),
      (.edit, #"{"prompt": "p", "modelId": "seedream-v4-edit"}"#, 1, "seedream-v4-edit"),
      (.edit, #"{"prompt": "p", "model": "default"}"#, 1, nil),
      (.multiEdit, #"{"prompt": "p"}"#, 2, "firered-image-edit"),
      (.upscale, "{}", 1, "upscaler"),
      (.backgroundRemove, "{}", 1, "bria-bg-remover"),
    ] as [(Endpoint, String, Int, String?)])
  func anIdATraitOrTheDefaultIsTheModel(endpoint: Endpoint, body: String, images: Int, id: String?) throws {
    let operation = try Fixtures.operation(endpoint, body, images: images)
    #expect(Catalogue.bundled.model(of: operation)?.id == id)
  }
}
