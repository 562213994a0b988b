import Control
import Daemon
import Documents
import Foundation
import Ledger
import Spool

/// Who answers about jobs: the daemon over its control socket, or, where none answers, this process, if its user has
/// rights on the spool. The same words get the same answers from both.
struct JobsDesk: Sendable {
  private let settings: LocalSettings
  private let client: ControlClient?
  private let local: OperatorDesk

  init(_ options: ConfigurationOptions) throws {
    let settings = try options.loadWithoutKey()
    self.settings = settings
    client = settings.control.map { ControlClient(path: $0, spool: settings.spool) }
    local = OperatorDesk.local(
      inbox: settings.inbox, output: settings.output, failed: settings.failed, spool: settings.spool,
      // Without a key nobody is asked what was charged.
      api: try? options.load().daemon.api,
      pipelines: { [folder = settings.pipelineFolder] in try Pipelines.catalog(folder: folder) })
  }

  /// - Parameters:
  ///   - word: see ``OperatorDesk``.
  ///   - item: is handed the parts of the answer.
  ///   - fallback: is told why no daemon answers before this process does; what it throws is thrown instead.
  /// - Throws: ``CommandFailure``; and ``ControlError`` when the connection to a daemon was lost.
  func ask(
    _ word: String, about: JSONObject = JSONObject(), mayBeWithoutLedger: Bool = false,
    item: @escaping @Sendable (JSONObject) -> Void = { _ in }, fallback: (ControlError) throws -> Void = { _ in }
  ) async throws -> JSONObject {
    let question = ControlQuestion(word, about: about)
    var unreachable: ControlError?
    if let client {
      do {
        return try await client.ask(question, item: item)
      } catch let error as ControlError {
        switch error {
        case .noDaemon, .denied, .otherDaemon, .unusable: unreachable = error
        case .cutOff, .silent: throw error
        case .refused(let refusal): throw CommandFailure(refusal)
        case .versions, .nonsense: throw CommandFailure("\(error)", code: DarkroomCommand.Exit.someFailed)
        }
      }
    }
    if let unreachable { try fallback(unreachable) }
    try checkRights(unreachable, mayBeWithoutLedger: mayBeWithoutLedger)
    do {
      return try await local.answer(question, from: .own) { $0.forEach(item) }
    } catch SpoolError.locked(_, let holder) {
      let process = holder.map { " (process \($0))" } ?? ""
      let why = unreachable.map { "\($0)" } ?? "its configuration says control: none"
      throw CommandFailure(
        "a daemon\(process) works on \(settings.spool), and cannot be told: \(why). Let it listen (control:), or stop it",
        code: DarkroomCommand.Exit.tryAgainLater)
    } catch let refusal as ControlRefusal {
      throw CommandFailure(refusal)
    } catch {
      throw CommandFailure("\(error)", code: DarkroomCommand.Exit.someFailed)
    }
  }

  /// This user can read the ledger.
  private func checkRights(_ unreachable: ControlError?, mayBeWithoutLedger: Bool) throws(CommandFailure) {
    let path = "\(settings.spool)/ledger.sqlite"
    // C borrows the path for the call.
    if unsafe access(path, R_OK | W_OK) == 0 { return }
    let isMissing = errno == ENOENT
    if isMissing, mayBeWithoutLedger { return }
    let daemon = unreachable.map { "\($0); and " } ?? ""
    throw CommandFailure(
      isMissing
        ? "\(daemon)there is no ledger at \(path): the daemon makes it when it first starts"
        : "\(daemon)you have no rights on the ledger at \(path)",
      code: mayBeWithoutLedger ? DarkroomCommand.Exit.tryAgainLater : DarkroomCommand.Exit.someFailed)
  }
}

extension CommandFailure {
  /// In the words of who refused; what makes no sense is the caller's to mend.
  fileprivate init(_ refusal: ControlRefusal) {
    switch refusal.kind {
    case .invalid: self.init(refusal.message)
    case .malformed, .tooLarge, .tooSlow, .tooMany, .version, .spool, .unknownWord, .refused, .failed:
      self.init(refusal.message, code: DarkroomCommand.Exit.someFailed)
    }
  }
}
