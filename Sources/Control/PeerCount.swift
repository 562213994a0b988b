import Synchronization

/// How many peers ask at once, so that one user cannot keep the others out.
final class PeerCount: Sendable {
  private let limits: ControlServer.Limits
  private let users = Mutex<[UInt32: Int]>([:])

  init(_ limits: ControlServer.Limits) {
    self.limits = limits
  }

  /// - Returns: whether there is room; then ``leave(_:)`` follows.
  func enter(_ user: UInt32) -> Bool {
    users.withLock { users in
      guard users[user, default: 0] < limits.peersOfAUser, users.values.reduce(0, +) < limits.peers else {
        return false
      }
      users[user, default: 0] += 1
      return true
    }
  }

  func leave(_ user: UInt32) {
    users.withLock { users in
      let left = users[user, default: 1] - 1
      users[user] = left > 0 ? left : nil
    }
  }
}
