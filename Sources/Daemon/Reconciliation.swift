import Documents
import ImageAPI
import Ledger
import Money

/// Compares calls whose outcome nobody knows with what the vendor says was charged. A pure function: it decides nothing
/// about the job, it says what was found.
///
/// The vendor's documents leave open whether an entry's request id is that of the answer, and how a product is named
/// after its model. So a charge is only ever "may be", and everything that could be one is shown: saying "not charged"
/// in error would lead to paying twice.
struct Reconciliation: Hashable, Sendable {
  enum Finding: String, Hashable, Sendable {
    /// A charge of that model, within the price set aside, that no kept answer explains.
    case charge
    /// No such charge, but others that no kept answer explains either.
    case otherCharges = "other-charges"
    case none
  }

  /// Milliseconds since 1970.
  let from: Int
  let until: Int
  let finding: Finding
  let entries: [UsageHistory.Entry]

  /// Clocks that differ, ours and the vendor's.
  static let skew = Duration.seconds(120)
  /// How much later than its call's time-out a charge may be entered.
  static let lateness = Duration.seconds(600)

  /// When a charge for a call would have been entered.
  static func window(of call: Call, timeout: Duration, now: Timestamp) -> (from: Timestamp, until: Timestamp) {
    let end = min(call.started + timeout + lateness, now + skew)
    let start = Timestamp(microseconds: call.started.microseconds - skew.components.seconds * 1_000_000)
    return (start, max(end, call.started + .seconds(1)))
  }

  /// - Parameters:
  ///   - call: whose outcome is not known.
  ///   - answered: calls of all jobs with kept answers that began in the window or shortly before it.
  init(
    _ call: Call, window: (from: Timestamp, until: Timestamp), history: UsageHistory, answered: [Call]
  ) {
    from = Int(window.from.microseconds / 1000)
    until = Int(window.until.microseconds / 1000)
    var left = history.entries.filter { $0.isCharge }
    let byID = Dictionary(answered.compactMap { call in call.responseID.map { ($0, call) } }) { first, _ in first }
    left.removeAll { $0.requestID.map { byID[$0] != nil } ?? false }
    let listed = Set(history.entries.compactMap(\.requestID))
    // Where ids do match, they say all; where none does, each answer explains one charge.
    let areIDsTheSame = answered.contains { $0.responseID.map(listed.contains) ?? false }
    for other in areIDsTheSame ? [] : answered {
      // One charge for each answer; of several the one that came nearest to its end.
      let end = other.finished ?? other.started
      let nearest = left.indices
        .filter { left[$0].fits(other) }
        .min { left[$0].distance(to: end) < left[$1].distance(to: end) }
      if let nearest { left.remove(at: nearest) }
    }
    let affordable = left.filter { $0.isWithin(call.reserved) }
    let fitting = affordable.filter { $0.isNamed(after: call.model) }
    finding = !fitting.isEmpty ? .charge : affordable.isEmpty ? .none : .otherCharges
    entries = fitting.isEmpty ? affordable : fitting
  }
}

extension UsageHistory.Entry {
  fileprivate var isCharge: Bool { amount.hasPrefix("-") && usd != .zero }

  /// The amount charged, whatever the currency: one unit of each is worth a dollar in the vendor's prices.
  var usd: USD? { USD(price: String(amount.drop { $0 == "-" })) }

  fileprivate func isWithin(_ limit: USD?) -> Bool {
    guard let limit, let usd else { return true }
    return usd <= limit
  }

  fileprivate func isNamed(after model: String?) -> Bool {
    guard let model else { return true }
    return sku.lowercased().contains(model.lowercased())
  }

  /// It may be the charge for an answered call.
  fileprivate func fits(_ call: Call) -> Bool {
    let end = call.finished ?? call.started
    let skew = Reconciliation.skew.components.seconds * 1000
    guard isNamed(after: call.model), Int64(time) >= call.started.microseconds / 1000 - skew,
      Int64(time) <= end.microseconds / 1000 + skew
    else { return false }
    return call.charged == nil || usd == nil || call.charged == usd
  }

  fileprivate func distance(to end: Timestamp) -> Int64 { abs(Int64(time) - end.microseconds / 1000) }
}

extension Reconciliation {
  var document: JSONObject {
    JSONObject([
      ("finding", .string(finding.rawValue)), ("from", .string(Self.time(from))), ("until", .string(Self.time(until))),
      (
        "charges",
        .array(
          entries.map {
            .object(
              JSONObject([
                ("time", .string(Self.time($0.time))), ("amount", .number($0.amount)),
                ("currency", .string($0.currency)), ("sku", .string($0.sku)),
                ("request", $0.requestID.map(JSONValue.string) ?? .null),
              ]))
          })
      ), ("words", .string(words)),
    ])
  }

  /// For people.
  var words: String {
    let time = "between \(Self.time(from)) and \(Self.time(until))"
    let list =
      entries.prefix(5).map { entry in
        "\(entry.usd.map(\.description) ?? entry.amount) \(entry.currency) for \(entry.sku) at \(Self.time(entry.time))"
          + (entry.requestID.map { " (request \($0))" } ?? "")
      }.joined(separator: "; ") + (entries.count > 5 ? "; …" : "")
    switch finding {
    case .charge:
      return "the call may have been charged: \(list). No kept answer explains "
        + (entries.count == 1 ? "that charge" : "these charges")
    case .otherCharges:
      return "no charge \(time) names the model, but other charges are explained by no kept answer: \(list)"
    case .none: return "no charge \(time): it was most likely not charged"
    }
  }

  private static func time(_ milliseconds: Int) -> String {
    String(Timestamp(microseconds: Int64(milliseconds) * 1000).description.prefix(19)) + "Z"
  }
}
