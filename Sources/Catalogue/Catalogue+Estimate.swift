import ImageAPI
import Money

extension Catalogue {
  /// What a call will cost.
  ///
  /// - Parameter inputPixels: of the picture to upscale; `nil` when it is not known.
  public func estimate(
    _ operation: ImageAPI.Operation, inputPixels: Int?, assumptions: PriceAssumptions
  ) -> Estimate {
    let unknown = Estimate(
      expected: assumptions.unknownModel, worst: assumptions.unknownModel, isKnown: false)
    let quotes = candidates(for: operation).map { model in
      Quote(operation: operation, model: model, inputPixels: inputPixels).picture(unknown: unknown)
    }
    // Of the carriers of a trait, any may be the one that is used: the dearest counts.
    let expected = quotes.map(\.expected).max() ?? unknown.expected
    let worst = quotes.map(\.worst).max() ?? unknown.worst
    let enhancement = operation.body.bool("enhance_prompt") == true ? assumptions.extra : .zero
    let search = operation.body.bool("enable_web_search") == true ? assumptions.extra : .zero
    return Estimate(
      expected: expected * operation.variants + enhancement + search,
      worst: worst * operation.variants + enhancement + search,
      isKnown: !quotes.isEmpty && quotes.allSatisfy(\.isKnown), enhancement: enhancement)
  }
}
