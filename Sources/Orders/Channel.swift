import CLinux
import FoundationEssentials
import Glibc

/// One end of a socket between a daemon and its worker: messages in JSON, each with its length before it in four bytes,
/// little-endian, and open files with it.
public struct Channel: ~Copyable, Sendable {
  private let socket: Int32

  /// Takes over a connected stream socket; it is closed when the channel goes.
  public init(socket: Int32) {
    self.socket = socket
  }

  deinit {
    close(socket)
  }

  /// A new socket: `start` is given its other end, which is closed when it returns.
  public init(toOther start: (Int32) -> Void) throws(ChannelError) {
    var ends: [Int32] = [-1, -1]
    // The kernel fills the two numbers during the call.
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw .system(call: "socketpair", errno: errno) }
    socket = ends[0]
    start(ends[1])
    close(ends[1])
  }

  /// Whether the other side has closed its end, or something has come that nobody waits for.
  public var isDisturbed: Bool {
    var ear = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    // The kernel reads and fills the structure during the call.
    return unsafe poll(&ear, 1, 0) != 0
  }

  // MARK: Sending

  /// - Parameters:
  ///   - files: that go with the message; they stay the caller's.
  ///   - patience: how long the other side may take to take it; nil for ever. What is left of it comes back.
  public borrowing func send(
    _ message: some Encodable, files: [Int32] = [], patience: inout Duration?
  ) throws(ChannelError) {
    let body: Data
    do {
      body = try JSONEncoder().encode(message)
    } catch {
      throw .garbled(reason: "\(error)")
    }
    guard let length = UInt32(exactly: body.count) else { throw .garbled(reason: "\(body.count) bytes") }
    var bytes: [UInt8] = (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    bytes += body
    var start = 0
    while start < bytes.count {
      let rest = bytes.span.extracting(start..<bytes.count)
      // C reads bytes and numbers during the call; the files go with the first byte.
      let sent = unsafe rest.withUnsafeBytes { rest in
        start == 0
          ? unsafe clinux_send(socket, rest.baseAddress!, rest.count, files, files.count)
          : unsafe clinux_send(socket, rest.baseAddress!, rest.count, nil, 0)
      }
      if sent >= 0 { start += sent } else { try wait(errno, "sendmsg", for: POLLOUT, &patience) }
    }
  }

  // MARK: Receiving

  /// - Parameters:
  ///   - limit: bytes of a message.
  ///   - most: how many files may come with it; any more are closed.
  ///   - patience: how long the other side may take; nil for ever. What is left of it comes back.
  /// - Throws: `.closed` when the other side has ended.
  public borrowing func receive<Message: Decodable>(
    _ type: Message.Type = Message.self, limit: Int, files most: Int = 0, patience: inout Duration?
  ) throws(ChannelError) -> Received<Message> {
    var files = ReceivedFiles()
    let header = try bytes(4, most, &files, &patience)
    let length = header.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= limit else { throw .garbled(reason: "\(length) bytes") }
    let body = try bytes(length, 0, &files, &patience)
    do {
      return Received(message: try JSONDecoder().decode(Message.self, from: Data(body)), files: files)
    } catch {
      throw .garbled(reason: "\(error)")
    }
  }

  private borrowing func bytes(
    _ count: Int, _ most: Int, _ files: inout ReceivedFiles, _ patience: inout Duration?
  ) throws(ChannelError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var start = 0
    var numbers = [Int32](repeating: -1, count: most)
    while start < count {
      var came = most
      // C fills the rest of the bytes, and the numbers, during the call.
      let received = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe clinux_receive(socket, buffer.baseAddress! + start, count - start, &numbers, &came)
      }
      if came > 0 { files.add(numbers[..<came]) }
      if received > 0 {
        start += received
      } else if received == 0 {
        throw .closed
      } else {
        try wait(errno, "recvmsg", for: POLLIN, &patience)
      }
    }
    return bytes
  }

  // MARK: Waiting

  /// Waits for the socket where that is why a call failed.
  private borrowing func wait(
    _ number: Int32, _ call: String, for event: Int32, _ patience: inout Duration?
  ) throws(ChannelError) {
    switch number {
    case EINTR: return
    case EAGAIN: break
    case EPIPE, ECONNRESET: throw .closed
    default: throw .system(call: call, errno: number)
    }
    if let left = patience, left <= .zero { throw .timedOut }
    var ear = pollfd(fd: socket, events: Int16(event), revents: 0)
    let start = ContinuousClock.now
    // In milliseconds, rounded up: a wait that is a little too long is better than many that are too short.
    let time = patience.map { Int32(clamping: Int(($0 / .milliseconds(1)).rounded(.up))) } ?? -1
    // The kernel reads and fills the structure during the call.
    if unsafe poll(&ear, 1, time) < 0, errno != EINTR { throw .system(call: "poll", errno: errno) }
    if let left = patience { patience = left - (.now - start) }
  }
}

/// What came through a channel.
public struct Received<Message>: ~Copyable {
  public let message: Message
  public var files: ReceivedFiles
}

/// The files that came with a message, in their order.
public struct ReceivedFiles: ~Copyable, Sendable {
  private var numbers: [Int32] = []

  mutating func add(_ more: ArraySlice<Int32>) {
    numbers += more
  }

  /// Takes the first of those that are left; `nil` when there is none.
  public mutating func next() -> OpenFile? {
    numbers.isEmpty ? nil : OpenFile(numbers.removeFirst())
  }

  deinit {
    for number in numbers { close(number) }
  }
}
