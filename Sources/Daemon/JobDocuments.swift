import Documents
import Ledger
import Money

// Jobs as JSON documents, for people who ask over the control socket and for those who read the ledger themselves.

extension Job {
  func document(at now: Timestamp) -> JSONObject {
    JSONObject([
      ("job", .string(id.description)), ("name", .string(name)), ("state", .string(state.rawValue)),
      ("reason", (hold?.rawValue ?? wait?.reason.rawValue).map(JSONValue.string) ?? .null),
      ("until", wait?.until.map { .string($0.description) } ?? .null), ("pipeline", .string(pipeline)),
      ("place", .string(place)), ("priority", .number("\(priority)")),
      ("labels", .object(JSONObject(labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))),
      ("request", .string(source)), ("received", .string(received.description)),
      ("since", .string(since.description)), ("published", published.map { .string($0.description) } ?? .null),
      ("error", error.map(JSONValue.string) ?? .null),
      ("age-seconds", .number("\(received.age(at: now))")), ("state-seconds", .number("\(since.age(at: now))")),
    ])
  }
}

extension Timestamp {
  /// Whole seconds; a clock that was set back makes nobody younger than new.
  func age(at now: Timestamp) -> Int64 { max(0, duration(to: now).components.seconds) }
}

extension Call {
  var document: JSONObject {
    let (usd, certainty): (JSONValue, String) =
      switch charge {
      case .none: (.number("0"), "not charged")
      case .certain(let usd): (usd.map { .number("\($0)") } ?? .null, "charged")
      case .unknown: (.null, "perhaps charged")
      }
    let reused: JSONValue = reused.map { .string($0.description) } ?? .null
    return JSONObject([
      ("ordinal", .number("\(ordinal)")), ("attempt", .number("\(attempt)")), ("step", .number("\(step)")),
      ("item", .number("\(item)")), ("key", .string(key)),
      ("reused", reused), ("endpoint", .string(endpoint)),
      ("model", model.map(JSONValue.string) ?? .null), ("state", .string(state.rawValue)),
      ("status", status.map { .number("\($0)") } ?? .null), ("started", .string(started.description)),
      ("finished", finished.map { .string($0.description) } ?? .null), ("usd", usd),
      ("charge", .string(certainty)), ("reserved-usd", reserved.map { .number("\($0)") } ?? .null),
      ("error", error.map(JSONValue.string) ?? .null),
    ])
  }
}

extension OutputRecord {
  var document: JSONObject {
    JSONObject([
      ("file", .string(file)), ("variant", .number("\(variant)")), ("format", .string(format)),
      ("width", .number("\(width)")), ("height", .number("\(height)")), ("bytes", .number("\(bytes)")),
      ("sha256", .string(sha256)), ("metadata", .string(metadata)),
    ])
  }
}

extension Delivery {
  var document: JSONObject {
    JSONObject([
      ("number", .number("\(number)")), ("key", .string(key)), ("kind", .string(kind.rawValue)),
      ("target", .string(words)), ("state", .string(state.rawValue)), ("attempts", .number("\(attempts)")),
      ("created", .string(created.description)), ("started", started.map { .string($0.description) } ?? .null),
      ("finished", finished.map { .string($0.description) } ?? .null),
      ("due", due.map { .string($0.description) } ?? .null), ("error", error.map(JSONValue.string) ?? .null),
    ])
  }
}

extension JobCount {
  var document: JSONObject {
    JSONObject([
      ("state", .string(state.rawValue)),
      ("reason", (wait?.rawValue ?? hold?.rawValue).map(JSONValue.string) ?? .null),
      ("count", .number("\(count)")), ("oldest", .string(oldest.description)),
    ])
  }
}

extension OperatorOutcome {
  func document(_ word: OperatorWord) -> JSONObject {
    JSONObject([
      ("job", .string(job.description)), ("word", .string(word.rawValue)), ("outcome", .string(kind.rawValue)),
      ("words", .string(words)),
    ])
  }
}
