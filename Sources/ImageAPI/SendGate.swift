import NIOCore
import NIOHTTP1
import Synchronization

/// Knows whether a byte of the request may have left this machine, and can see to it that none does any more.
///
/// It sits in the connection's pipeline between the HTTP encoder and TLS (or the socket). A connection that fails in
/// name resolution, in connecting or in the TLS handshake never gets there, and what happens after a request was
/// encoded always passes; so "nothing was sent" is observed, not concluded from the type of an error. Closing the gate
/// and passing it exclude each other: an attempt that was given up while it was still connecting, and then connects
/// after all, is stopped here.
final class SendGate: Sendable {
  private enum State: UInt8, AtomicRepresentable {
    case untouched
    case passed
    case closed
  }

  private let state = Atomic<State>(.untouched)

  /// Lets nothing through from now on, unless something went through before.
  ///
  /// - Returns: whether a byte may have been sent. Final.
  func close() -> Bool {
    state.compareExchange(expected: .untouched, desired: .closed, ordering: .acquiringAndReleasing).original == .passed
  }

  /// Fails, and with it the connection, when the pipeline is not built as expected: then nothing is sent either.
  @Sendable func join(_ channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.submit {
      let pipeline = channel.pipeline.syncOperations
      let encoder = try pipeline.context(handlerType: HTTPRequestEncoder.self).handler
      try pipeline.addHandler(Handler(gate: self), position: .before(encoder))
    }
  }

  private func pass() -> Bool {
    state.compareExchange(expected: .untouched, desired: .passed, ordering: .acquiringAndReleasing).original != .closed
  }

  private final class Handler: ChannelOutboundHandler {
    typealias OutboundIn = IOData

    private let gate: SendGate

    init(gate: SendGate) {
      self.gate = gate
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      if gate.pass() {
        context.write(data, promise: promise)
      } else {
        promise?.fail(ChannelError.ioOnClosedChannel)
        context.close(promise: nil)
      }
    }
  }
}
