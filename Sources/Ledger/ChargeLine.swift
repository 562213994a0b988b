import Money

/// What one model cost one pipeline on one day. `charged + unpriced + uncertain` is what the calls count for against
/// the day's budget.
public struct ChargeLine: Hashable, Sendable {
  /// Midnight in UTC, at which the day began on which the calls began.
  public let day: Timestamp
  public let pipeline: String
  /// The endpoint, where a call names no model.
  public let model: String
  /// How many calls were charged for certain, those without a known price included.
  public let calls: Int
  /// The sum of what is known to be charged.
  public let charged: USD
  /// How many of `calls` have no known price.
  public let unpricedCalls: Int
  /// What those count for: the prices set aside.
  public let unpriced: USD
  /// How many more calls may have been charged: their outcome is not known, or not yet.
  public let uncertainCalls: Int
  /// What those count for: the prices set aside.
  public let uncertain: USD
}
