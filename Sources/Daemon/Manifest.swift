import Documents
import ImageAPI
import Ledger
import Processing
import Requests

/// The record of a job that lies beside its outputs: what was asked, what was called, what was made.
struct Manifest: Sendable {
  static let fileName = "manifest.json"

  var job: String?
  var name: String
  var pipeline: String
  var labels: [String: String]
  /// As dropped; `nil` when a picture was dropped, or given on the command line.
  var request: JSONValue?
  var calls: [Call]
  /// In the order of their calls.
  var originals: [Original]
  /// What the answers say of themselves, by call.
  var answers: [Int: AnswerFacts]
  var outputs: [Finisher.Output]
  var warnings: [String]
  var received: Timestamp
  var published: Timestamp

  /// One JSON document, a member a line.
  func encoded() -> [UInt8] { JSONValue.object(object).serializedBytes(pretty: true) + [0x0A] }

  /// The document.
  var object: JSONObject {
    var object = JSONObject()
    object["darkroom"] = .string(Darkroom.version)
    object["job"] = job.map(JSONValue.string)
    object["name"] = .string(name)
    object["pipeline"] = .string(pipeline)
    object["labels"] = .object(JSONObject(labels))
    object["request"] = request.map(Self.withoutPictures)
    object["calls"] = .array(calls.map(describe))
    if let source = originals.first(where: { $0.ordinal == nil }) { object["source"] = Self.describe(source) }
    object["outputs"] = .array(outputs.map(Self.describe))
    object["warnings"] = .array(warnings.map(JSONValue.string))
    object["received"] = .string(received.description)
    object["published"] = .string(published.description)
    return object
  }

  private func describe(_ call: Call) -> JSONValue {
    var object = JSONObject()
    object["endpoint"] = .string(call.endpoint)
    object["model"] = call.model.map(JSONValue.string)
    object["key"] = .string(call.key)
    object["reused"] = call.reused.map { .string($0.description) }
    if calls.contains(where: { $0.step > 1 }) {
      object["step"] = .number(String(call.step))
      object["item"] = .number(String(call.item))
    }
    object["attempts"] = .number(String(call.attempt))
    object["status"] = call.status.map { .number(String($0)) }
    object["id"] = (answers[call.ordinal]?.id ?? call.responseID).map(JSONValue.string)
    object["started"] = .string(call.started.description)
    object["finished"] = call.finished.map { .string($0.description) }
    object["timing"] = answers[call.ordinal]?.timing.map(JSONValue.object)
    object["headers"] = .object(JSONObject(call.headers))
    switch call.charge {
    case .none:
      object["charged"] = .bool(false)
    case .certain(let usd):
      object["charged"] = .bool(true)
      object["usd"] = usd.map { .number($0.description) } ?? .null
      if usd == nil { object["at-most-usd"] = call.reserved.map { .number($0.description) } }
    case .unknown(let most):
      // Nobody knows; a later call of the same operation has answered.
      object["charged"] = .null
      object["usd"] = .null
      object["at-most-usd"] = most.map { .number($0.description) }
    }
    let own = originals.filter { $0.ordinal == call.ordinal }
    object["original"] = own.first.map(Self.describe)
    if own.count > 1 { object["originals"] = .array(own.map(Self.describe)) }
    return .object(object)
  }

  private static func describe(_ original: Original) -> JSONValue {
    var object = JSONObject()
    object["format"] = .string(original.format)
    object["width"] = .number(String(original.width))
    object["height"] = .number(String(original.height))
    object["bytes"] = .number(String(original.bytes))
    object["sha256"] = .string(original.sha256)
    return .object(object)
  }

  private static func describe(_ output: Finisher.Output) -> JSONValue {
    var object = JSONObject()
    object["file"] = .string(output.file)
    object["variant"] = .number(String(output.variant))
    object["format"] = .string(output.planned.format.rawValue)
    object["width"] = .number(String(output.planned.size.width))
    object["height"] = .number(String(output.planned.size.height))
    object["bytes"] = .number(String(output.bytes))
    object["sha256"] = .string(output.sha256)
    object["metadata"] = .string(output.planned.metadata.level.rawValue)
    object["credential"] = output.credential.map { .string($0.rawValue) }
    return .object(object)
  }

  /// The outputs that a manifest lists, as the ledger records them; what is not there reads as nothing.
  static func outputs(in manifest: JSONObject) -> [OutputRecord] {
    guard case .array(let items)? = manifest["outputs"] else { return [] }
    return items.compactMap { item in
      guard case .object(let output) = item else { return nil }
      func text(_ key: String) -> String { if case .string(let text)? = output[key] { text } else { "" } }
      func number(_ key: String) -> Int { if case .number(let text)? = output[key] { Int(text) ?? 0 } else { 0 } }
      return OutputRecord(
        file: text("file"), variant: number("variant"), format: text("format"), width: number("width"),
        height: number("height"), bytes: number("bytes"), sha256: text("sha256"), metadata: text("metadata"))
    }
  }

  /// A picture inside a request would make the manifest as large as the picture; its length says enough.
  private static func withoutPictures(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text) where text.utf8.count > longestText:
      .string("(\(text.utf8.count) characters)")
    case .array(let items): .array(items.map(withoutPictures))
    case .object(let object):
      .object(
        object.members.reduce(into: JSONObject()) { $0[$1.key] = withoutPictures($1.value) })
    case .null, .bool, .number, .string: value
    }
  }

  /// The longest prompt has 32,768 characters of at most four bytes.
  private static let longestText = 4 * 32_768
}

extension JSONObject {
  /// Text by key, in the keys' alphabetical order.
  fileprivate init(_ texts: [String: String]) {
    self.init()
    for (key, value) in texts.sorted(by: { $0.key < $1.key }) { self[key] = .string(value) }
  }
}
