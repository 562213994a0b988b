import Documents
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
    func quote(_ model: Model) -> Estimate {
      Quote(operation: operation, model: model, inputPixels: inputPixels).picture(unknown: unknown)
    }
    let candidates = candidates(for: operation)
    let quotes = candidates.map(quote)
    // Who may do the work instead, at its own price; one that is not known costs what the unknown does.
    let others = candidates.flatMap(remapped)
    let worst = (quotes + others.map { $0.map(quote) ?? unknown }).map(\.worst).max() ?? unknown.worst
    // Of the carriers of a trait, any may be the one that is used: the dearest counts.
    let expected = quotes.map(\.expected).max() ?? unknown.expected
    let enhancement = operation.body.bool("enhance_prompt") == true ? assumptions.extra : .zero
    let isSearching = operation.body.bool("enable_web_search") == true
    let extras = enhancement + (isSearching ? assumptions.extra : .zero)
    return Estimate(
      expected: expected * operation.variants + extras, worst: worst * operation.variants + extras,
      isKnown: !quotes.isEmpty && quotes.allSatisfy(\.isKnown),
      isCertain: !isSearching && !quotes.isEmpty && quotes.allSatisfy { $0.isCertain && $0.expected == expected },
      enhancement: enhancement, models: Set(candidates.map(\.id)), mayBeRemapped: !others.isEmpty)
  }

  /// The models that a request for this one may be sent to by the vendor itself; `nil` for one that the catalogue does
  /// not have.
  private func remapped(_ model: Model) -> [Model?] {
    var found: [Model?] = []
    var passed: Set<String> = [model.id]
    var last = model
    while let deprecation = last.deprecation, deprecation.isRemapped {
      guard let id = deprecation.replacement, let next = self[id] else { return found + [nil] }
      guard passed.insert(id).inserted else { break }
      found.append(next)
      last = next
    }
    return found
  }
}
