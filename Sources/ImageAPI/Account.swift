/// `GET /billing/balance`. Amounts are decimal text.
public struct Balance: Sendable, Hashable {
  /// The account can pay for a call.
  public let canConsume: Bool
  /// `USD`, `DIEM`, `VCU`, `BUNDLED_CREDITS`; `nil` when the vendor says null.
  public let consumptionCurrency: String?
  public let usd: String?
  public let diem: String?
}

/// `GET /api_keys/rate_limits`: that it answers at all proves that the key works.
public struct KeyLimits: Sendable, Hashable {
  public struct Model: Sendable, Hashable {
    public let id: String?
    public let limits: [Limit]
  }

  public struct Limit: Sendable, Hashable {
    /// `RPM`, `RPD`, `TPM`.
    public let type: String
    public let amount: String
  }

  public let accessPermitted: Bool
  public let tier: String?
  public let isCharged: Bool
  /// Decimal text.
  public let usd: String?
  /// RFC 3339; `nil` for a key that does not expire.
  public let keyExpiration: String?
  public let models: [Model]
}

/// Why a free query gave no answer. Nothing is ever charged for one.
public enum QueryError: Error, Hashable, Sendable {
  case refused(Refusal, path: String)
  /// The last attempt's reason.
  case unreachable(why: String, path: String)
  case unreadable(why: String, path: String)
}

extension QueryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let refusal, let path): "\(path): \(refusal)"
    case .unreachable(let why, let path): "\(path) did not answer: \(why)"
    case .unreadable(let why, let path): "the answer of \(path) cannot be used: \(why)"
    }
  }
}
