import Documents
import NIOCore
import NIOPosix

/// Control: a Unix socket over which people of the daemon's group ask what stands where and say what shall happen,
/// without rights on the spool. It carries words and JSON, and knows neither jobs nor calls: a ``ControlDesk`` answers.
///
/// The group is trusted with words, not with memory or threads: a question has a size, a time and one line, peers are
/// counted by user and in all, nobody waits for a peer that does not read, and no thread waits at all. What a peer does
/// ends that peer's connection and nothing else. All that fails at start is a ``ControlError``, and the daemon can do
/// without.
public struct ControlServer: Sendable {
  public let path: String
  /// The daemon's spool: questions for another one are sent away.
  public let spool: String
  private let group: UInt32?
  private let limits: Limits

  public struct Limits: Hashable, Sendable {
    /// Peers at once, and of these of one user.
    public var peers = 128
    public var peersOfAUser = 48
    /// Until a question is there, from the connect on.
    public var question = Duration.seconds(10)
    /// Until a peer has taken what it was sent at once.
    public var writing = Duration.seconds(30)
    /// How often a peer that waits is told that the daemon lives.
    public var beat = Duration.seconds(10)

    public init() {}
  }

  /// - Parameter group: whose members may ask; `nil`, and one that this process may not give, is the process's own.
  public init(path: String, spool: String, group: UInt32?, limits: Limits = Limits()) {
    self.path = path
    self.spool = spool
    self.group = group
    self.limits = limits
  }

  /// Answers until the task is cancelled; then the socket's file is removed, and who asks is cut off.
  ///
  /// - Parameter onReady: called once, when the socket is there.
  /// - Throws: ``ControlError`` when it cannot be made, or is lost.
  public func run(_ desk: some ControlDesk, onReady: @Sendable () -> Void = {}) async throws(ControlError) {
    let socket = try ControlSocket(at: path, group: group)
    let peers = PeerCount(limits)
    do {
      // NIO owns the descriptor from here on.
      let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(socket.descriptor) { channel in
          channel.eventLoop.makeCompletedFuture { try Connection.add(to: channel) }
        }
      onReady()
      try await listener.executeThenClose { connections in
        try await withThrowingDiscardingTaskGroup { group in
          for try await connection in connections {
            group.addTask { await serve(connection, desk, peers) }
          }
          group.cancelAll()
        }
      }
    } catch is CancellationError {
      // It was told to stop.
    } catch {
      socket.remove()
      throw .unusable(path: path, reason: "the control socket is lost: \(error)")
    }
    socket.remove()
  }

  // MARK: One peer

  private func serve(_ connection: Connection, _ desk: some ControlDesk, _ peers: PeerCount) async {
    defer { connection.close() }
    guard let peer = await connection.peer() else { return }
    guard peers.enter(peer.user) else {
      await say(
        [.refusal(ControlRefusal(.tooMany, "too many ask this daemon at once; ask again in a moment"))], connection)
      return
    }
    defer { peers.leave(peer.user) }
    do throws(ControlRefusal) {
      let line = try await question(from: connection)
      try await answer(try ControlQuestion(line: line, spool: spool), from: peer, connection, desk)
    } catch {
      await say([.refusal(error)], connection)
    }
  }

  private func question(from connection: Connection) async throws(ControlRefusal) -> [UInt8] {
    let found = await first(of: { await connection.firstLine() }, within: limits.question)
    switch found {
    case .line(let line)?: return line
    case .tooLarge?:
      throw ControlRefusal(.tooLarge, "a question has at most \(ControlQuestion.limits.bytes) bytes")
    case .ended?: throw ControlRefusal(.malformed, "the question has no end")
    case nil: throw ControlRefusal(.tooSlow, "no question came within \(limits.question.components.seconds) s")
    }
  }

  /// Answers while the peer listens; one that leaves, or does not read, ends the work on its answer.
  private func answer(
    _ question: ControlQuestion, from peer: ControlPeer, _ connection: Connection, _ desk: some ControlDesk
  ) async throws(ControlRefusal) {
    let end = await withTaskGroup(of: End.self) { group in
      group.addTask {
        await Self.end(of: {
          try await desk.answer(question, from: peer) { items in
            guard await say(items.map(ControlLine.item), connection) else { throw CancellationError() }
          }
        })
      }
      group.addTask {
        await connection.untilEnd()
        return .left
      }
      group.addTask {
        // A peer that hears nothing for long takes the daemon for dead; one that has died is noticed by writing.
        while (try? await Task.sleep(for: limits.beat)) != nil, await say([.beat], connection) {}
        return .left
      }
      let end = await group.next() ?? .left
      group.cancelAll()
      return end
    }
    guard case .answered(let result) = end else { return }
    await say([.end(try result.get())], connection)
  }

  private enum End: Sendable {
    case answered(Result<JSONObject, ControlRefusal>)
    case left
  }

  private static func end(of body: () async throws -> JSONObject) async -> End {
    do {
      return .answered(.success(try await body()))
    } catch let refusal as ControlRefusal {
      return .answered(.failure(refusal))
    } catch is CancellationError {
      // The peer has gone, or the daemon stops: there is nothing to be said.
      return .left
    } catch {
      return .answered(.failure(ControlRefusal(.failed, "\(error)")))
    }
  }

  /// - Returns: whether the peer has taken the lines; when not, the connection is closed.
  @discardableResult
  private func say(_ lines: [ControlLine], _ connection: Connection) async -> Bool {
    let bytes = lines.flatMap(\.bytes)
    let isTaken = await first(
      of: { await connection.write(bytes) }, within: limits.writing, otherwise: { connection.close() })
    return isTaken ?? false
  }

  /// What `body` returns; `nil` when it has not within a time. Then `stop` is called, which makes it return.
  private func first<Value: Sendable>(
    of body: @escaping @Sendable () async -> Value, within time: Duration, otherwise stop: @Sendable () -> Void = {}
  ) async -> Value? {
    await withTaskGroup(of: Value?.self) { group in
      group.addTask { await body() }
      group.addTask {
        // The time itself; `body` ends it early.
        try? await Task.sleep(for: time)
        return nil
      }
      let first = await group.next() ?? nil
      if first == nil { stop() }
      group.cancelAll()
      return first
    }
  }
}

/// Answers questions. It is asked from any thread, many at a time.
public protocol ControlDesk: Sendable {
  /// - Parameter items: sends parts of the answer, few enough to be held in memory; returns when they are taken, and
  ///   throws when nobody listens any more.
  /// - Returns: the answer's end.
  /// - Throws: ``ControlRefusal`` for what it will not do; anything else is told as a failure of the daemon.
  func answer(
    _ question: ControlQuestion, from peer: ControlPeer,
    items: @escaping @Sendable ([JSONObject]) async throws -> Void
  ) async throws -> JSONObject
}
