/// What an output carries about itself, as a pipeline asks for it.
public struct MetadataPolicy: Hashable, Sendable, Codable {
  public enum Level: String, Hashable, Sendable, Codable, CaseIterable {
    /// Nothing but the ICC profile.
    case none
    /// What the original carried, minus GPS, thumbnail and MakerNote.
    case keep
    /// The AI disclosure: that and by which system the picture was made. No prompt.
    case provenance
    /// `provenance` plus prompt, parameters, description, rights.
    case full
  }

  public var level: Level
  public var artist: String?
  public var copyright: String?
  /// Caption, and the alternative text where no other is given.
  public var description: String?
  /// Alternative text, for those who do not see the picture.
  public var altText: String?
  public var keywords: [String]
  /// Who wrote the prompt; written where it is named, and never guessed.
  public var promptWriter: String?
  /// Dots per inch, for print.
  public var dpi: Int?
  /// Whether `keep` keeps GPS positions too.
  public var keepsGPS: Bool
  /// Whether a PNG gets the `parameters` text that other image tools read.
  public var writesParameters: Bool

  public init(
    level: Level, artist: String? = nil, copyright: String? = nil, description: String? = nil, keywords: [String] = [],
    dpi: Int? = nil, keepsGPS: Bool = false, writesParameters: Bool = false, altText: String? = nil,
    promptWriter: String? = nil
  ) {
    self.level = level
    self.artist = artist
    self.copyright = copyright
    self.description = description
    self.keywords = keywords
    self.dpi = dpi
    self.keepsGPS = keepsGPS
    self.writesParameters = writesParameters
    self.altText = altText
    self.promptWriter = promptWriter
  }
}
