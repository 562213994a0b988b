import Documents
import ImageAPI
import Processing

/// What is wrong with a request or with a pipeline, where, and what to do next.
public enum RequestError: Error, Hashable, Sendable {
  /// The file is no JSON or YAML.
  case document(DocumentError)
  /// `hint` says where the key belongs, when that is known.
  case unknownKey(Place, nearest: String?, hint: String?)
  /// `place` is the mapping that lacks the key.
  case missingKey(Place, key: String, hint: String)
  case wrongType(Place, expected: String, found: String)
  case outOfRange(Place, value: String, allowed: String)
  case notAChoice(Place, value: String, allowed: [String], nearest: String?)
  /// A text that breaks the rules of its key.
  case invalid(Place, value: String, why: String)
  case conflict(Place, with: String, why: String)
  /// The request asks for nothing.
  case noOperation(Place)
  /// The request asks for several things; the place is that of the second.
  case severalOperations(Place, names: [String])
  /// `folder` when the name comes from the request's folder in the inbox.
  case unknownPipeline(Place, name: String, nearest: String?, folder: Bool)
  case notAnImage(Place, why: String)
  /// The body of a call; `layer` names the pipeline whose `request` brought the field, when it was not the request.
  case operation(Place, OperationError, layer: String?)
  /// Bytes of a request without its pictures.
  case tooLarge(found: Int, limit: Int)
  case fileName(Place, FileNameError)
  /// An encoder setting that the output's format does not have.
  case settingOfAnotherFormat(Place, format: String, formats: [String])
  /// Two outputs that would always get one name; the place is that of the second.
  case sameName(Place, name: String, first: Position)
  /// Two pipeline files of one name.
  case samePipeline(name: String, other: String)
  /// A file name that is none of a request or of a pipeline.
  case unknownKind(file: String, expected: String)
}

extension RequestError {
  /// Where to look, the beginning of the file where the error is about the whole of it.
  public var place: Place {
    switch self {
    case .document(let error): Place(position: error.position, path: [])
    case .unknownKey(let place, _, _), .missingKey(let place, _, _), .wrongType(let place, _, _),
      .outOfRange(let place, _, _), .notAChoice(let place, _, _, _), .invalid(let place, _, _),
      .conflict(let place, _, _), .noOperation(let place), .severalOperations(let place, _),
      .unknownPipeline(let place, _, _, _), .notAnImage(let place, _), .operation(let place, _, _),
      .fileName(let place, _), .settingOfAnotherFormat(let place, _, _), .sameName(let place, _, _):
      place
    case .tooLarge, .samePipeline, .unknownKind: Place(position: Position(line: 1, column: 1), path: [])
    }
  }

  public var position: Position { place.position }

  /// The key that is concerned, `generate.width`; empty when it is the whole file.
  public var key: String { place.key }

  /// Whether the file may merely not be whole yet.
  public var mayBeIncomplete: Bool {
    if case .document(let error) = self { error.mayBeIncomplete } else { false }
  }

  /// The known word that was probably meant.
  public var nearest: String? {
    switch self {
    case .unknownKey(_, let nearest, _), .notAChoice(_, _, _, let nearest), .unknownPipeline(_, _, let nearest, _):
      nearest
    case .operation(_, .unknownField(_, _, let nearest), _), .operation(_, .notAChoice(_, _, _, let nearest), _):
      nearest
    case .fileName(_, .unknownPlaceholder(_, let nearest, _)): nearest
    case .document, .missingKey, .wrongType, .outOfRange, .invalid, .conflict, .noOperation, .severalOperations,
      .notAnImage, .operation, .tooLarge, .fileName, .settingOfAnotherFormat, .sameName, .samePipeline, .unknownKind:
      nil
    }
  }
}
