/// What an output carries about itself, as a pipeline asks for it. Its texts read as its own: `policy.artist`.
@dynamicMemberLookup
public struct MetadataPolicy: Hashable, Sendable {
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
  public var texts: MetadataTexts
  /// Dots per inch, for print.
  public var dpi: Int?
  /// Whether `keep` keeps GPS positions too.
  public var keepsGPS: Bool
  /// Whether a PNG gets the `parameters` text that other image tools read.
  public var writesParameters: Bool

  public init(
    level: Level, texts: MetadataTexts = MetadataTexts(), dpi: Int? = nil, keepsGPS: Bool = false,
    writesParameters: Bool = false
  ) {
    self.level = level
    self.texts = texts
    self.dpi = dpi
    self.keepsGPS = keepsGPS
    self.writesParameters = writesParameters
  }

  public subscript<Value>(dynamicMember text: KeyPath<MetadataTexts, Value>) -> Value {
    texts[keyPath: text]
  }
}

/// The texts stand beside the rest: that is how jobs that wait in a ledger have them.
extension MetadataPolicy: Codable {
  private enum CodingKeys: String, CodingKey {
    case level, dpi, keepsGPS, writesParameters
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    level = try values.decode(Level.self, forKey: .level)
    texts = try MetadataTexts(from: decoder)
    dpi = try values.decodeIfPresent(Int.self, forKey: .dpi)
    keepsGPS = try values.decode(Bool.self, forKey: .keepsGPS)
    writesParameters = try values.decode(Bool.self, forKey: .writesParameters)
  }

  public func encode(to encoder: any Encoder) throws {
    try texts.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(level, forKey: .level)
    try values.encodeIfPresent(dpi, forKey: .dpi)
    try values.encode(keepsGPS, forKey: .keepsGPS)
    try values.encode(writesParameters, forKey: .writesParameters)
  }
}
