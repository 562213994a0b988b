import Money

/// What a call will cost.
public struct Estimate: Hashable, Sendable {
  /// What the catalogue says, with what is asked for beside the pictures; where the catalogue has no price,
  /// ``PriceAssumptions/unknownModel``.
  public var expected: USD
  /// To be reserved before sending; never less than expected. What is not asked for, and whose default is not known
  /// from live constraints, counts at the dearest.
  public var worst: USD
  /// `false`: the model or its price is not in the catalogue.
  public var isKnown: Bool
  /// The part of `expected` that is due only when the prompt was indeed rewritten.
  public var enhancement: USD

  public init(expected: USD, worst: USD, isKnown: Bool, enhancement: USD = .zero) {
    self.expected = expected
    self.worst = worst
    self.isKnown = isKnown
    self.enhancement = enhancement
  }

  /// What a whole answer did cost; `nil` when that is not known.
  ///
  /// - Parameter isEnhanced: the answer says that the prompt was rewritten (`x-venice-enhanced-prompt`). "Additional
  ///   credits are charged when a rewrite is generated" (schema, `enhance_prompt`).
  public func settled(isEnhanced: Bool) -> USD? {
    guard isKnown else { return nil }
    return isEnhanced ? expected : expected - enhancement
  }
}

/// What the catalogue cannot say.
public struct PriceAssumptions: Hashable, Sendable {
  /// A picture by a model whose price is not known.
  public var unknownModel: USD
  /// A rewritten prompt or a web search: the vendor charges for each and does not publish how much.
  public var extra: USD

  public init(unknownModel: USD = USD(microdollars: 1_000_000), extra: USD = USD(microdollars: 20_000)) {
    self.unknownModel = unknownModel
    self.extra = extra
  }
}
