import Documents

/// What a request asks of the API: an endpoint and the body of its call, field for field as the vendor documents it.
///
/// An operation that exists has been checked against ``Endpoint/fields``: what is certainly wrong was refused before
/// any money is spent, what may be right is in ``warnings``.
public struct Operation: Hashable, Sendable {
  public let endpoint: Endpoint
  /// Without the pictures that come from ``files``.
  public let body: JSONObject
  public let files: [FileField]
  public let warnings: [OperationWarning]

  /// - Parameter files: the pictures that come from files. In an array of pictures, `["images", "1"]` is the place in
  ///   the finished array; the body's own items fill the places that are left, in their order.
  public init(endpoint: Endpoint, body: JSONObject, files: [FileField] = []) throws(OperationError) {
    let whole = try Self.placing(files.map { ($0.path, .null) }, in: body)
    var check = OperationCheck(endpoint: endpoint, files: Set(files.map(\.path)))
    try check.run(whole)
    self.endpoint = endpoint
    self.body = body
    self.files = files
    warnings = check.warnings
  }

  /// The body with values put where files belong.
  static func placing(
    _ values: [(path: [String], value: JSONValue)], in body: JSONObject
  ) throws(OperationError) -> JSONObject {
    var whole = body
    // Ascending indices, so that each insertion finds its place.
    for (path, value) in values.sorted(by: { Self.precedes($0.path, $1.path) }) {
      guard let name = path.first else { throw .misplacedFile(path: path, why: "it has no field name") }
      whole[name] = try insert(value, at: path.dropFirst(), of: path, into: whole[name])
    }
    return whole
  }

  private static func insert(
    _ value: JSONValue, at rest: ArraySlice<String>, of path: [String], into existing: JSONValue?
  ) throws(OperationError) -> JSONValue {
    guard let step = rest.first else {
      guard existing == nil else { throw .misplacedFile(path: path, why: "the field has a value already") }
      return value
    }
    let deeper = rest.dropFirst()
    switch existing {
    case .object(var object):
      object[step] = try insert(value, at: deeper, of: path, into: object[step])
      return .object(object)
    case .array(var items):
      guard let index = Int(step), index >= 0, index <= items.count else {
        throw .misplacedFile(path: path, why: "there is no item \(step)")
      }
      if deeper.isEmpty {
        items.insert(value, at: index)
      } else {
        guard index < items.count else { throw .misplacedFile(path: path, why: "there is no item \(step)") }
        items[index] = try insert(value, at: deeper, of: path, into: items[index])
      }
      return .array(items)
    case nil where step == "0" && deeper.isEmpty:
      return .array([value])
    case nil, .null, .bool, .number, .string:
      throw .misplacedFile(path: path, why: "its place in the body does not exist")
    }
  }

  private static func precedes(_ left: [String], _ right: [String]) -> Bool {
    for (a, b) in zip(left, right) where a != b {
      if let a = Int(a), let b = Int(b) { return a < b }
      return a < b
    }
    return left.count < right.count
  }
}
