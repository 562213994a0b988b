import Documents
import Ledger

/// The shape of the queue, as qshape(1) draws a mail queue's: how many jobs have reached which age, by pipeline and by
/// what they wait for.
struct QueueShape {
  /// In minutes, each twice the one before; behind the last comes everything older.
  static let limits = [5, 10, 20, 40, 80, 160, 320, 640, 1280]
  /// What has not ended.
  static let open: Set<JobState> = [.queued, .calling, .responded, .held]

  private struct Row {
    var counts = [Int](repeating: 0, count: QueueShape.limits.count + 1)
    var oldest: Timestamp?

    var total: Int { counts.reduce(0, +) }

    mutating func add(_ ages: JobAges) {
      for (index, count) in ages.counts.enumerated() { counts[index] += count }
      oldest = min(oldest ?? ages.oldest, ages.oldest)
    }

    func document(_ names: [(String, JSONValue)]) -> JSONObject {
      JSONObject(
        names + [
          ("total", .number("\(total)")), ("counts", .array(counts.map { .number("\($0)") })),
          ("oldest", oldest.map { .string($0.description) } ?? .null),
        ])
    }
  }

  static func document(of ledger: JobLedger, in states: Set<JobState>, at now: Timestamp) throws -> JSONObject {
    let ages = try ledger.ages(in: states, limits: limits.map { .seconds($0 * 60) }, at: now)
    var total = Row()
    var pipelines: [String: Row] = [:]
    var reasons: [[String]: Row] = [:]
    for age in ages {
      total.add(age)
      pipelines[age.pipeline, default: Row()].add(age)
      reasons[[age.state.rawValue, age.wait?.rawValue ?? age.hold?.rawValue ?? ""], default: Row()].add(age)
    }
    let pipelineRows = pipelines.sorted { a, b in
      a.value.total != b.value.total ? a.value.total > b.value.total : a.key < b.key
    }
    let reasonRows = reasons.sorted { a, b in
      a.value.total != b.value.total ? a.value.total > b.value.total : a.key.lexicographicallyPrecedes(b.key)
    }
    return JSONObject([
      ("minutes", .array(limits.map { .number("\($0)") })),
      ("total", .object(total.document([]))),
      ("pipelines", .array(pipelineRows.map { .object($0.value.document([("pipeline", .string($0.key))])) })),
      (
        "reasons",
        .array(
          reasonRows.map { key, row in
            .object(
              row.document([
                ("state", .string(key[0])), ("reason", key[1].isEmpty ? .null : .string(key[1])),
              ]))
          })
      ),
    ])
  }
}
