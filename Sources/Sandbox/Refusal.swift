/// A call that is answered with an error and charged nothing.
struct Refusal: Error, Equatable {
  /// One fault of one field, in the manner of the vendor's `details` and `issues`.
  struct Issue: Equatable, Sendable {
    let path: [String]
    let message: String
  }

  let status: Int
  let message: String
  var issues: [Issue] = []
  /// Seconds for `Retry-After`.
  var retryAfter: Int?
  /// Whether the key's own rate is what stopped the call: then the rate headers say so.
  var isRateLimit = false
  /// Further members of the body.
  var extra: [String: JSON] = [:]

  static func invalid(_ issues: [Issue]) -> Refusal {
    Refusal(status: 400, message: "Invalid request parameters", issues: issues)
  }

  static func invalid(_ path: [String], _ message: String) -> Refusal {
    invalid([Issue(path: path, message: message)])
  }

  static func invalid(_ field: String, _ message: String) -> Refusal { invalid([field], message) }

  /// The vendor's error body: StandardError, or DetailedError where fields are at fault (components of its schema).
  var body: JSON {
    var members = extra
    members["error"] = .string(message)
    if !issues.isEmpty {
      members["details"] = Self.details(issues.map { ($0.path[...], $0.message) })
      members["issues"] = .array(
        issues.map {
          ["code": "custom", "path": .array($0.path.map(JSON.string)), "message": .string($0.message)]
        })
    }
    return .object(members)
  }

  /// `{"_errors": [], "field": {"_errors": ["…"]}}`, nested as the paths are.
  private static func details(_ issues: [(path: ArraySlice<String>, message: String)]) -> JSON {
    var members: [String: JSON] = [
      "_errors": .array(issues.filter(\.path.isEmpty).map { .string($0.message) })
    ]
    for (name, inner) in Dictionary(grouping: issues.filter { !$0.path.isEmpty }, by: { $0.path[$0.path.startIndex] }) {
      members[name] = details(inner.map { ($0.path.dropFirst(), $0.message) })
    }
    return .object(members)
  }
}
