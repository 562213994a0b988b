import Catalogue
import Foundation
import Ledger
import Requests
import Spool
import Testing
import Workers

@testable import Daemon

/// The way in without what comes behind it: requests become jobs in the ledger, and nobody calls anyone.
final class Doorway: Sendable {
  let workshop: Workshop
  let ledger: JobLedger
  let intake: Intake
  let configuration: DaemonConfiguration
  private let ear: Ear

  init(_ workshop: Workshop, _ settings: Workshop.Settings = Workshop.Settings()) throws {
    let ear = Ear()
    self.workshop = workshop
    self.ear = ear
    var configuration = try workshop.configuration(settings, port: 9)
    configuration.rescan = settings.rescan
    configuration.poll = .milliseconds(20)
    self.configuration = configuration
    let trees = Trees(
      inbox: Inbox(path: configuration.inbox), spool: try SpoolDirectory(path: configuration.spool),
      output: try OutputTree(path: configuration.output))
    ledger = try JobLedger(path: configuration.spool + "/ledger.sqlite")
    intake = Intake(
      trees: trees, failed: try FailedRequests(path: configuration.failed), ledger: ledger,
      pipelines: PipelineShelf(try workshop.catalog(settings)),
      pool: try WorkerPool(configuration.worker, limits: configuration.limits, kept: 1), catalogue: { .bundled },
      configuration: configuration, isOnce: false,
      observe: ear.hear)
  }

  var events: [DaemonEvent] { ear.events }

  /// What was said of requests and files, in words that tests compare; jobs' ids are left out.
  var said: [String] { Self.words(events) }

  private static func words(_ events: [DaemonEvent]) -> [String] {
    events.compactMap { event in
      switch event {
      case .accepted(_, let request, _): "accepted \(request)"
      case .refused(let request, let report): "refused \(request): \(report.error)"
      case .obstacle(let path, let reason): "obstacle \(path): \(reason)"
      case .awaitsImage(let request, let image): "waits \(request): \(image)"
      case .inboxWatched: "watched"
      case .inboxPolled(_, _, let reason): "polled: \(reason)"
      case .inboxGone: "gone"
      case .watchOverflowed(let times): "overflow \(times)"
      default: nil
      }
    }
  }

  /// The sources of all jobs, in the order of their ids.
  func jobs() throws -> [String] { try ledger.jobs().sorted { $0.id < $1.id }.map(\.source) }

  /// Looks until a round is over and nothing is left to do at this time.
  ///
  /// - Parameters:
  ///   - finished: what the watch is to have told of, files that were closed or renamed in.
  ///   - isRound: the whole inbox is looked at.
  @discardableResult
  func look(
    _ finished: [String] = [], isRound: Bool = true, isAfresh: Bool = false, isLocal: Bool = true,
    now: ContinuousClock.Instant = .now
  ) async throws -> Intake.Look {
    let told = News()
    told.add(finished.map(FolderWatch.Event.finished))
    if isRound { try await intake.beginRound(isAfresh: isAfresh, isLocal: isLocal) }
    var look = try await intake.look(told.take(), now: now)
    while look.isLooking { look = try await intake.look(News.Told(), now: now) }
    return look
  }

  /// Keeps the door open while `body` runs.
  func whileOpen(eventLimit: Int? = nil, _ body: @escaping @Sendable () async throws -> Void) async throws {
    var door = InboxDoor(
      inbox: Inbox(path: configuration.inbox), ledgerPath: ledger.path, intake: intake, rescan: configuration.rescan,
      poll: configuration.poll, voice: InboxVoice(observe: ear.hear))
    if let eventLimit { door.eventLimit = eventLimit }
    try await withThrowingTaskGroup(of: Void.self) { [door] group in
      group.addTask { try await door.keepOpen() }
      defer { group.cancelAll() }
      try await body()
    }
  }

  /// Waits until this was said, so many times.
  func hears(
    _ words: String, times: Int = 1, at location: SourceLocation = #_sourceLocation
  ) async throws {
    try await ear.wait(at: location) { Self.words($0).count { $0.hasPrefix(words) } >= times }
  }
}
