import CLinux
import Glibc
import Orders
import Processing
import Synchronization

/// One worker. It is ended when this goes.
final class WorkerProcess: Sendable {
  let channel: Channel
  /// Of the process; its own until it is waited for.
  let number: Int32
  /// Readable once it has ended.
  private let ended: Int32
  /// What it says outside the conversation; never blocks.
  private let words: Int32
  /// How it ended, as waitpid(2) has it.
  private let status = Mutex<Int32?>(nil)

  /// A pipe holds no more.
  private static let mostWords = 65_536

  init(_ program: borrowing WorkerProgram, memory: Int) throws(Interruption) {
    var child = clinux_child()
    var failure: Int32 = 0
    do throws(ChannelError) {
      channel = try Channel { end in
        // C fills the structure during the call.
        if unsafe clinux_spawn_worker(program.file, end, &child) != 0 { failure = errno }
      }
    } catch {
      throw Interruption(starting: error)
    }
    guard failure == 0 else { throw .notStarted(call: "vfork", errno: failure) }
    (number, ended, words) = (child.process, child.ended, child.output)
    guard clinux_limit_memory(number, UInt64(memory), UInt64(memory)) == 0 else {
      throw .notStarted(call: "prlimit", errno: errno)
    }
  }

  deinit {
    end()
    close(ended)
    close(words)
  }

  /// Whether it is there, and has nothing to say.
  var isWaiting: Bool { !channel.isDisturbed }

  /// Lets it use so much more of a processor. It would not need a limit beside the clock's if the daemon always outlived it.
  func allow(_ time: Duration) throws(Interruption) {
    guard clinux_limit_time(number, UInt64(max(time.components.seconds, 1))) == 0 else {
      // It has ended; the conversation will find out how.
      if errno == ESRCH { return }
      throw .notStarted(call: "prlimit", errno: errno)
    }
  }

  /// Ends it, if it is still there.
  func end() {
    status.withLock { status in
      guard status == nil else { return }
      kill(number, SIGKILL)
      status = wait()
    }
  }

  /// Why a worker is gone that has closed its end of the socket.
  func lastWords(time: Duration, memory: Int) -> Interruption {
    // Its descriptors go a moment before it does; one that only closed its socket is ended.
    var ear = pollfd(fd: ended, events: Int16(POLLIN), revents: 0)
    while true {
      // The kernel reads and fills the structure during the call.
      if unsafe poll(&ear, 1, Self.agony) < 0, errno == EINTR { continue }
      break
    }
    end()
    let status = status.withLock { $0 } ?? SIGKILL
    let text = said()
    // As <bits/waitstatus.h> lays it out; its macros are not shown to Swift.
    let signal = status & 0x7F
    if signal == SIGXCPU { return .outOfTime(seconds: Int(time.components.seconds)) }
    // Swift ends a process whose memory is refused, C++ does, and the C libraries of the codecs report it by themselves.
    if text.contains("allocate") || text.contains("bad_alloc") { return .outOfMemory(limit: memory) }
    if signal == 0 { return .exited(status: (status >> 8) & 0xFF, words: OneLine.text(text, keeping: .beginning)) }
    return .signalled(signal, words: OneLine.text(text, keeping: .beginning))
  }

  /// In milliseconds.
  private static let agony: Int32 = 2000

  private func said() -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while bytes.count < Self.mostWords {
      // The kernel fills the buffer during the call.
      let count = unsafe read(words, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func wait() -> Int32 {
    var status: Int32 = 0
    // The kernel fills the status during the call.
    while unsafe waitpid(number, &status, 0) < 0 {
      guard errno == EINTR else { return SIGKILL }
    }
    return status
  }
}

extension Interruption {
  init(starting error: ChannelError) {
    self =
      if case .system(let call, let number) = error { .notStarted(call: call, errno: number) } else {
        .garbled(reason: "\(error)")
      }
  }
}
