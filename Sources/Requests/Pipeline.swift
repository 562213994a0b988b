import Documents
import ImageAPI
import Processing

/// A named recipe: what to lay under requests, what to verify, which outputs to make, what happens after.
public struct Pipeline: Hashable, Sendable {
  /// What happens to a request whose place is taken.
  public enum Collision: String, Hashable, Sendable, Codable, CaseIterable {
    case fail
    /// `canal-2`, `canal-3`, ….
    case suffix
    /// The new directory takes the old one's place in one step.
    case replace
  }

  /// What happens when the outcome of a paid call is unknown.
  public enum UnknownOutcome: String, Hashable, Sendable, Codable, CaseIterable {
    /// Someone has to look.
    case hold
    /// The owner's choice: the call is made again, and may be charged twice.
    case retry
  }

  /// What follows publication.
  public enum Afterwards: Hashable, Sendable, Codable {
    /// A program by its absolute path, and its arguments.
    case run([CommandArgument])
    /// An `http(s)` URL.
    case webhook(String)
  }

  /// The file's stem.
  public let name: String
  public let description: String?
  /// Laid under the requests' bodies, one for each operation. A request is laid over that of its own operation, field
  /// for field; those of other operations do not concern it.
  public let requestLayers: [Endpoint: JSONObject]
  public let collision: Collision
  /// Whether pictures dropped into the pipeline's folder are requests.
  public let acceptsImages: Bool
  public let after: [Afterwards]
  public let onUnknown: UnknownOutcome
  /// Whether an identical request published before lends its originals, at no cost.
  public let reusesOriginals: Bool
  /// Whether a picture beyond the API's limits is made to fit instead of being refused.
  public let fitsInput: Bool
  public let recipe: Recipe

  public init(
    name: String, description: String? = nil, requestLayers: [Endpoint: JSONObject] = [:], collision: Collision = .fail,
    acceptsImages: Bool = false, after: [Afterwards] = [], onUnknown: UnknownOutcome = .hold,
    reusesOriginals: Bool = false, fitsInput: Bool = false, recipe: Recipe
  ) {
    self.name = name
    self.description = description
    self.requestLayers = requestLayers
    self.collision = collision
    self.acceptsImages = acceptsImages
    self.after = after
    self.onUnknown = onUnknown
    self.reusesOriginals = reusesOriginals
    self.fitsInput = fitsInput
    self.recipe = recipe
  }

  /// The operation that a dropped picture goes through; `nil` where it is processed as it is.
  public var imageOperation: Endpoint? {
    Endpoint.allCases.first { $0.isMadeOfAnImage && requestLayers[$0] != nil }
  }
}

extension Endpoint {
  /// Whether the call works on a picture, so that it can follow another operation or a dropped file.
  var isMadeOfAnImage: Bool {
    switch self {
    case .generate, .generations: false
    case .edit, .multiEdit, .upscale, .backgroundRemove: true
    }
  }

  /// Where that picture stands in the body: its field, or the first place of its list.
  var imagePath: [String] {
    switch self {
    case .multiEdit: ["images", "0"]
    case .generate, .generations, .edit, .upscale, .backgroundRemove: ["image"]
    }
  }
}
