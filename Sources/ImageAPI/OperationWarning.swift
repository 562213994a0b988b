/// What may be right and is sent, but deserves a word in the manifest.
public enum OperationWarning: Hashable, Sendable {
  /// `width`/`height` beside `aspect_ratio`/`resolution`: a model follows one idiom and ignores or refuses the other.
  case mixedSizing(fields: [String])
  /// A documentation page allows the field, the schema does not list it.
  case notInSchema(path: [String], page: String)
  case deprecatedField(path: [String], instead: String?)
  /// The value is not in a list that the vendor extends with every new model.
  case unlistedValue(path: [String], value: String, nearest: String?)
  /// The schema's bounds allow the value, the schema's words do not.
  case doubtfulValue(path: [String], value: String, why: String)
}

extension OperationWarning: CustomStringConvertible {
  public var description: String {
    switch self {
    case .mixedSizing(let fields):
      "sizing idioms are mixed (\(fields.joined(separator: ", "))): a model follows one of them"
    case .notInSchema(let path, let page):
      "'\(path.joined(separator: "."))' is sent although the vendor's schema does not list it: \(page) allows it"
    case .deprecatedField(let path, let instead):
      "'\(path.joined(separator: "."))' is deprecated" + (instead.map { ": use '\($0)'" } ?? "")
    case .unlistedValue(let path, let value, let nearest):
      "'\(path.joined(separator: "."))' is '\(value)', which the vendor's schema does not list"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .doubtfulValue(let path, let value, let why):
      "'\(path.joined(separator: "."))' is \(value): \(why)"
    }
  }
}
