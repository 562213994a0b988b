/// What a request itself says of its picture: words, and nothing of what an output may carry beside them.
public struct MetadataTexts: Hashable, Sendable, Codable {
  public var artist: String?
  public var copyright: String?
  public var description: String?
  public var altText: String?
  /// Empty for none of its own.
  public var keywords: [String]
  public var promptWriter: String?

  public init(
    artist: String? = nil, copyright: String? = nil, description: String? = nil, altText: String? = nil,
    keywords: [String] = [], promptWriter: String? = nil
  ) {
    self.artist = artist
    self.copyright = copyright
    self.description = description
    self.altText = altText
    self.keywords = keywords
    self.promptWriter = promptWriter
  }
}

extension MetadataPolicy {
  /// With a request's texts in the place of its own. What is to carry nothing (`none`) goes on carrying no more than the
  /// pipeline says.
  public func naming(_ texts: MetadataTexts) -> MetadataPolicy {
    guard level != .none else { return self }
    var policy = self
    policy.artist = texts.artist ?? artist
    policy.copyright = texts.copyright ?? copyright
    policy.description = texts.description ?? description
    // A pipeline's alternative text is not of a picture that a request describes.
    policy.altText = texts.altText ?? (texts.description == nil ? altText : nil)
    if !texts.keywords.isEmpty { policy.keywords = texts.keywords }
    policy.promptWriter = texts.promptWriter ?? promptWriter
    return policy
  }
}
