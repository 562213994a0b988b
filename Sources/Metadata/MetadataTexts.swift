/// What people say of a picture: a pipeline of all its pictures, a request of its own, beside what it is asked for.
public struct MetadataTexts: Hashable, Sendable, Codable {
  public var artist: String?
  public var copyright: String?
  /// Caption, and the alternative text where no other is given.
  public var description: String?
  /// Alternative text, for those who do not see the picture.
  public var altText: String?
  /// Empty for none of its own.
  public var keywords: [String]
  /// Who wrote the prompt; written where it is named, and never guessed.
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

  /// With another's in the place of these, where it has any.
  func overlaid(with other: MetadataTexts) -> MetadataTexts {
    MetadataTexts(
      artist: other.artist ?? artist, copyright: other.copyright ?? copyright,
      description: other.description ?? description,
      // A pipeline's alternative text is not of a picture that a request describes.
      altText: other.altText ?? (other.description == nil ? altText : nil),
      keywords: other.keywords.isEmpty ? keywords : other.keywords, promptWriter: other.promptWriter ?? promptWriter)
  }
}

extension MetadataPolicy {
  /// With a request's texts in the place of its own. What is to carry nothing (`none`) goes on carrying no more than the
  /// pipeline says.
  public func naming(_ texts: MetadataTexts) -> MetadataPolicy {
    guard level != .none else { return self }
    var policy = self
    policy.texts = self.texts.overlaid(with: texts)
    return policy
  }
}
