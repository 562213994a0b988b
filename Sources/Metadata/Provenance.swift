/// Where a picture comes from, as far as its metadata may tell.
public struct Provenance: Hashable, Sendable, Codable {
  /// IPTC's digital source types that concern us
  /// (http://cv.iptc.org/newscodes/digitalsourcetype/).
  public enum Source: String, Hashable, Sendable, Codable {
    /// Made by a model alone.
    case trainedAlgorithmicMedia
    /// A model's edit of somebody's picture.
    case compositeWithTrainedAlgorithmicMedia
    /// Somebody's own picture: nothing is claimed.
    case untouched
  }

  public var source: Source
  /// The AI system and model, for instance `Venice.ai venice-sd35`; `nil` for `untouched`.
  public var system: String?
  /// The system's or the model's version, where it is known.
  public var systemVersion: String?
  public var prompt: String?
  /// Further parameters of the call (seed, steps, …) in the request's own order.
  public var parameters: [Parameter]
  /// RFC 3339, UTC.
  public var created: String
  /// SHA-256 of the original, lower-case hexadecimal.
  public var originalSHA256: String?
  /// What was done to the original for this very output, in any words that are the same for the same work: tells
  /// outputs apart that are alike in all else.
  public var rendition: String?

  public struct Parameter: Hashable, Sendable, Codable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(
    source: Source, system: String? = nil, prompt: String? = nil, parameters: [Parameter] = [], created: String,
    originalSHA256: String? = nil, systemVersion: String? = nil
  ) {
    self.source = source
    self.system = system
    self.prompt = prompt
    self.parameters = parameters
    self.created = created
    self.originalSHA256 = originalSHA256
    self.systemVersion = systemVersion
  }
}
