/// What an XMP packet says, as far as Darkroom writes it and reads it back. `nil` and empty fields are not written.
public struct XMPFields: Sendable, Hashable {
  /// Iptc4xmpExt:DigitalSourceType: a URI of http://cv.iptc.org/newscodes/digitalsourcetype/.
  public var digitalSourceType: String?
  /// Iptc4xmpExt:AISystemUsed, AISystemVersionUsed, AIPromptInformation (IPTC Photo Metadata 2025.1).
  public var aiSystem: String?
  public var aiSystemVersion: String?
  public var prompt: String?
  /// dc:description, in the default language.
  public var description: String?
  /// Iptc4xmpCore:AltTextAccessibility, in the default language.
  public var altText: String?
  /// dc:creator.
  public var creators: [String]
  /// dc:rights, in the default language.
  public var rights: String?
  /// dc:subject: keywords.
  public var subjects: [String]
  /// photoshop:Headline.
  public var headline: String?
  /// xmp:CreatorTool.
  public var creatorTool: String?
  /// xmp:CreateDate, RFC 3339.
  public var createDate: String?
  /// xmpMM:DocumentID: the same for all that is made from one original.
  public var documentID: String?
  /// xmpMM:InstanceID: this very file.
  public var instanceID: String?
  /// xmpMM:DerivedFrom, its stRef:documentID: the original.
  public var derivedFrom: String?
  /// Iptc4xmpExt:AIPromptWriterName (IPTC Photo Metadata 2025.1).
  public var promptWriter: String?

  public init(
    digitalSourceType: String? = nil, aiSystem: String? = nil, aiSystemVersion: String? = nil, prompt: String? = nil,
    description: String? = nil, altText: String? = nil, creators: [String] = [], rights: String? = nil,
    subjects: [String] = [], creatorTool: String? = nil, createDate: String? = nil, documentID: String? = nil,
    instanceID: String? = nil, derivedFrom: String? = nil, promptWriter: String? = nil, headline: String? = nil
  ) {
    self.digitalSourceType = digitalSourceType
    self.aiSystem = aiSystem
    self.aiSystemVersion = aiSystemVersion
    self.prompt = prompt
    self.description = description
    self.altText = altText
    self.creators = creators
    self.rights = rights
    self.subjects = subjects
    self.creatorTool = creatorTool
    self.createDate = createDate
    self.documentID = documentID
    self.instanceID = instanceID
    self.derivedFrom = derivedFrom
    self.promptWriter = promptWriter
    self.headline = headline
  }

  /// Whether there is anything to write.
  public var isEmpty: Bool { self == XMPFields() }
}
