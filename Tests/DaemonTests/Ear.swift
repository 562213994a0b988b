import Foundation
import Synchronization
import Testing

@testable import Daemon

/// What a daemon told, and a bell for the one who waits for more.
final class Ear: Sendable {
  private let heard = Mutex<[DaemonEvent]>([])
  private let signal = Signal()

  /// How long whatever is waited for may take, counted in turns: each is longer on a machine that has much else to do,
  /// and patience with it.
  private static let patience = Duration.seconds(25)
  private static let turn = Duration.milliseconds(100)

  var events: [DaemonEvent] { heard.withLock { $0 } }

  func hear(_ event: DaemonEvent) {
    heard.withLock { $0.append(event) }
    signal.ring()
  }

  /// Waits until all that was told is enough; what never is fails the test where it waits.
  func wait(at location: SourceLocation, until isEnough: ([DaemonEvent]) -> Bool) async throws {
    var left = Self.patience
    while !isEnough(events) {
      try #require(left > .zero, "not within \(Self.patience); told: \(events)", sourceLocation: location)
      let start = ContinuousClock.now
      await signal.wait(atMost: Self.turn)
      left -= min(.now - start, Self.turn)
      try Task.checkCancellation()
    }
  }
}
