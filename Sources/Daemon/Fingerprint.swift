import Crypto
import Documents

/// What a job asks of the API, and on which pictures, in one digest: two jobs with the same have the same calls to make.
/// What becomes of the answers is no part of it.
enum Fingerprint {
  /// - Parameter blobs: the pictures that the job sends, by name.
  /// - Returns: SHA-256 in lower-case hexadecimal; `nil` for a job without calls.
  static func of(_ work: AcceptedWork, blobs: [(name: String, bytes: [UInt8])]) throws(DocumentError) -> String? {
    if work.operations.isEmpty { return nil }
    func digest(_ name: String?) -> JSONValue {
      guard let blob = blobs.first(where: { $0.name == name }) else { return .null }
      return .string(SHA256.text(of: blob.bytes))
    }
    var steps: [JSONValue] = []
    for operation in work.operations {
      var step = JSONObject()
      step["endpoint"] = .string(operation.endpoint.rawValue)
      step["model"] = operation.model.map(JSONValue.string) ?? .null
      step["body"] = sorted(try DocumentReader.json(Array(operation.body.utf8)).value)
      step["pictures"] = .array(
        operation.pictures.map { .array($0.path.map(JSONValue.string) + [digest($0.blob)]) })
      step["previous"] = .array((operation.previous ?? []).map(JSONValue.string))
      steps.append(.object(step))
    }
    let asked = JSONValue.array([digest(work.localInput ?? work.localOriginal)] + steps)
    return SHA256.text(of: Array(asked.serialized().utf8))
  }

  /// The order of keys says nothing.
  private static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      .object(JSONObject(object.members.sorted { $0.key < $1.key }.map { ($0.key, sorted($0.value)) }))
    case .array(let items): .array(items.map(sorted))
    case .null, .bool, .number, .string: value
    }
  }
}
