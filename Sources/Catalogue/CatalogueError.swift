import ImageAPI

/// Why an operation cannot be sent to its model, or why a cache file is of no use.
///
/// Paths lead from the body to the value: `["style_references"]`. A model is named by its id, also where the body names
/// it by a trait or not at all.
public enum CatalogueError: Error, Hashable, Sendable {
  /// Pixels.
  case notDivisible(path: [String], value: Int, by: Int, model: String)
  /// Lengths in Unicode scalars.
  case tooLong(path: [String], length: Int, maximum: Int, model: String)
  /// The size is told in an idiom that the model does not take; `path` is the first field of it.
  case otherSizing(path: [String], model: String, takes: Sizing)
  case notOffered(path: [String], value: String, offered: [String], nearest: String?, model: String)
  case tooManyImages(path: [String], count: Int, maximum: Int, model: String)
  /// The model exists and is not for this endpoint.
  case otherType(path: [String], model: String, type: ModelType, endpoint: Endpoint, nearest: String?)
  /// The cache file is cut, is no JSON or holds something else.
  case damagedCache(why: String)
  /// The cache file was written for another base URL.
  case cacheOfAnotherAPI(baseURL: String, expected: String)

  /// Empty for a cache file.
  public var path: [String] {
    switch self {
    case .notDivisible(let path, _, _, _), .tooLong(let path, _, _, _), .otherSizing(let path, _, _),
      .notOffered(let path, _, _, _, _), .tooManyImages(let path, _, _, _), .otherType(let path, _, _, _, _):
      path
    case .damagedCache, .cacheOfAnotherAPI: []
    }
  }
}

extension CatalogueError: CustomStringConvertible {
  public var description: String {
    let field = path.joined(separator: ".")
    return switch self {
    case .notDivisible(_, let value, let divisor, let model):
      "'\(field)' is \(value); \(model) takes multiples of \(divisor): use \(Self.multiples(of: divisor, near: value))"
    case .tooLong(_, let length, let maximum, let model):
      "'\(field)' has \(length) characters; \(model) takes \(maximum): shorten it"
    case .otherSizing(_, let model, let sizing):
      "\(model) takes no '\(field)': give the size with \(sizing.fields)"
    case .notOffered(_, let value, let offered, let nearest, let model):
      "'\(field)' is \(quoted(value)); \(model) takes \(oneLine(offered.joined(separator: ", ")))"
        + (nearest.map { ". Did you mean \(quoted($0))?" } ?? "")
    case .tooManyImages(_, let count, let maximum, let model):
      "'\(field)' has \(count) images; \(model) takes \(maximum): leave the others out"
    case .otherType(_, let model, let type, let endpoint, let nearest):
      "\(model) is a model of type \(oneLine("\(type)")), and \(endpoint.rawValue) needs one of type \(endpoint.modelType)"
        + (nearest.map { ": use '\($0)'" } ?? ": name another")
    case .damagedCache(let why): "the cached catalogue is damaged: \(why). Delete it; it is fetched again"
    case .cacheOfAnotherAPI(let url, let expected):
      "the cached catalogue is of \(quoted(url)), not of \(quoted(expected)). Delete it; it is fetched again"
    }
  }

  /// The next ones below and above that the schema's bounds allow (above 0, at most 1280).
  private static func multiples(of divisor: Int, near value: Int) -> String {
    let below = value / divisor * divisor
    return [below, below + divisor].filter { (1...1280).contains($0) }.map(String.init).joined(separator: " or ")
  }
}

extension Sizing {
  fileprivate var fields: String {
    switch self {
    case .pixels: "'width' and 'height'"
    case .aspectRatio: "'aspect_ratio'"
    case .tiers: "'aspect_ratio' and 'resolution'"
    case .either: "'width' and 'height', or 'aspect_ratio'"
    case .unknown: "the fields of its documentation"
    }
  }
}
