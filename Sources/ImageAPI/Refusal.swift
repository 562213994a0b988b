/// The vendor's no: nothing was charged.
public struct Refusal: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// 400: a field, or the content policy.
    case badRequest
    /// 401: the key, or a model that the key's plan does not include. `GET /api_keys/rate_limits` tells which.
    case unauthorized
    case paymentRequired(PaymentProblem)
    case forbidden
    case notFound
    /// 413
    case tooLarge
    /// 415
    case unsupportedMediaType
    /// 422
    case unprocessable
    /// 429. With rate headers the whole key waits; without them ("model overloaded") the model does.
    case rateLimited
    /// 500 with the vendor's error.
    case inferenceFailed
    /// 503: the model is at capacity.
    case overloaded
    /// Any other 4xx with the vendor's error.
    case otherClientError
  }

  /// What 402 means.
  public enum PaymentProblem: Sendable, Hashable {
    /// The account behind the key has too little balance.
    case insufficientBalance
    /// The vendor saw no key at all and offers x402 instead.
    case authenticationMissing
    /// An x402 wallet has too little credit. USD in decimal text, where the vendor says.
    case walletCreditInsufficient(currentUSD: String?, minimumUSD: String?)
  }

  public let kind: Kind
  /// The vendor's words.
  public let error: VendorError
  /// Rate headers and `Retry-After` are here, see ``ResponseHead/rateLimit`` and ``ResponseHead/retryAfter``.
  public let head: ResponseHead

  public init(kind: Kind, error: VendorError, head: ResponseHead) {
    self.kind = kind
    self.error = error
    self.head = head
  }
}

/// An error body of the vendor, in any of its shapes.
public struct VendorError: Sendable, Hashable {
  public struct Issue: Sendable, Hashable {
    /// The field in the body of the request, `["style_references", "0", "image"]`; empty for the body as a whole.
    public let path: [String]
    public let message: String

    public init(path: [String], message: String) {
      self.path = path
      self.message = message
    }
  }

  /// Empty when the vendor gave none.
  public let message: String
  /// `INSUFFICIENT_BALANCE`, `invalid_request_error`, ….
  public let code: String?
  public let issues: [Issue]

  public init(message: String, code: String? = nil, issues: [Issue] = []) {
    self.message = message
    self.code = code
    self.issues = issues
  }
}

extension Refusal: CustomStringConvertible {
  public var description: String {
    let words = error.message.isEmpty ? "without a word" : "\"\(error.message)\""
    let issues = error.issues.map { issue in
      issue.path.isEmpty ? issue.message : "\(issue.path.joined(separator: ".")): \(issue.message)"
    }
    return (["the API refused with \(head.status), \(words)"] + issues).joined(separator: "; ") + ". \(kind.advice)"
  }
}

extension Refusal.Kind {
  /// What to do next.
  public var advice: String {
    switch self {
    case .badRequest, .unprocessable: "Nothing was charged; change the request"
    case .unauthorized: "Nothing was charged; check the key, or whether its plan includes the model"
    case .paymentRequired(.insufficientBalance): "Nothing was charged; top up the balance"
    case .paymentRequired(.authenticationMissing): "Nothing was charged; the API saw no key, check api.key-file"
    case .paymentRequired(.walletCreditInsufficient): "Nothing was charged; top up the wallet"
    case .forbidden: "Nothing was charged; the key may not do this"
    case .notFound: "Nothing was charged; check the model and api.base-url"
    case .tooLarge: "Nothing was charged; make the images smaller"
    case .unsupportedMediaType: "Nothing was charged; the endpoint does not take this kind of body"
    case .rateLimited, .overloaded: "Nothing was charged; wait and try again"
    case .inferenceFailed: "Nothing was charged; it can be tried again"
    case .otherClientError: "Nothing was charged"
    }
  }
}
