import FoundationEssentials

/// What a model's pictures cost: the `pricing` object of the vendor's catalogue, read as its pages and its schema say.
struct Pricing: Sendable {
  /// The catalogue's own object.
  private let json: JSON
  /// The resolutions that have a price, from the lowest; empty where the price does not depend on it.
  let tiers: [String]
  /// The qualities that have a price, from the lowest; empty where the price does not depend on it.
  let qualities: [String]

  /// For a prompt that was rewritten, and for a search of the web: the vendor charges "additional credits" and does not
  /// publish how many. Once a call, whatever the number of pictures.
  static let enhancement = USD(microdollars: 10_000)
  static let webSearch = USD(microdollars: 10_000)

  init(_ json: JSON) {
    self.json = json
    let matrix = json["quality"]?.object ?? [:]
    tiers = Set((json["resolutions"]?.object ?? matrix).keys).sorted()
    let priced = Set(matrix.values.flatMap { ($0.object ?? [:]).keys })
    qualities = ["low", "medium", "high"].filter(priced.contains)
  }

  /// What a call gets that asks for no resolution.
  var defaultTier: String? { tiers.contains("1K") ? "1K" : tiers.first }

  /// What a call gets that asks for no quality: the one that costs as much as the table for that says, where there is
  /// one, else the best (pages 000 and 004: `high` for GPT Image 2).
  var defaultQuality: String? {
    guard let tier = defaultTier else { return qualities.last }
    let unasked = Self.usd(json["resolutions"]?[tier])
    return qualities.first { unasked != nil && Self.usd(json["quality"]?[tier]?[$0]) == unasked } ?? qualities.last
  }

  /// The price of one picture made or edited. A resolution or quality that has no price of its own is ignored, as the
  /// model ignores it.
  func picture(resolution: String?, quality: String?) -> USD {
    let tier = resolution.flatMap { tiers.contains($0) ? $0 : nil } ?? defaultTier ?? ""
    return quality.flatMap { Self.usd(json["quality"]?[tier]?[$0]) }
      ?? Self.usd(json["resolutions"]?[tier])
      ?? defaultQuality.flatMap { Self.usd(json["quality"]?[tier]?[$0]) }
      ?? Self.usd(json["generation"]) ?? Self.usd(json["inpaint"]) ?? .zero
  }

  /// What an edit pays for its input images, beyond those that the picture's price includes.
  func inputs(_ count: Int) -> USD {
    guard let additional = Self.usd(json["inputImages"]?["additional"]) else { return .zero }
    return additional * max(0, count - (json["inputImages"]?["included"]?.integer ?? 0))
  }

  /// Whether each input image counts: such models take many.
  var countsInputs: Bool { json["inputImages"] != nil }

  /// The price of enlarging one picture by 2 or 4.
  func upscale(factor: Int) -> USD {
    Self.usd(json["upscale"]?["\(factor)x"]) ?? .zero
  }

  private static func usd(_ price: JSON?) -> USD? {
    (price?["usd"]?.decimal).map { USD($0) }
  }
}
