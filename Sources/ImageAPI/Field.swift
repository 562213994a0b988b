import Documents

/// A field of an operation's body, as the vendor's schema declares it.
public struct Field: Hashable, Sendable {
  public indirect enum Kind: Hashable, Sendable {
    /// Lengths count Unicode scalars.
    case string(minLength: Int? = nil, maxLength: Int? = nil)
    /// One of a closed list.
    case choice([String])
    /// One of a list that the vendor extends with every new model: another value is sent, with a warning.
    case openChoice([String])
    case integer(Bounds = Bounds())
    case number(Bounds = Bounds())
    case boolean
    /// Base64, a data URI or an `http(s)://` URL in JSON; a file in a multipart form.
    case image
    /// An `http(s)://` URL.
    case url
    case array(of: Kind, minItems: Int? = nil)
    case object([Field])
    /// Switched off by the vendor: only null or absent passes.
    case disabled(why: String)
  }

  /// The least and the greatest value, as the schema writes them.
  public struct Bounds: Hashable, Sendable {
    public let minimum: String?
    public let maximum: String?
    /// The value lies above `minimum`, not at it.
    public let excludesMinimum: Bool

    public init(minimum: String? = nil, maximum: String? = nil, excludesMinimum: Bool = false) {
      self.minimum = minimum
      self.maximum = maximum
      self.excludesMinimum = excludesMinimum
    }
  }

  public let name: String
  public let kind: Kind
  public let isRequired: Bool
  public let isNullable: Bool
  public let isDeprecated: Bool

  init(
    _ name: String, _ kind: Kind, required: Bool = false, nullable: Bool = false, deprecated: Bool = false
  ) {
    self.name = name
    self.kind = kind
    isRequired = required
    isNullable = nullable
    isDeprecated = deprecated
  }
}

extension Field.Bounds: CustomStringConvertible {
  public var description: String {
    let low = minimum.map { excludesMinimum ? "above \($0)" : "at least \($0)" }
    let high = maximum.map { "at most \($0)" }
    return [low, high].compactMap(\.self).joined(separator: " and ")
  }

  func contains(_ value: DecimalNumber) -> Bool {
    if let least = minimum.flatMap(DecimalNumber.init) {
      guard excludesMinimum ? value > least : value >= least else { return false }
    }
    if let most = maximum.flatMap(DecimalNumber.init) {
      guard value <= most else { return false }
    }
    return true
  }
}

extension Field.Kind {
  /// For messages: what the value has to be.
  var expectation: String {
    switch self {
    case .string, .choice, .openChoice: "a string"
    case .integer: "an integer"
    case .number: "a number"
    case .boolean: "true or false"
    case .image: "an image (base64, a data URI or an http(s) URL)"
    case .url: "an http(s) URL"
    case .array: "an array"
    case .object: "an object"
    case .disabled: "null"
    }
  }
}
