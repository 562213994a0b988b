import Documents
import Foundation
import ImageAPI
import Ledger
import Metadata
import Processing
import Requests

/// What a job was accepted to do, as it stood then: later changes of the request's pipeline do not reach it. Kept in
/// the ledger beside the request.
struct AcceptedWork: Codable, Sendable {
  /// The steps in their order; none for a local picture. A step after the first makes one call for each picture of the
  /// step before.
  var operations: [AcceptedOperation]
  /// The blob of a local picture: the original where there is no call, else what the first step works on.
  var localOriginal: String?
  /// The blob of its copy that was made to fit the first step; `nil` where it fits as it is.
  var localInput: String?
  /// The blob of a picture that is its own request; `nil` where the request is text, which the ledger has.
  var requestPicture: String?
  var recipe: Recipe
  var facts: JobFacts
  /// An outcome that nobody can know is tried again, because the pipeline's owner said so (`on-unknown: retry`).
  var retriesUnknown: Bool
  /// A picture between two steps that is beyond the API's limits is made to fit (`fit-input`).
  var fitsInput: Bool
  /// What was noticed while the request was read; for the manifest.
  var warnings: [String]
  /// What follows publication.
  var after: [Pipeline.Afterwards]
  /// What the request says of its picture, laid over whatever recipe there is by then.
  var texts: MetadataTexts?

  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self))
  }

  init(
    operations: [AcceptedOperation], localOriginal: String?, localInput: String?, requestPicture: String?,
    recipe: Recipe, facts: JobFacts, retriesUnknown: Bool, fitsInput: Bool, warnings: [String],
    after: [Pipeline.Afterwards], texts: MetadataTexts? = nil
  ) {
    self.operations = operations
    self.localOriginal = localOriginal
    self.localInput = localInput
    self.requestPicture = requestPicture
    self.recipe = recipe
    self.facts = facts
    self.retriesUnknown = retriesUnknown
    self.fitsInput = fitsInput
    self.warnings = warnings
    self.after = after
    self.texts = texts
  }

  init(encoded bytes: [UInt8]) throws {
    self = try JSONDecoder().decode(AcceptedWork.self, from: Data(bytes))
  }
}

extension JobLedger {
  /// What the job was accepted to do.
  func acceptedWork(of job: JobID) throws -> AcceptedWork { try AcceptedWork(encoded: work(of: job)) }
}

extension AcceptedWork {
  /// A call of the job: a step, and which picture of the step before it works on. Both count from 1.
  struct Turn: Hashable, Sendable {
    var step: Int
    var item: Int
  }

  /// How many calls a step makes: as many as the step before returns pictures.
  func calls(inStep step: Int) -> Int {
    operations.prefix(step - 1).reduce(1) { $0 * $1.variants }
  }

  /// The call that follows; `nil` after the last.
  func turn(after turn: Turn) -> Turn? {
    if turn.item < calls(inStep: turn.step) { return Turn(step: turn.step, item: turn.item + 1) }
    return turn.step < operations.count ? Turn(step: turn.step + 1, item: 1) : nil
  }

  /// All calls in their order.
  var turns: [Turn] {
    operations.indices.flatMap { index in
      (1...calls(inStep: index + 1)).map { Turn(step: index + 1, item: $0) }
    }
  }

  /// - Precondition: the step is one of the job's.
  func operation(ofStep step: Int) -> AcceptedOperation { operations[step - 1] }
}

/// One step of a job: the body of its calls, and which blobs of the spool are its pictures.
struct AcceptedOperation: Codable, Sendable {
  /// A picture that the request named, copied when the request was claimed.
  struct Picture: Codable, Sendable {
    var path: [String]
    var blob: String
    var mediaType: String
    /// In the picture.
    var pixels: Int?
  }

  var endpoint: Endpoint
  /// Whose turn it is when models are paused, and whose price is counted.
  var model: String?
  /// How many pictures an answer to it carries.
  var variants: Int
  /// Of each of them; `nil` when that cannot be told.
  var answerPixels: Int?
  /// The body as JSON text, numbers as they were written.
  var body: String
  var pictures: [Picture]
  /// Where in the body the picture of the step before belongs; `nil` for a step that takes none.
  var previous: [String]?

  init(_ operation: ImageAPI.Operation, model: String?, answerPixels: Int?, pictures: [Picture]) {
    endpoint = operation.endpoint
    self.model = model
    variants = operation.variants
    self.answerPixels = answerPixels
    body = JSONValue.object(operation.body).serialized()
    self.pictures = pictures
    previous = operation.files.first { $0.source == .previous }?.path
  }

  func operation() throws -> ImageAPI.Operation {
    guard case .object(let object) = try DocumentReader.json(Array(body.utf8)).value else {
      throw DocumentError.unexpected(Position(line: 1, column: 1), found: "no object", expected: "an object")
    }
    let own = pictures.map { FileField(path: $0.path, source: .inbox($0.blob)) }
    return try ImageAPI.Operation(
      endpoint: endpoint, body: object,
      files: own + (previous.map { [FileField(path: $0, source: .previous)] } ?? []))
  }
}
