/// What `GET /billing/usage-history` says of a time.
public struct UsageHistory: Sendable, Hashable {
  public struct Entry: Sendable, Hashable {
    /// When the entry was made: milliseconds since 1970 by the vendor's clock.
    public let time: Int
    /// Decimal text; negative for a charge.
    public let amount: String
    /// `USD`, `DIEM`, `BUNDLED_CREDITS`.
    public let currency: String
    /// The product; a model's name is part of it: `grok-imagine-image-image-unit`.
    public let sku: String
    public let notes: String
    /// Whether it equals the answer's id, or its `x-request-id`, the vendor's documents leave open.
    public let requestID: String?

    public init(time: Int, amount: String, currency: String, sku: String, notes: String = "", requestID: String?) {
      self.time = time
      self.amount = amount
      self.currency = currency
      self.sku = sku
      self.notes = notes
      self.requestID = requestID
    }
  }

  /// In the order of their times.
  public let entries: [Entry]
  /// There were no more pages than were asked for.
  public let isWhole: Bool

  public init(entries: [Entry], isWhole: Bool) {
    self.entries = entries
    self.isWhole = isWhole
  }
}
