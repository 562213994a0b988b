import ArgumentParser
import Daemon
import Ledger
import Logging
import ServiceLifecycle
import Spool
import UnixSignals

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs the daemon in the foreground.",
    discussion: """
      Takes requests from the inbox, calls the API, and publishes directories of outputs. SIGTERM and SIGINT stop it: \
      calls that are under way are finished first, because they are paid for. Pipelines are read anew when their folder \
      changes, and on SIGHUP; when one cannot be read those in use stay, and the log says why.

      What a pipeline says to follow publication ('after') is carried out in the order of the list, and again until it \
      works or after.give-up is over; what a stop breaks off is made up for after the next start.

      --once drains the inbox, the queue and what follows, then exits: 0 when all were published and delivered, 1 when \
      any failed, is held or was given up, 75 when only waiting jobs or deliveries are left.
      """)

  @OptionGroup var options: ConfigurationOptions
  @Flag(help: "Drain the inbox and the queue, then exit.")
  var once = false

  func run() async throws {
    LargeBuffers.areReturnedWhenFreed()
    let configuration = try options.load()
    let folder = configuration.pipelineFolder
    let shelf = try PipelineShelf(folder: folder) { try Pipelines.catalog(folder: folder) }
    for warning in configuration.warnings { Console.note("warning: \(warning)", .warning) }
    let logger = Logger(label: "darkroom") { StreamLogHandler.standardError(label: $0) }
    let service = DaemonService(
      configuration: configuration.daemon, pipelines: shelf, logger: logger, observer: EventLines.print)
    do {
      if once {
        try Self.exit(for: try await Self.drain(service))
      } else {
        try await ServiceGroup(
          services: [ReloadOnHangup(shelf: shelf), service], gracefulShutdownSignals: [.sigterm, .sigint],
          logger: Logger.quiet
        ).run()
      }
    } catch let error as SpoolError {
      if case .locked = error { throw CommandFailure("\(error)", code: DarkroomCommand.Exit.tryAgainLater) }
      throw CommandFailure("\(error)", code: DarkroomCommand.Exit.someFailed)
    } catch let error as LedgerError {
      throw CommandFailure("\(error)", code: DarkroomCommand.Exit.someFailed)
    }
  }

  /// A drain that SIGTERM and SIGINT stop as they stop the daemon.
  static func drain(_ service: DaemonService) async throws -> DaemonService.Report {
    let draining = Draining(service: service)
    try await ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          ServiceGroupConfiguration.ServiceConfiguration(
            service: draining, successTerminationBehavior: .gracefullyShutdownGroup)
        ], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger.quiet)
    ).run()
    return draining.report
  }

  static func exit(for report: DaemonService.Report) throws {
    Console.note(
      "\(report.published) published, \(report.failed) failed, \(report.held) held, \(report.waiting) waiting",
      report.failed + report.held > 0 ? .failed : report.waiting > 0 ? .warning : .done)
    if report.failed + report.held > 0 { throw DarkroomCommand.Exit.someFailed }
    if report.waiting > 0 { throw DarkroomCommand.Exit.tryAgainLater }
  }
}

/// SIGHUP reads the pipelines anew.
private struct ReloadOnHangup: Service {
  let shelf: PipelineShelf

  func run() async {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { shelf.reload() }
  }
}

/// Options that every command shares which reads the configuration.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The configuration file.",
      discussion: "Default: $DARKROOM_CONFIG, else \(Configuration.defaultPath) if there is one.",
      valueName: "file"))
  var config: String?

  func load(needsKey: Bool = true) throws -> Configuration {
    try Configuration.load(path: config, needsKey: needsKey)
  }

  /// For commands that call nobody.
  func loadWithoutKey() throws -> LocalSettings { try LocalSettings(Configuration.settings(path: config)) }
}
