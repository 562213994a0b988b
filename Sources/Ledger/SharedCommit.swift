import GRDB
import Synchronization

/// Changes of a database that share a commit, and so its sync: whoever comes while one is under way joins the next.
final class SharedCommit: Sendable {
  /// Used by one thread at a time: its owner's, which waits, or the one whose turn it is.
  private final class Change: @unchecked Sendable {
    let body: (Database) throws -> Void
    var outcome: Result<Void, any Error>?

    init(_ body: @escaping (Database) throws -> Void) { self.body = body }
  }

  private let waiting = Mutex<[Change]>([])
  private let turn = Mutex(())

  /// Carries out a change, durably when this returns. It blocks, and may run on another caller's thread, more than once:
  /// `body` does nothing but what the database undoes.
  ///
  /// - Throws: what `body` does, or the commit; then nothing was changed.
  func write(to queue: DatabaseQueue, _ body: (Database) throws -> Void) throws {
    try withoutActuallyEscaping(body) { body in
      let change = Change(body)
      waiting.withLock { $0.append(change) }
      turn.withLock { _ in
        // Whoever had the turn before may have taken it along.
        guard change.outcome == nil else { return }
        let changes = waiting.withLock { waiting in
          defer { waiting = [] }
          return waiting
        }
        Self.commit(changes, to: queue)
      }
      try change.outcome?.get()
    }
  }

  private static func commit(_ changes: [Change], to queue: DatabaseQueue) {
    if changes.count > 1 {
      let isCommitted: Void? = try? queue.write { database in
        for change in changes { try change.body(database) }
      }
      if isCommitted != nil {
        for change in changes { change.outcome = .success(()) }
        return
      }
    }
    // One that is refused touches no other.
    for change in changes { change.outcome = Result { try queue.write(change.body) } }
  }
}
