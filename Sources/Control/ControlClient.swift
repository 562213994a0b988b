import Documents
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Asks a daemon over its control socket; a connection for each question.
public struct ControlClient: Sendable {
  public let path: String
  /// The daemon is meant that works on this spool.
  public let spool: String
  /// How long a daemon may say nothing; one that has nothing to tell sends a beat more often than that.
  private let silence: Duration

  public init(path: String, spool: String, silence: Duration = .seconds(60)) {
    self.path = path
    self.spool = spool
    self.silence = silence
  }

  /// - Parameter item: is handed the parts of the answer, in order.
  /// - Returns: the answer's end.
  /// - Throws: ``ControlError``, or what `item` throws.
  public func ask(
    _ question: ControlQuestion, item: @escaping @Sendable (JSONObject) async throws -> Void = { _ in }
  ) async throws -> JSONObject {
    let channel = try await connect()
    return try await channel.executeThenClose { lines, writer in
      do {
        try await writer.write(ByteBuffer(bytes: question.line(spool: spool)))
      } catch {
        // A daemon that refuses at once closes before it has read; its reason is read below.
      }
      return try await answer(lines, item: item)
    }
  }

  /// Connects by itself: on a Unix socket that takes no time, and NIO's own way loses its footing when it fails.
  private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
    let descriptor = try await descriptor()
    return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .withConnectedSocket(descriptor) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(LineDecoder()))
          return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
        }
      }
  }

  private func descriptor() async throws -> CInt {
    let end = ContinuousClock.now + Self.crowdPatience
    while true {
      // Nil: many connect at this very moment (unix(7)).
      if let descriptor = try ControlSocket.connected(to: path) { return descriptor }
      guard .now < end else {
        throw ControlError.unusable(path: path, reason: "too many ask this daemon at once; ask again in a moment")
      }
      // The kernel tells nobody when its queue has room again.
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  private static let crowdPatience = Duration.seconds(5)

  private func answer(
    _ lines: NIOAsyncChannelInboundStream<ByteBuffer>,
    item: @escaping @Sendable (JSONObject) async throws -> Void
  ) async throws -> JSONObject {
    let heard = LastHeard()
    return try await withThrowingTaskGroup(of: JSONObject.self) { group in
      group.addTask {
        try await read(lines) { line in
          if case .item(let object) = line { try await item(object) }
          heard.now()
        }
      }
      group.addTask {
        while true {
          let end = heard.time + silence
          if end <= .now { throw ControlError.silent(path: path, after: silence) }
          // A line that comes meanwhile moves the end, which is seen when this one has come.
          try await Task.sleep(until: end, clock: .continuous)
        }
      }
      defer { group.cancelAll() }
      guard let end = try await group.next() else { throw ControlError.cutOff(path: path) }
      return end
    }
  }

  private func read(
    _ lines: NIOAsyncChannelInboundStream<ByteBuffer>, heard: (ControlLine) async throws -> Void
  ) async throws -> JSONObject {
    var iterator = lines.makeAsyncIterator()
    while let bytes = try await next(&iterator) {
      guard let line = ControlLine(Array(bytes.readableBytesView)) else { throw ControlError.nonsense(path: path) }
      switch line {
      case .item, .beat: try await heard(line)
      case .end(let end): return end
      case .refusal(let refusal): throw error(refusal)
      }
    }
    throw ControlError.cutOff(path: path)
  }

  private func next(
    _ lines: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  ) async throws(ControlError) -> ByteBuffer? {
    do {
      return try await lines.next()
    } catch is LineDecoder.TooLong {
      throw .nonsense(path: path)
    } catch {
      throw .cutOff(path: path)
    }
  }

  private func error(_ refusal: ControlRefusal) -> ControlError {
    switch refusal.kind {
    case .version: .versions(path: path, daemon: refusal.speaks, own: ControlQuestion.version)
    case .spool: .otherDaemon(path: path, words: refusal.message)
    case .malformed, .tooLarge, .tooSlow, .tooMany, .unknownWord, .invalid, .refused, .failed:
      .refused(refusal)
    }
  }
}

/// Cuts what comes into lines, without their ends; what has no end is no line.
private struct LineDecoder: ByteToMessageDecoder {
  typealias InboundOut = ByteBuffer

  struct TooLong: Error {}

  /// How much of what is there was looked through already.
  private var seen = 0

  mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
    let bytes = buffer.readableBytesView
    guard let end = bytes[(bytes.startIndex + seen)...].firstIndex(of: 0x0A) else {
      seen = bytes.count
      guard seen <= ControlLine.limits.bytes else { throw TooLong() }
      return .needMoreData
    }
    seen = 0
    guard let line = buffer.readSlice(length: end - bytes.startIndex) else { return .needMoreData }
    buffer.moveReaderIndex(forwardBy: 1)
    context.fireChannelRead(wrapInboundOut(line))
    return .continue
  }

  mutating func decodeLast(
    context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
  ) throws -> DecodingState {
    try decode(context: context, buffer: &buffer)
  }
}

/// When the daemon said something last.
private final class LastHeard: Sendable {
  private let last = Mutex(ContinuousClock.now)

  var time: ContinuousClock.Instant { last.withLock { $0 } }

  func now() { last.withLock { $0 = .now } }
}
