import ImageAPI

extension RequestError: CustomStringConvertible {
  /// `line 3, column 5: what is wrong. What to do.`
  public var description: String { "\(position): \(reason)\(reason.hasSuffix("?") ? "" : ".") \(remedy)." }

  /// What is wrong, in one clause.
  public var reason: String {
    switch self {
    case .document(let error): error.reason
    case .unknownKey(let place, _, _): "the key '\(place.key)' is unknown"
    case .missingKey(let place, let key, _):
      "the key '\(key)' is missing" + (place.key.isEmpty ? "" : " in '\(place.key)'")
    case .wrongType(let place, let expected, let found):
      "\(Self.subject(place)) has to be \(expected), not \(found)"
    case .outOfRange(let place, let value, let allowed): "'\(place.key)' is \(value); it has to be \(allowed)"
    case .notAChoice(let place, let value, let allowed, _):
      "'\(place.key)' is '\(Self.excerpt(value))'; it has to be one of \(allowed.joined(separator: ", "))"
    case .invalid(let place, let value, let why): "\(Self.subject(place)) is '\(Self.excerpt(value))': \(why)"
    case .conflict(let place, let other, let why): "'\(place.key)' and '\(other)' cannot go together: \(why)"
    case .noOperation: "the request asks for nothing"
    case .severalOperations(_, let names):
      "the request asks for several things at once: \(names.joined(separator: ", "))"
    case .unknownPipeline(_, let name, _, let folder):
      "there is no pipeline '\(Self.excerpt(name))'" + (folder ? ", which the request's folder names" : "")
    case .notAnImage(let place, let why): "'\(place.key)' is not an image: \(why)"
    case .operation(_, let error, let layer):
      "\(error)" + (layer.map { " (the field comes from the pipeline '\($0)', under 'request')" } ?? "")
    case .tooLarge(let found, let limit):
      "the request has \(found) bytes beside its pictures, the limit is \(limit)"
    case .fileName(let place, let error): "'\(place.key)': \(error)"
    case .settingOfAnotherFormat(let place, let format, let formats):
      "'\(place.key)' is a setting of \(formats.joined(separator: " and ")), and this output is \(format)"
    case .sameName(_, let name, let first):
      "two outputs would always get the name '\(name)': this one and the one at \(first)"
    case .samePipeline(let name, let other): "the pipeline '\(name)' is in '\(other)' already"
    case .unknownKind(let file, let expected): "'\(file)' is no \(expected)"
    }
  }

  /// What to do next, in one clause that begins with a capital.
  public var remedy: String {
    switch self {
    case .document(let error):
      error.mayBeIncomplete
        ? "If the file is still being written, wait; else complete it there" : "Correct it there"
    case .unknownKey(_, _, let hint?): hint
    case .unknownKey(_, let nearest?, nil): "Did you mean '\(nearest)'? Rename or remove it"
    case .unknownKey(_, nil, nil): "Remove it"
    case .missingKey(_, _, let hint): hint
    case .wrongType(_, let expected, _): "Write \(expected) there"
    case .outOfRange: "Choose a value within that range"
    case .notAChoice(_, _, let allowed, let nearest):
      nearest.map { "'\($0)' is the nearest" } ?? "Choose one of them, for instance '\(allowed.first ?? "")'"
    case .invalid: "Correct the value"
    case .conflict: "Keep one of the two"
    case .noOperation:
      "Add one of \(Self.operationNames), or send a bare API body, which has a 'prompt' at its top"
    case .severalOperations:
      "Keep one; further operations on its image go under 'then', other requests into files of their own"
    case .unknownPipeline(_, _, let nearest, let folder):
      (nearest.map { "The nearest is '\($0)'" } ?? "'darkroom check' lists the pipelines")
        + (folder ? "; or name one with 'pipeline:' in the request" : "")
    case .notAnImage:
      "Give a path beneath the inbox, a whole base64 string, a data URI or an http(s) URL"
    case .operation(_, _, let layer):
      layer.map { "Correct the pipeline '\($0)', or let the request say otherwise" }
        ?? "Correct the field; nothing was sent"
    case .tooLarge: "Make it smaller; pictures may also be files beside it"
    case .fileName: "Correct the file name"
    case .settingOfAnotherFormat: "Remove it, or change the output's format"
    case .sameName: "Give them names of their own, for instance with {width} or {format}"
    case .samePipeline: "Rename or remove one of the two"
    case .unknownKind: "Give it the right name or take it away"
    }
  }

  static let operationNames = (Endpoint.allCases.map { "'\($0.rawValue)'" } + ["'source'"]).joined(separator: ", ")

  private static func subject(_ place: Place) -> String {
    place.key.isEmpty ? "the document" : "'\(place.key)'"
  }

  /// Values can be whole pictures; a message quotes their beginning.
  private static func excerpt(_ text: String) -> String {
    text.unicodeScalars.count <= 80 ? text : text.prefix(77) + "..."
  }
}
