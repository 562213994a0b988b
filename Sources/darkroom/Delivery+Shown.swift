import Daemon
import Documents
import Ledger

extension Delivery {
  /// For people, after its number.
  var line: String {
    var parts = [words]
    switch state {
    case .pending:
      parts.append(due == nil ? "waits for the command before it" : "pending")
    case .delivered, .givenUp:
      parts.append(state.rawValue.replacing("-", with: " ") + (finished.map { " \($0)" } ?? ""))
    }
    if attempts > 0 { parts.append("\(attempts) attempt\(attempts == 1 ? "" : "s")") }
    if state == .pending, let started { parts.append("last \(started)") }
    if state == .pending, attempts > 0, let due { parts.append("next \(due)") }
    if let error { parts.append(error) }
    return parts.joined(separator: ", ")
  }

  var json: JSONValue {
    .object(
      JSONObject([
        ("number", .number("\(number)")), ("key", .string(key)), ("kind", .string(kind.rawValue)),
        ("target", .string(words)), ("state", .string(state.rawValue)), ("attempts", .number("\(attempts)")),
        ("created", .string(created.description)), ("started", started.map { .string($0.description) } ?? .null),
        ("finished", finished.map { .string($0.description) } ?? .null),
        ("due", due.map { .string($0.description) } ?? .null), ("error", error.map(JSONValue.string) ?? .null),
      ]))
  }
}
