import Glibc
import ImageAPI
import Ledger
import Requests
import Spool
import Synchronization

extension OperatorDesk {
  /// A desk in the process of a command, for a caller with rights on the spool while no daemon answers. It reads beside
  /// whoever has the spool; before it changes anything it takes the spool's lock, and keeps it until the process ends.
  ///
  /// - Parameters:
  ///   - api: to ask what was charged; `nil` without a key.
  ///   - pipelines: reads them as they are now.
  public static func local(
    inbox: String, output: String, failed: String, spool: String, api: APIConfiguration?,
    pipelines: @escaping @Sendable () throws -> PipelineCatalog
  ) -> OperatorDesk {
    let ledgerPath = "\(spool)/ledger.sqlite"
    let blocking = BlockingWork(name: "operator", threads: 1)
    let words = OpenedOnce {
      try becomeOwner(of: spool)
      let directory = try SpoolDirectory(path: spool)
      return Operator(
        trees: Trees(inbox: Inbox(path: inbox), spool: directory, output: try OutputTree(path: output)),
        ledger: try JobLedger(path: ledgerPath, mustExist: true), failed: try FailedRequests(path: failed),
        pipelines: pipelines)
    }
    return OperatorDesk(
      ledgerPath: ledgerPath, inbox: Inbox(path: inbox), client: api.map { APIClient(configuration: $0) },
      // What happens elsewhere is seen in the ledger only.
      happenings: Happenings(),
      say: { word, job, manner in
        try await blocking.run { () throws(any Error) in try words.value().say(word, about: job, manner) }
      }, observe: { _ in })
  }

  /// What root writes, the daemon could not read: root goes on as the spool's owner.
  private static func becomeOwner(of spool: String) throws(SpoolError) {
    guard geteuid() == 0 else { return }
    var status = stat()
    // C borrows the path for the call. What is not there is told when it is opened.
    guard unsafe stat(spool, &status) == 0, status.st_uid != 0 else { return }
    guard setgroups(0, nil) == 0, setgid(status.st_gid) == 0, setuid(status.st_uid) == 0 else {
      throw .system(call: "setuid", path: spool, errno: errno)
    }
  }
}

/// Made when first asked for; what fails is tried again.
private final class OpenedOnce: Sendable {
  private let make: @Sendable () throws -> Operator
  private let made = Mutex<Operator?>(nil)

  init(_ make: @escaping @Sendable () throws -> Operator) {
    self.make = make
  }

  func value() throws -> Operator {
    try made.withLock { made in
      if let made { return made }
      let value = try make()
      made = value
      return value
    }
  }
}
