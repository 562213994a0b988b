import Ledger

extension Job {
  /// Why it does not go on, and what a person can do about it; `nil` when nothing is in its way.
  ///
  /// - Parameter ledger: tells who has the place that it waits for.
  func hindrance(in ledger: JobLedger) throws(LedgerError) -> String? {
    if let hold { return hold.words(id) }
    guard let wait else { return nil }
    return switch wait.reason {
    case .rate: "the key's rate limit is reached; it goes on by itself"
    case .budget:
      "the day's budget is spent; it goes on the next day, or when budget.per-day-usd is raised and the daemon started "
        + "again"
    case .account: "the account cannot pay; add credit, and all that waits goes on by itself"
    case .key: "the API refuses the key; put one that works into api.key-file, and start the daemon again"
    case .capacity: "the model is overloaded; it is tried again by itself"
    case .network: "the API cannot be reached; it is tried again by itself"
    case .retry: "the API reported an error of its own; it is tried again by itself"
    case .room: "the disk is full; free some room, and it goes on by itself"
    case .place: try placeWords(ledger)
    case .refusal: "its call was refused, and the report of that is being written"
    }
  }

  private func placeWords(_ ledger: JobLedger) throws(LedgerError) -> String {
    let beginning = "it is to replace \(place), which another job is on its way to"
    guard let other = try ledger.reservation(of: place) else { return beginning }
    let state = try ledger.job(other).state.rawValue
    return "\(beginning): \(other), which is \(state); it goes on when that one has ended (darkroom jobs show \(other))"
  }
}

extension HoldReason {
  fileprivate func words(_ job: JobID) -> String {
    switch self {
    case .unknownOutcome:
      "its call may have been charged, and no answer is kept; release calls again and may pay twice, cancel gives it up"
    case .responseLost:
      "its answer came and could not be kept; see that the spool has room; release calls again and pays twice, cancel "
        + "gives it up"
    case .operator: "an operator holds it; darkroom jobs release \(job) lets it go on"
    }
  }
}
