import ImageAPI
import Ledger
import Metadata
import Requests

/// What a job's steps had in the picture: all of them, for each has changed it.
extension Provenance {
  private static let service = "Venice.ai"
  /// Characters; a longer name is none.
  private static let nameLimit = 200

  /// - Parameter models: of the steps, as far as they are known.
  init(of operations: [ImageAPI.Operation], models: [String?], created: String) {
    let prompts = operations.compactMap(\.prompt).filter { !$0.isEmpty }
    self.init(
      source: Self.source(of: operations), prompt: prompts.isEmpty ? nil : prompts.joined(separator: "\n"),
      parameters: operations.first?.provenanceParameters ?? [], created: created)
    if !operations.isEmpty { name(models.compactMap(\.self)) }
  }

  /// Somebody's own picture may come in at any step.
  private static func source(of operations: [ImageAPI.Operation]) -> Source {
    guard let first = operations.first else { return .untouched }
    let takesPicture = operations.dropFirst().contains { operation in
      operation.files.contains { if case .inbox = $0.source { true } else { false } }
    }
    return takesPicture ? .compositeWithTrainedAlgorithmicMedia : first.provenanceSource
  }

  /// Says which models did the work, and of which version the service was, as the answers have it: the service may
  /// choose a model, or take another than was asked for.
  mutating func name(_ answers: [AcceptedWork.Turn: Call], of work: AcceptedWork) {
    name(heads: work.turns.map { answers[$0]?.headers ?? [:] }, of: work)
  }

  /// - Parameter heads: the headers of the answer to each of the work's turns.
  mutating func name(heads: [[String: String]], of work: AcceptedWork) {
    guard !work.operations.isEmpty else { return }
    var models: [String] = []
    var versions: [String] = []
    for (turn, head) in zip(work.turns, heads) {
      let model = Self.credible(head["x-venice-model-id"]) ?? work.operation(ofStep: turn.step).model
      if let model { models.append(model) }
      if let version = Self.credible(head["x-venice-version"]) { versions.append(version) }
    }
    name(models)
    systemVersion = versions.isEmpty ? nil : Self.each(versions)
  }

  private mutating func name(_ models: [String]) {
    let names = Self.each(models)
    system = names.isEmpty ? Self.service : "\(Self.service) \(names)"
    parameters.removeAll { $0.name == "model" }
    if !names.isEmpty { parameters.append(Parameter(name: "model", value: names)) }
  }

  /// Each once, in order.
  private static func each(_ names: [String]) -> String {
    names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", ")
  }

  private static func credible(_ name: String?) -> String? {
    name.flatMap { $0.isEmpty || $0.count > nameLimit ? nil : $0 }
  }
}
