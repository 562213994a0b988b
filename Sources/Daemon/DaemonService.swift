import Ledger
import Logging
import ServiceLifecycle
import Spool
import Synchronization

/// Daemon: the hallway where all rooms meet. Requests come in from the inbox, calls go out, directories are published.
///
/// It fails at start when a folder cannot be used, when another daemon has the spool, or when the ledger is damaged or
/// newer; later only when the ledger or the spool can no longer be trusted. Whatever is wrong with one request or one
/// job ends in the failed folder or as a held job, and stops nobody else.
public struct DaemonService: Service {
  private let configuration: DaemonConfiguration
  private let pipelines: PipelineShelf
  private let logger: Logger
  private let observer: @Sendable (DaemonEvent) -> Void

  /// - Parameter observer: is told everything that happens, on any thread; it must not block.
  public init(
    configuration: DaemonConfiguration, pipelines: PipelineShelf, logger: Logger,
    observer: @escaping @Sendable (DaemonEvent) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.pipelines = pipelines
    self.logger = logger
    self.observer = observer
  }

  /// What a drain came to.
  public struct Report: Sendable, Hashable {
    public var published = 0
    /// Requests refused and jobs failed, whatever in the inbox could not be taken, and deliveries given up.
    public var failed = 0
    /// Held jobs, those of earlier runs included.
    public var held = 0
    /// Jobs that wait for a time or for the account, and deliveries that are still to be made.
    public var waiting = 0

    public init(published: Int = 0, failed: Int = 0, held: Int = 0, waiting: Int = 0) {
      self.published = published
      self.failed = failed
      self.held = held
      self.waiting = waiting
    }
  }

  /// Works until it is told to stop. Calls that are under way then are finished first: they are paid for.
  public func run() async throws {
    let house = try House(configuration, pipelines, isOnce: false, observer: observer)
    logger.info("ready", metadata: ["inbox": "\(configuration.inbox)", "output": "\(configuration.output)"])
    for shortcoming in house.shortcomings { logger.warning("\(shortcoming.text)") }
    try await withGracefulShutdownHandler {
      try await house.work { try await house.keepTakingIn(configuration) }
    } onGracefulShutdown: {
      house.stop()
    }
    logger.info("stopped")
  }

  /// Takes in what lies in the inbox, works until nothing is left that can be done within a short time, and ends.
  public func drain() async throws -> Report {
    let report = Mutex(Report())
    let house = try House(configuration, pipelines, isOnce: true) { [observer] event in
      report.withLock { $0.count(event) }
      observer(event)
    }
    try await withGracefulShutdownHandler {
      try await house.work {
        try await house.takeInOnce()
        await house.dispatcher.endWhenIdle()
      }
    } onGracefulShutdown: {
      house.stop()
    }
    let counts = try house.ledger.counts()
    let deliveries = try house.ledger.pendingDeliveries()
    return report.withLock { report in
      report.held = counts.filter { $0.state == .held }.map(\.count).reduce(0, +)
      report.waiting = counts.filter { $0.state == .queued || $0.state == .responded }.map(\.count).reduce(0, +)
      report.waiting += deliveries
      return report
    }
  }
}

extension DaemonService.Report {
  fileprivate mutating func count(_ event: DaemonEvent) {
    switch event {
    case .published: published += 1
    case .failed, .refused, .obstacle, .deliveryGivenUp: failed += 1
    case .accepted, .awaitsImage, .calling, .responded, .waiting, .held, .letGo, .outOfRoom, .roomAgain,
      .accountClosed, .accountOpened, .catalogueFetched, .catalogueNotKept, .catalogueUnavailable, .delivering,
      .delivered, .deliveryDeferred, .inboxWatched, .inboxPolled, .inboxGone, .watchOverflowed, .said,
      .controlUnavailable, .pipelinesRead, .pipelinesKept, .reused:
      break
    }
  }
}
