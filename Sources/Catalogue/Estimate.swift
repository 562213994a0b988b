import Money

/// What a call will cost.
public struct Estimate: Hashable, Sendable {
  /// What the catalogue says, with what is asked for beside the pictures; where the catalogue has no price,
  /// ``PriceAssumptions/unknownModel``.
  public var expected: USD
  /// To be reserved before sending; never less than expected. What is not asked for, and whose default is not known
  /// from live constraints, counts at the dearest; so does the model that may take this one's place.
  public var worst: USD
  /// `false`: the model or its price is not in the catalogue.
  public var isKnown: Bool
  /// Nothing of `expected` but the enhancement is assumed: neither which price of several the vendor takes, nor what an
  /// extra costs.
  public var isCertain: Bool
  /// The part of `expected` that is due only when the prompt was indeed rewritten; assumed.
  public var enhancement: USD
  /// Ids of the models that this is the price of.
  public var models: Set<String>
  /// The vendor may give the work to another model, at that one's price.
  public var mayBeRemapped: Bool

  /// - Parameter isCertain: `nil`: when the price is known and no other is possible.
  public init(
    expected: USD, worst: USD, isKnown: Bool, isCertain: Bool? = nil, enhancement: USD = .zero,
    models: Set<String> = [], mayBeRemapped: Bool = false
  ) {
    self.expected = expected
    self.worst = worst
    self.isKnown = isKnown
    self.isCertain = isCertain ?? (isKnown && worst == expected)
    self.enhancement = enhancement
    self.models = models
    self.mayBeRemapped = mayBeRemapped
  }

  /// What a whole answer did cost; `nil` when that is not known for certain: then what was reserved goes on counting.
  ///
  /// - Parameters:
  ///   - isEnhanced: the answer says that the prompt was rewritten (`x-venice-enhanced-prompt`). "Additional credits are
  ///     charged when a rewrite is generated" (schema, `enhance_prompt`); how many is not published.
  ///   - model: the id of the model that did the work, as the answer says (`x-venice-model-id`).
  public func settled(isEnhanced: Bool, model: String?) -> USD? {
    guard isKnown, isCertain, !isEnhanced else { return nil }
    guard model.map(models.contains) ?? !mayBeRemapped else { return nil }
    return expected - enhancement
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
