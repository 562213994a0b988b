import Glibc
import NIOCore

/// A peer's connection on the daemon's side: one line comes in, many may go out.
struct Connection: Sendable {
  enum FirstLine: Hashable, Sendable {
    case line([UInt8])
    case tooLarge
    /// The peer went away before its line had an end.
    case ended
  }

  private let channel: any Channel
  private let handler: NIOLoopBound<FirstLineHandler>
  private let line: EventLoopFuture<FirstLine>

  /// For a new channel, on its event loop.
  static func add(to channel: any Channel) throws -> Connection {
    let handler = FirstLineHandler(line: channel.eventLoop.makePromise())
    try channel.pipeline.syncOperations.addHandler(handler)
    return Connection(
      channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop), line: handler.line.futureResult)
  }

  /// Who it is; `nil` when the kernel no longer says.
  func peer() async -> ControlPeer? {
    guard let options = channel as? any SocketOptionProvider else { return nil }
    // The type is the kernel's `struct ucred`, three ints.
    let future: EventLoopFuture<KernelCredentials> = options.unsafeGetSocketOption(
      level: NIOBSDSocket.OptionLevel(rawValue: SOL_SOCKET), name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    guard let found = try? await future.get() else { return nil }
    return ControlPeer(user: found.user, group: found.group, process: found.process)
  }

  /// Returns `.ended` when the connection is closed, so whoever stops waiting closes it.
  func firstLine() async -> FirstLine {
    await withTaskCancellationHandler {
      (try? await line.get()) ?? .ended
    } onCancel: {
      channel.eventLoop.execute { handler.value.giveUp() }
    }
  }

  /// Returns when the peer has gone, or the task is cancelled.
  func untilEnd() async {
    let left = channel.eventLoop.makePromise(of: Void.self)
    channel.closeFuture.cascade(to: left)
    await withTaskCancellationHandler {
      _ = try? await left.futureResult.get()
    } onCancel: {
      left.succeed()
    }
  }

  /// - Returns: whether the kernel has taken all of it.
  func write(_ bytes: [UInt8]) async -> Bool {
    (try? await channel.writeAndFlush(channel.allocator.buffer(bytes: bytes)).get()) != nil
  }

  func close() {
    channel.close(promise: nil)
  }
}

/// Gathers the first line. A peer that goes on talking behind it is cut off: nobody listens.
private final class FirstLineHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  let line: EventLoopPromise<Connection.FirstLine>
  private var gathered: [UInt8] = []
  private var isDone = false
  private var surplus = 0

  /// For blank space after a line that was typed by hand.
  private static let toleratedSurplus = 64

  init(line: EventLoopPromise<Connection.FirstLine>) {
    self.line = line
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data).readableBytesView
    guard !isDone else {
      surplus += bytes.count
      if surplus > Self.toleratedSurplus { context.close(promise: nil) }
      return
    }
    let end = bytes.firstIndex(of: 0x0A)
    gathered += bytes[..<(end ?? bytes.endIndex)]
    if gathered.count > ControlQuestion.limits.bytes {
      finish(.tooLarge)
    } else if end != nil {
      finish(.line(gathered))
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish(.ended)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func giveUp() { finish(.ended) }

  private func finish(_ found: Connection.FirstLine) {
    guard !isDone else { return }
    isDone = true
    gathered = []
    line.succeed(found)
  }
}
