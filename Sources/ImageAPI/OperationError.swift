/// Why a body cannot be sent: it is certainly wrong, and a call would fail or do something else than asked.
///
/// Paths lead from the body to the value: `["style_references", "0", "image"]`.
public enum OperationError: Error, Hashable, Sendable {
  case unknownField(path: [String], endpoint: Endpoint, nearest: String?)
  case missingField(path: [String], endpoint: Endpoint)
  case wrongType(path: [String], expected: String, found: String)
  case outOfRange(path: [String], value: String, allowed: Field.Bounds)
  case notAChoice(path: [String], value: String, allowed: [String], nearest: String?)
  /// Lengths in Unicode scalars.
  case tooShort(path: [String], length: Int, minimum: Int)
  case tooLong(path: [String], length: Int, maximum: Int)
  case tooFewItems(path: [String], count: Int, minimum: Int)
  case disabledField(path: [String], why: String)
  case notAnImage(path: [String], why: String)
  /// The picture is larger than the vendor takes, in bytes.
  case imageTooLarge(path: [String], bytes: Int, maximum: Int)
  case notAURL(path: [String], value: String)
  /// Two fields that cannot go together.
  case conflict(path: [String], with: String, why: String)
  /// A file is given for a place that takes none, or that has a value already.
  case misplacedFile(path: [String], why: String)

  public var path: [String] {
    switch self {
    case .unknownField(let path, _, _), .missingField(let path, _), .wrongType(let path, _, _),
      .outOfRange(let path, _, _), .notAChoice(let path, _, _, _), .tooShort(let path, _, _),
      .tooLong(let path, _, _), .tooFewItems(let path, _, _), .disabledField(let path, _), .notAnImage(let path, _),
      .imageTooLarge(let path, _, _), .notAURL(let path, _), .conflict(let path, _, _), .misplacedFile(let path, _):
      path
    }
  }
}

extension OperationError: CustomStringConvertible {
  public var description: String {
    let field = path.joined(separator: ".")
    return switch self {
    case .unknownField(_, let endpoint, let nearest):
      "\(endpoint.rawValue) has no field '\(field)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .missingField(_, let endpoint): "\(endpoint.rawValue) needs '\(field)': add it"
    case .wrongType(_, let expected, let found): "'\(field)' must be \(expected), not \(found)"
    case .outOfRange(_, let value, let allowed): "'\(field)' is \(value); it must be \(allowed)"
    case .notAChoice(_, let value, let allowed, let nearest):
      "'\(field)' is '\(value)'; it must be one of \(allowed.joined(separator: ", "))"
        + (nearest.map { ". Did you mean '\($0)'?" } ?? "")
    case .tooShort(_, let length, let minimum):
      "'\(field)' has \(length) characters; it needs at least \(minimum)"
    case .tooLong(_, let length, let maximum):
      "'\(field)' has \(length) characters; shorten it to \(maximum)"
    case .tooFewItems(_, let count, let minimum): "'\(field)' has \(count) items; it needs at least \(minimum)"
    case .disabledField(_, let why): "'\(field)' cannot be used: \(why). Remove it"
    case .notAnImage(_, let why):
      "'\(field)' is not an image: \(why). Give a file beneath the inbox, base64, a data URI or an http(s) URL"
    case .imageTooLarge(_, let bytes, let maximum):
      "'\(field)' has \(bytes) bytes; the API takes less than \(maximum). Scale it down or compress it more"
    case .notAURL(_, let value): "'\(field)' is '\(value)'; it must begin with http:// or https://"
    case .conflict(_, let other, let why): "'\(field)' and '\(other)' cannot go together: \(why)"
    case .misplacedFile(_, let why): "'\(field)' cannot be a file: \(why)"
    }
  }
}
