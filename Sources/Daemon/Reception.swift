import Control
import ImageAPI
import Ledger

/// The control socket of a running daemon. Without it everything else works.
struct Reception: Sendable {
  private let server: ControlServer
  private let desk: OperatorDesk
  private let observe: @Sendable (DaemonEvent) -> Void

  /// `nil` when the configuration wants none.
  init?(
    _ configuration: DaemonConfiguration, _ words: Operator, _ client: APIClient, _ dispatcher: Dispatcher,
    _ happenings: Happenings, observe: @escaping @Sendable (DaemonEvent) -> Void
  ) {
    guard let path = configuration.control else { return nil }
    // Whoever may drop requests may ask about them.
    server = ControlServer(path: path, spool: configuration.spool, group: try? words.trees.inbox.group())
    desk = OperatorDesk(
      ledgerPath: words.ledger.path, inbox: words.trees.inbox, client: client, happenings: happenings,
      say: { word, job, manner in
        let outcome = try await dispatcher.attend { try words.say(word, about: job, manner) }
        if outcome.kind == .done, !manner.isRehearsal { dispatcher.wake() }
        return outcome
      }, observe: observe)
    self.observe = observe
  }

  /// Answers until the task is cancelled.
  func run() async {
    do throws(ControlError) {
      try await server.run(desk)
    } catch {
      observe(.controlUnavailable(reason: "\(error)"))
    }
  }
}

extension Dispatcher {
  /// Does something between two of its own steps, so that no job is taken up meanwhile.
  func attend<Value: Sendable>(_ body: @Sendable () throws -> Value) rethrows -> Value {
    try body()
  }
}
