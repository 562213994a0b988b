import Daemon
import Logging
import ServiceLifecycle
import Synchronization

/// One drain as a service, so that a service group brings it the signals.
final class Draining: Service {
  private let service: DaemonService
  private let result = Mutex(DaemonService.Report())

  init(service: DaemonService) {
    self.service = service
  }

  var report: DaemonService.Report { result.withLock { $0 } }

  func run() async throws {
    let report = try await service.drain()
    result.withLock { $0 = report }
  }
}

extension Logger {
  /// For libraries whose every step nobody asked for.
  static var quiet: Logger { Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() } }
}
