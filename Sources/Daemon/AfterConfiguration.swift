/// What follows publications: how long one attempt may take, and how long it is tried.
public struct AfterConfiguration: Sendable {
  /// Of one attempt: a command, or a webhook's message and answer.
  public var timeout: Duration
  /// How long is waited between the attempts at one delivery, in all, before it is given up.
  public var giveUp: Duration
  /// Deliveries under way at once; at least 1.
  public var concurrency: Int
  /// Messages are signed with each of them, so that a receiver may change from one to the next; none: unsigned.
  public var secrets: [WebhookSecret]
  /// `$HOME` of commands.
  public var home: String
  /// Before the second attempt, doubled before each further one, up to the longest.
  public var firstDelay: Duration
  public var longestDelay: Duration

  public init(
    timeout: Duration = .seconds(60), giveUp: Duration = .seconds(72 * 3600), concurrency: Int = 4,
    secrets: [WebhookSecret] = [], home: String = "/", firstDelay: Duration = .seconds(5),
    longestDelay: Duration = .seconds(3600)
  ) {
    self.timeout = timeout
    self.giveUp = giveUp
    self.concurrency = concurrency
    self.secrets = secrets
    self.home = home
    self.firstDelay = firstDelay
    self.longestDelay = longestDelay
  }

  /// The longest that a receiver's wish to wait is believed.
  static let longestPause = Duration.seconds(86_400)
}
