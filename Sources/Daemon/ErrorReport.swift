import Documents
import Ledger

/// What is put beside a request that was refused or failed: what happened, on which field, and what to do next.
public struct ErrorReport: Error, Hashable, Sendable, Codable {
  public enum Stage: String, Hashable, Sendable, Codable {
    /// Before the request was accepted: nothing was sent, nothing was charged.
    case request
    /// The API refused the call.
    case call
    /// The API answered, and the answer is unfit; it was paid for and is kept.
    case answer
    /// The original could not be made into outputs; it is kept.
    case processing
    /// The outputs could not be put into the output tree; the original is kept.
    case publication
  }

  /// A place in the request file, counted from 1.
  public struct Place: Hashable, Sendable, Codable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }
  }

  /// The blob that keeps what is to be told of a job, until it is told.
  static let blob = "report.json"

  public var stage: Stage
  /// What failed, on what.
  public var error: String
  /// The field, as `generate.width`; `nil` when it is none's fault.
  public var field: String?
  public var place: Place?
  /// What to do next.
  public var next: String
  /// Further words of the API, one each, as it said them.
  public var details: [String]
  /// Files of the spool that keep what was paid for.
  public var kept: [String]

  public init(
    stage: Stage, error: String, field: String? = nil, place: Place? = nil, next: String, details: [String] = [],
    kept: [String] = []
  ) {
    self.stage = stage
    self.error = error
    self.field = field
    self.place = place
    self.next = next
    self.details = details
    self.kept = kept
  }

  /// The error file: one JSON document, for people and programs.
  ///
  /// - Parameters:
  ///   - request: the request's path in the inbox.
  ///   - job: the job's id, once there is one.
  func document(request: String, job: String?, at time: Timestamp) -> [UInt8] {
    var object = JSONObject()
    object["darkroom"] = .string(Darkroom.version)
    object["request"] = .string(request)
    object["job"] = job.map(JSONValue.string)
    object["stage"] = .string(stage.rawValue)
    object["error"] = .string(error)
    object["field"] = field.map(JSONValue.string)
    object["line"] = place.map { .number(String($0.line)) }
    object["column"] = place.map { .number(String($0.column)) }
    object["details"] = details.isEmpty ? nil : .array(details.map(JSONValue.string))
    object["next"] = .string(next)
    object["kept"] = kept.isEmpty ? nil : .array(kept.map(JSONValue.string))
    object["time"] = .string(time.description)
    return JSONValue.object(object).serializedBytes(pretty: true) + [0x0A]
  }
}

extension ErrorReport: CustomStringConvertible {
  /// One line: where, what, and what next.
  public var description: String {
    let location = place.map { "line \($0.line), column \($0.column): " } ?? ""
    return "\(location)\(error)\(error.hasSuffix("?") || error.hasSuffix(".") ? "" : ".") \(next)"
  }
}
