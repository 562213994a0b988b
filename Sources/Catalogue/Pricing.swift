import Documents
import Money

/// What a model costs: "Image Model Pricing" and "Inpaint Model Pricing" of the vendor's schema in one.
public struct Pricing: Hashable, Sendable {
  /// For each picture beyond those that the price of an edit includes.
  public struct InputImages: Hashable, Sendable {
    public let included: Int
    public let additional: USD
  }

  /// One picture from text.
  public let generation: USD?
  /// One edit.
  public let inpaint: USD?
  /// By tier, `1K`; what counts where no quality is asked for. "When present, replaces `generation`."
  public let resolutions: [String: USD]
  /// By tier, then by quality.
  public let quality: [String: [String: USD]]
  public let inputImages: InputImages?
  /// By factor, 2 and 4. The snapshot lists it with nearly every model; ``ImageAPI/Endpoint/upscale`` has its own.
  public let upscale: [Int: USD]

  init(_ json: JSONObject) {
    func prices(_ object: JSONObject?) -> [String: USD] {
      var prices: [String: USD] = [:]
      for member in object?.members ?? [] { prices[member.key] = member.value.object?.price }
      return prices
    }
    generation = json.object("generation")?.price
    inpaint = json.object("inpaint")?.price
    resolutions = prices(json.object("resolutions"))
    var quality: [String: [String: USD]] = [:]
    for member in json.object("quality")?.members ?? [] {
      let qualities = prices(member.value.object)
      if !qualities.isEmpty { quality[member.key] = qualities }
    }
    self.quality = quality
    inputImages = json.object("inputImages").flatMap { inputs in
      guard let additional = inputs.object("additional")?.price else { return nil }
      // Unreadable: as if each picture were paid for, so that no cost is understated.
      return InputImages(included: inputs["included"]?.integer ?? 0, additional: additional)
    }
    let factors = prices(json.object("upscale"))
    var upscale: [Int: USD] = [:]
    for factor in [2, 4] { upscale[factor] = factors["\(factor)x"] }
    self.upscale = upscale
  }

  /// The tiers that have a price.
  public var tiers: Set<String> { Set(resolutions.keys).union(quality.keys) }
}

extension JSONObject {
  /// `usd` of a price. A price beyond a million dollars is taken for unreadable: sums of any call then fit `USD`.
  fileprivate var price: USD? {
    guard case .number(let text)? = self["usd"], let price = USD(price: text), price <= million else { return nil }
    return price
  }
}

private let million = USD(microdollars: 1_000_000 * 1_000_000)
