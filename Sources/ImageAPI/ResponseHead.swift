import Documents

/// Status and headers of a response, and the facts that the vendor puts there.
public struct ResponseHead: Sendable, Hashable {
  public struct Header: Sendable, Hashable, Codable {
    /// As received; compared without regard to case.
    public let name: String
    public let value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public let status: Int
  /// In the order of the response.
  public let headers: [Header]

  public init(status: Int, headers: [Header]) {
    self.status = status
    self.headers = headers
  }

  /// The first header of that name.
  public subscript(name: String) -> String? {
    let name = name.lowercased()
    return headers.first { $0.name.lowercased() == name }?.value
  }

  /// `application/json`, lower-case, without parameters.
  public var mediaType: String? {
    self["content-type"]?.split(separator: ";").first.map { $0.filter { !$0.isWhitespace }.lowercased() }
  }

  /// `gzip`, `br`; `nil` when the body is as it is.
  public var contentEncoding: String? {
    guard let value = self["content-encoding"]?.lowercased(), value != "identity", !value.isEmpty else { return nil }
    return value
  }

  /// The vendor's name for the call, where a header gives one; a JSON body's `id` is in ``AnswerFacts``.
  public var requestID: String? { self["x-request-id"] ?? self["x-venice-request-id"] }

  public var isBlurred: Bool { flag("x-venice-is-blurred") }
  public var isContentViolation: Bool { flag("x-venice-is-content-violation") }
  /// The model that did the work; the vendor may send requests for a model that ends to its replacement.
  public var modelID: String? { self["x-venice-model-id"] }

  /// `nil` when the model is not deprecated.
  public var deprecation: Deprecation? {
    let warning = self["x-venice-model-deprecation-warning"]
    let date = self["x-venice-model-deprecation-date"]
    let replacement = self["x-venice-deprecated-replacement"]
    guard flag("x-venice-deprecated") || warning != nil || date != nil || replacement != nil else { return nil }
    return Deprecation(warning: warning, date: date, replacement: replacement)
  }

  /// The prompt after the vendor rewrote it; URL-decoded.
  public var enhancedPrompt: String? { self["x-venice-enhanced-prompt"].map(PercentEncoding.decoded) }

  /// `nil` when none of the three headers came.
  public var rateLimit: RateLimit? {
    let limit = RateLimit(
      limit: integer("x-ratelimit-limit-requests"), remaining: integer("x-ratelimit-remaining-requests"),
      reset: integer("x-ratelimit-reset-requests"))
    return limit == RateLimit(limit: nil, remaining: nil, reset: nil) ? nil : limit
  }

  /// When the response was made: seconds since 1970 by the vendor's clock (RFC 9110 §6.6.1).
  public var date: Int? { self["date"].flatMap(HTTPDate.seconds) }

  public var retryAfter: RetryAfter? { self["retry-after"].flatMap(RetryAfter.init) }

  private func flag(_ name: String) -> Bool { self[name]?.lowercased() == "true" }

  private func integer(_ name: String) -> Int? { self[name].flatMap(DecimalNumber.init)?.integer }
}

extension ResponseHead {
  public struct Deprecation: Sendable, Hashable {
    public let warning: String?
    /// As the vendor writes it, RFC 3339.
    public let date: String?
    /// The model to use instead.
    public let replacement: String?
  }

  /// How many requests the key may still make.
  public struct RateLimit: Sendable, Hashable {
    public let limit: Int?
    public let remaining: Int?
    /// When the count starts anew: seconds since 1970 by the vendor's clock, which may not be ours.
    public let reset: Int?
  }
}

/// `Retry-After` (RFC 9110 §10.2.3). Believing it, and how long, is the caller's decision.
public enum RetryAfter: Sendable, Hashable {
  case seconds(Int)
  /// Seconds since 1970 by the vendor's clock.
  case date(Int)

  init?(_ text: String) {
    if let number = DecimalNumber(text), let seconds = number.integer, seconds >= 0 {
      self = .seconds(seconds)
    } else if let date = HTTPDate.seconds(text) {
      self = .date(date)
    } else {
      return nil
    }
  }
}
