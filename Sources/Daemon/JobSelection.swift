import Control
import Ledger

/// Which jobs are meant: by their ids or unambiguous beginnings of them, or by what they have in common.
struct JobSelection: Hashable, Sendable {
  var ids: [String] = []
  var states: Set<JobState>?
  var pipeline: String?
  /// Why they wait or are held.
  var reason: String?
  /// As mail queues know it: ALL.
  var isEverything = false

  /// Shorter beginnings are slips of the finger.
  static let shortestPrefix = 4
  private static let pageSize = 500

  /// The members of a question that select.
  static let traits = ["state", "pipeline", "reason"]

  init(_ about: Particulars) throws(ControlRefusal) {
    ids = try about.texts("jobs") ?? []
    states = try Self.states(about)
    pipeline = try about.text("pipeline")
    reason = try about.text("reason")
    if let reason, WaitReason(rawValue: reason) == nil, HoldReason(rawValue: reason) == nil {
      let known = WaitReason.allCases.map(\.rawValue) + HoldReason.allCases.map(\.rawValue)
      throw ControlRefusal(
        .invalid, "\"\(reason.prefix(80))\" is no reason; there are \(known.joined(separator: ", "))")
    }
    isEverything = ids == ["ALL"]
    if isEverything { ids = [] }
  }

  /// `nil` where none is named.
  static func states(_ about: Particulars) throws(ControlRefusal) -> Set<JobState>? {
    guard let names = try about.texts("state") else { return nil }
    var states: Set<JobState> = []
    for name in names {
      guard let state = JobState(rawValue: name) else {
        let known = JobState.allCases.map(\.rawValue).joined(separator: ", ")
        throw ControlRefusal(.invalid, "\"\(name.prefix(80))\" is no state; there are \(known)")
      }
      states.insert(state)
    }
    return states
  }

  /// Something is selected that was not named.
  var isByTrait: Bool { isEverything || states != nil || pipeline != nil || reason != nil }

  /// - Parameter word: a selection by what jobs have in common takes only those that the word can do something about.
  func jobs(for word: OperatorWord, in ledger: JobLedger) throws -> [JobID] {
    guard isByTrait else {
      guard !ids.isEmpty else { throw ControlRefusal(.invalid, "no job is named") }
      var found: [JobID] = []
      for id in try ids.map({ try Self.job($0, in: ledger) }) where !found.contains(id) { found.append(id) }
      return found
    }
    guard ids.isEmpty else {
      throw ControlRefusal(.invalid, "name jobs, or select them by what they have in common, not both")
    }
    var found: [JobID] = []
    while true {
      let page = try ledger.jobs(
        in: word.states.intersection(states ?? word.states), pipeline: pipeline, reason: reason, after: found.last,
        limit: Self.pageSize)
      found += page.map(\.id)
      if page.count < Self.pageSize { return found }
    }
  }

  /// The job of an id or of its beginning.
  static func job(_ text: String, in ledger: JobLedger) throws -> JobID {
    if let id = JobID(text) { return try known(id, in: ledger) }
    let isPrefix = text.utf8.count >= shortestPrefix && text.utf8.allSatisfy { "0123456789abcdef-".utf8.contains($0) }
    guard isPrefix else {
      throw ControlRefusal(.invalid, "\(text.prefix(80)) is no job's id; darkroom jobs list shows them")
    }
    let found = try ledger.jobs(withPrefix: text, limit: 6)
    guard let first = found.first else {
      throw ControlRefusal(.refused, "no job's id begins with \(text); darkroom jobs list shows them")
    }
    guard found.count == 1 else {
      let some = found.prefix(5).map(\.description).joined(separator: ", ")
      throw ControlRefusal(.refused, "several jobs' ids begin with \(text): \(some)\(found.count > 5 ? ", …" : "")")
    }
    return first
  }

  private static func known(_ id: JobID, in ledger: JobLedger) throws -> JobID {
    do {
      return try ledger.job(id).id
    } catch LedgerError.noSuchJob {
      throw ControlRefusal(.refused, "\(LedgerError.noSuchJob(id))")
    }
  }
}
