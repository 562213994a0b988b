import ImageAPI

/// What may be right and is sent, but deserves a word in the manifest.
public enum CatalogueWarning: Hashable, Sendable {
  /// The catalogue does not have the model.
  case unknownModel(String, endpoint: Endpoint, nearest: [String])
  case unknownStyle(String, nearest: String?)
  /// The model pays no heed to the field.
  case ignoredField(path: [String], model: String)
  /// The catalogue does not say whether the model takes the field.
  case doubtfulField(path: [String], model: String, why: String)
  case tooManySteps(Int, maximum: Int, model: String)
  /// - Parameters:
  ///   - removesAt: as the vendor writes it.
  ///   - isRemoved: that time has passed.
  case deprecatedModel(String, removesAt: String?, isRemoved: Bool, replacement: String?, isRemapped: Bool)
  case offlineModel(String)
}

extension CatalogueWarning: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .unknownModel(let name, let endpoint, let nearest):
      "the catalogue has no model \(quoted(name))"
        + (endpoint == .generations ? ", and the vendor takes its default for an unknown one" : "")
        + (nearest.isEmpty ? "" : "; did you mean \(nearest.map(quoted).joined(separator: ", "))?")
    case .unknownStyle(let name, let nearest):
      "the vendor lists no style \(quoted(name))" + (nearest.map { "; did you mean \(quoted($0))?" } ?? "")
    case .ignoredField(let path, let model): "\(model) ignores '\(path.joined(separator: "."))'"
    case .doubtfulField(let path, let model, let why):
      "\(model) may ignore or refuse '\(path.joined(separator: "."))': \(why)"
    case .tooManySteps(let steps, let maximum, let model): "\(model) takes at most \(maximum) steps, not \(steps)"
    case .deprecatedModel(let model, let removesAt, let isRemoved, let replacement, let isRemapped):
      "\(model) \(Self.end(at: removesAt, isRemoved: isRemoved))" + (replacement.map { ": use \(quoted($0))" } ?? "")
        + (isRemapped ? "; the vendor may replace it by itself" : "")
    case .offlineModel(let model): "the vendor says that \(model) is offline"
    }
  }

  private static func end(at time: String?, isRemoved: Bool) -> String {
    guard let time else { return "is deprecated" }
    return "\(isRemoved ? "was" : "is to be") removed on \(oneLine(String(time.prefix { $0 != "T" })))"
  }
}
