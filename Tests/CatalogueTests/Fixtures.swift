import Catalogue
import Documents
import Foundation
import ImageAPI
import Testing

/// Models and operations that the tests share.
enum Fixtures {
  static let now = 1_790_000_000  // 2026-09-21T14:13:20Z

  static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  static func object(_ json: String) throws -> JSONObject {
    guard case .object(let object) = try DocumentReader.json(Array(json.utf8)).value else {
      throw CocoaError(.propertyListReadCorrupt)
    }
    return object
  }

  /// An operation; `images` more pictures come from files.
  static func operation(
    _ endpoint: Endpoint, _ json: String, images: Int = 0
  ) throws -> ImageAPI.Operation {
    let field = endpoint == .multiEdit ? "images" : "image"
    let files = (0..<images).map { index in
      FileField(path: endpoint == .multiEdit ? [field, "\(index)"] : [field], source: .inbox("\(index).png"))
    }
    return try ImageAPI.Operation(endpoint: endpoint, body: try object(json), files: files)
  }

  /// `/image/generate` by `test-model`.
  static func generate(_ members: String = "", model: String = "test-model") throws -> ImageAPI.Operation {
    try operation(
      .generate, #"{"model": "\#(model)", "prompt": "canal"\#(members.isEmpty ? "" : ", " + members)}"#)
  }

  /// A model object; `spec` are members of its `model_spec`.
  static func model(_ spec: String = "", id: String = "test-model", type: String = "image") throws -> JSONObject {
    try object(#"{"id": "\#(id)", "type": "\#(type)", "model_spec": {\#(spec)}}"#)
  }

  static func catalogue(_ models: JSONObject..., styles: [String]? = nil) -> Catalogue {
    Catalogue(models: models, styles: styles, fetched: now)
  }

  /// A catalogue of `test-model` alone, with constraints.
  static func constrained(_ constraints: String, type: String = "image") throws -> Catalogue {
    catalogue(try model(#""constraints": {\#(constraints)}"#, type: type))
  }
}

extension Catalogue {
  /// The error of a check; `nil` when there is none.
  func refusal(_ operation: ImageAPI.Operation) -> CatalogueError? {
    do throws(CatalogueError) {
      _ = try check(operation, now: Fixtures.now)
      return nil
    } catch {
      return error
    }
  }

  func warnings(_ operation: ImageAPI.Operation) throws -> [CatalogueWarning] {
    try check(operation, now: Fixtures.now)
  }
}
