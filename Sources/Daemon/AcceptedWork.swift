import Documents
import Foundation
import ImageAPI
import Processing

/// What a job was accepted to do, as it stood then: later changes of the request's pipeline do not reach it. Kept in the
/// spool beside the request, written once.
struct AcceptedWork: Codable, Sendable {
  /// The calls in their order; none for a local picture.
  var operations: [AcceptedOperation]
  /// The blob that is the original when there is no call.
  var localOriginal: String?
  var recipe: Recipe
  var facts: JobFacts
  /// An outcome that nobody can know is tried again, because the pipeline's owner said so (`on-unknown: retry`).
  var retriesUnknown: Bool
  /// What was noticed while the request was read; for the manifest.
  var warnings: [String]

  static let blob = "work.json"

  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self))
  }

  init(
    operations: [AcceptedOperation], localOriginal: String?, recipe: Recipe, facts: JobFacts, retriesUnknown: Bool,
    warnings: [String]
  ) {
    self.operations = operations
    self.localOriginal = localOriginal
    self.recipe = recipe
    self.facts = facts
    self.retriesUnknown = retriesUnknown
    self.warnings = warnings
  }

  init(encoded bytes: [UInt8]) throws {
    self = try JSONDecoder().decode(AcceptedWork.self, from: Data(bytes))
  }
}

/// One call of a job: its body, and which blobs of the spool are its pictures.
struct AcceptedOperation: Codable, Sendable {
  /// A picture that the request named, copied when the request was claimed.
  struct Picture: Codable, Sendable {
    var path: [String]
    var blob: String
    var mediaType: String
  }

  var endpoint: Endpoint
  /// The body as JSON text, numbers as they were written.
  var body: String
  var pictures: [Picture]

  init(_ operation: ImageAPI.Operation, pictures: [Picture]) {
    endpoint = operation.endpoint
    body = JSONValue.object(operation.body).serialized()
    self.pictures = pictures
  }

  func operation() throws -> ImageAPI.Operation {
    guard case .object(let object) = try DocumentReader.json(Array(body.utf8)).value else {
      throw DocumentError.unexpected(Position(line: 1, column: 1), found: "no object", expected: "an object")
    }
    return try ImageAPI.Operation(
      endpoint: endpoint, body: object,
      files: pictures.map { FileField(path: $0.path, source: .inbox($0.blob)) })
  }
}
