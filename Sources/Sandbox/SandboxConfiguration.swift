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
  /// Whole US dollars that all keys share at the start. When they are spent, paid calls get a 402.
  public var balanceUSD: Int
  /// Paid calls a minute for each key, the rest get a 429; `nil` is no limit.
  public var requestsPerMinute: Int?
  /// Whether a key is blocked for 30 seconds after more than 20 failed calls in 30 seconds, as the vendor does.
  public var blocksAfterFailures: Bool

  public init(
    port: Int = 0, portFile: String? = nil, chargesFile: String? = nil, latency: Duration = .zero,
    balanceUSD: Int = 10_000, requestsPerMinute: Int? = nil, blocksAfterFailures: Bool = false
  ) {
    self.port = port
    self.portFile = portFile
    self.chargesFile = chargesFile
    self.latency = latency
    self.balanceUSD = balanceUSD
    self.requestsPerMinute = requestsPerMinute
    self.blocksAfterFailures = blocksAfterFailures
  }
}
