import Money

/// What may be spent. Nil: no limit.
public struct Budget: Hashable, Sendable {
  /// On all calls of one job.
  public var perJob: USD?
  /// On all calls that begin on one day in UTC, of all jobs.
  public var perDay: USD?

  public init(perJob: USD? = nil, perDay: USD? = nil) {
    self.perJob = perJob
    self.perDay = perDay
  }
}

/// Whether a call may go out.
public enum CallStart: Hashable, Sendable {
  /// The intent is committed and the money set aside: a byte may go out.
  case begun(Call)
  /// Nothing was recorded; the job is queued as it was.
  case beyond(BudgetLimit)
}

/// A limit that a call would have passed.
public enum BudgetLimit: Hashable, Sendable {
  /// Of the job: it does not pass by itself.
  case job(limit: USD, spent: USD, needed: USD)
  /// Of the day, which ends at `until`: the next midnight in UTC.
  case day(limit: USD, spent: USD, needed: USD, until: Timestamp)
}

extension BudgetLimit: CustomStringConvertible {
  public var description: String {
    switch self {
    case .job(let limit, let spent, let needed):
      "the job's budget is \(limit) USD: \(spent) are spent or set aside, and this call may cost \(needed)"
    case .day(let limit, let spent, let needed, let until):
      "the day's budget is \(limit) USD: \(spent) are spent or set aside, and this call may cost \(needed); "
        + "the next day begins at \(until)"
    }
  }
}
