/// Why a file name's template cannot be used.
public enum FileNameError: Error, Hashable, Sendable {
  /// The template has no text.
  case empty
  /// A `{` without its `}`, or a `}` without its `{`.
  case unbalancedBrace(template: String)
  /// A placeholder that does not exist; `nearest` is the known one that looks most like it.
  case unknownPlaceholder(String, nearest: String, template: String)
  /// The template's own text has a character that no file name may have: a separator, NUL or a control character.
  case forbiddenCharacter(Unicode.Scalar, template: String)
  /// The template's own text begins with a dot (a hidden file) or a hyphen (an option to most commands).
  case forbiddenBeginning(template: String)
  /// The template names `manifest.json`, which is the job's own record.
  case reserved(template: String)
  /// The template leaves its values fewer bytes than they need in a name of 255.
  case tooLong(template: String)
  /// The job has no value for a placeholder: no seed, no model, or no label of that key.
  case noValue(placeholder: String, template: String)
}

extension FileNameError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "a file name is missing; for instance \"{name}.webp\""
    case .unbalancedBrace(let template):
      "\"\(template)\" has a brace without its partner; a placeholder is written {name}"
    case .unknownPlaceholder(let found, let nearest, let template):
      "\"\(template)\" has an unknown placeholder {\(found)}; the nearest known one is {\(nearest)}"
    case .forbiddenCharacter(let scalar, let template):
      "\(String(reflecting: template)) has the character \(Self.named(scalar)), which no file name may have; "
        + "folders come from the request's output, not from a file's name"
    case .forbiddenBeginning(let template):
      "\"\(template)\" begins with a dot or a hyphen; let it begin with a letter, a digit or a placeholder"
    case .reserved(let template): "\"\(template)\" is the name of the job's manifest; choose another"
    case .tooLong(let template): "\"\(template)\" is too long: a file name has at most 255 bytes; shorten it"
    case .noValue(let placeholder, let template):
      "\"\(template)\" needs {\(placeholder)}, and the request has none; add it or use another placeholder"
    }
  }

  private static func named(_ scalar: Unicode.Scalar) -> String {
    scalar == "/" || scalar == "\\" ? "\"\(scalar)\"" : "U+\(String(scalar.value, radix: 16, uppercase: true))"
  }
}
