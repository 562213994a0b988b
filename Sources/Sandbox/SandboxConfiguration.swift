/// How the local API behaves. Everything has a default: an empty configuration serves on any free port.
public struct SandboxConfiguration: Sendable {
  /// The port on 127.0.0.1; 0 takes any free one.
  public var port: Int
  /// Gets the port as text once connections are accepted; `nil` writes none.
  public var portFile: String?
  /// Gets one JSON line for each charge; `nil` writes none.
  public var chargesFile: String?
  /// How long each picture takes, beside the time to draw it.
  public var latency: Duration
  /// Millionths of a US dollar that all keys share at the start. When they are spent, paid calls get a 402;
  /// `POST /sandbox/balance` adds to them.
  public var balanceMicrodollars: Int
  /// Paid calls a minute for each key, the rest get a 429; `nil` is no limit.
  public var requestsPerMinute: Int?
  /// Whether a key is blocked for 30 seconds after more than 20 failed calls in 30 seconds, as the vendor does.
  public var blocksAfterFailures: Bool
  /// Whether every caller counts as the user of an x402 wallet: a 402 has the shape for these, with its
  /// `PAYMENT-REQUIRED` header, and a paid call without a key gets a 402 that says how to pay, not a 401.
  public var demandsX402: Bool
  /// Ids of models that the catalogue and the headers call deprecated, with what comes after each, if anything. They go
  /// 30 days after the start. An id that the catalogue does not have stops the start.
  public var deprecated: [String: String?]

  public init(
    port: Int = 0, portFile: String? = nil, chargesFile: String? = nil, latency: Duration = .zero,
    balanceMicrodollars: Int = 10_000_000_000, requestsPerMinute: Int? = nil, blocksAfterFailures: Bool = false,
    demandsX402: Bool = false, deprecated: [String: String?] = [:]
  ) {
    self.port = port
    self.portFile = portFile
    self.chargesFile = chargesFile
    self.latency = latency
    self.balanceMicrodollars = balanceMicrodollars
    self.requestsPerMinute = requestsPerMinute
    self.blocksAfterFailures = blocksAfterFailures
    self.demandsX402 = demandsX402
    self.deprecated = deprecated
  }
}
