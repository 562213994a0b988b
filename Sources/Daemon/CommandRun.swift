import CLinux
import Glibc
import Synchronization

/// One run of a program, from its start to the end of all that it started.
///
/// The program shares nothing with the daemon: an environment of its own, /dev/null to read, a pipe for its words, no
/// other descriptor, its own session and process group, the default disposition of every signal. What is left of its
/// group when it ends is killed, so that nothing works on beside a later attempt; what has left the group, as daemons do,
/// is let go. If the daemon is killed, the program is too.
struct CommandRun: Sendable {
  /// The program's absolute path, and what it is told.
  var arguments: [String]
  /// All of it.
  var environment: [String: String]
  /// Where it works; `/` where that is no directory any more.
  var directory: String
  var timeout: Duration
  /// From SIGTERM to SIGKILL.
  var grace = Duration.seconds(5)

  enum End: Sendable, Hashable {
    case exited(Int32)
    case signalled(Int32)
    case timedOut
    /// It was told to end before it did.
    case stopped
    case notStarted(errno: Int32)
  }

  struct Outcome: Sendable, Hashable {
    var end: End
    /// The last that it said, on standard output and standard error; at most ``tailLimit`` bytes.
    var tail: [UInt8]
  }

  /// In bytes.
  static let tailLimit = 2048

  /// Runs on a thread of `threads`; a cancelled task ends it.
  func run(on threads: BlockingWork) async -> Outcome {
    if Task.isCancelled { return Outcome(end: .stopped, tail: []) }
    guard let bell = StopBell() else { return Outcome(end: .notStarted(errno: errno), tail: []) }
    return await withTaskCancellationHandler {
      await threads.run { () throws(Never) in runBlocking(bell) }
    } onCancel: {
      bell.ring()
    }
  }

  /// The thread that starts the program has to be the one that waits: its end is the program's.
  private func runBlocking(_ bell: StopBell) -> Outcome {
    // C borrows the path for the call.
    var folder = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder < 0 { folder = unsafe open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard folder >= 0 else { return Outcome(end: .notStarted(errno: errno), tail: []) }
    defer { close(folder) }
    let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    var child = clinux_child()
    // C reads the texts and fills the structure during the call.
    let result = unsafe clinux_spawn(
      Self.texts(arguments), arguments.count, Self.texts(variables), variables.count, folder, &child)
    guard result == 0 else { return Outcome(end: .notStarted(errno: errno), tail: []) }
    defer {
      close(child.ended)
      close(child.output)
    }
    var watch = Watch(child: child, bell: bell, deadline: .now + timeout, grace: grace)
    return watch.untilItEnds()
  }

  /// One after the other, each ended by a NUL. No argument has one within: pipelines, names and labels are read so.
  private static func texts(_ texts: [String]) -> [CChar] {
    texts.flatMap { $0.utf8.map(CChar.init(bitPattern:)) + [0] }
  }
}

/// Tells a thread in poll(2) to stop.
private final class StopBell: Sendable {
  let ear: Int32
  private let hammer: Int32

  /// - Returns: `nil` with errno set.
  init?() {
    var ends: [Int32] = [-1, -1]
    // The kernel fills the two numbers during the call.
    guard unsafe pipe(&ends) == 0 else { return nil }
    (ear, hammer) = (ends[0], ends[1])
    // A program started at this moment closes whatever it was not given.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  /// At most once.
  func ring() {
    var byte: UInt8 = 1
    // The kernel reads the byte during the call.
    _ = unsafe write(hammer, &byte, 1)
  }

  deinit {
    close(ear)
    close(hammer)
  }
}

/// Waits for a program, takes in what it says, and ends it when its time is over.
private struct Watch {
  let child: clinux_child
  let bell: StopBell
  let deadline: ContinuousClock.Instant
  let grace: Duration
  /// Why it was told to end, and until when it has time to.
  private var ending: (reason: CommandRun.End, until: ContinuousClock.Instant)?
  private var isKilled = false
  private var tail: [UInt8] = []
  private var isSilent = false

  init(child: clinux_child, bell: StopBell, deadline: ContinuousClock.Instant, grace: Duration) {
    self.child = child
    self.bell = bell
    self.deadline = deadline
    self.grace = grace
  }

  mutating func untilItEnds() -> CommandRun.Outcome {
    while true {
      let events = wait()
      if events.speaks { listen() }
      if events.ended { break }
      advance(isStopped: events.stopped)
    }
    // The program is not reaped yet: its number still names its group and can name nobody else's.
    kill(-child.process, SIGKILL)
    // What it said before its end is in the pipe; what has left the group may hold the pipe open, and is not waited for.
    listen()
    return CommandRun.Outcome(end: reaped(), tail: tail)
  }

  private func wait() -> (ended: Bool, speaks: Bool, stopped: Bool) {
    // poll(2) passes over a negative number.
    var files = [child.ended, isSilent ? -1 : child.output, ending == nil ? bell.ear : -1].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    let rest = max(.zero, nextStep - .now) / Duration.milliseconds(1)
    // The kernel fills the answers during the call. Interrupted, it has none: then nothing has happened.
    let count = unsafe poll(&files, nfds_t(files.count), isKilled ? -1 : Int32(clamping: Int(rest.rounded(.up))))
    if count <= 0 { return (false, false, false) }
    return (files[0].revents != 0, files[1].revents != 0, files[2].revents != 0)
  }

  private var nextStep: ContinuousClock.Instant { ending?.until ?? deadline }

  private mutating func advance(isStopped: Bool) {
    if let ending {
      guard !isKilled, .now >= ending.until else { return }
      kill(-child.process, SIGKILL)
      isKilled = true
    } else if isStopped || .now >= deadline {
      ending = (isStopped ? .stopped : .timedOut, .now + grace)
      kill(-child.process, SIGTERM)
    }
  }

  /// Takes what is there, and not more than a little at once: who speaks without end is not listened to without end.
  private mutating func listen() {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    for _ in 0..<4 {
      // The kernel fills the buffer during the call.
      let count = unsafe read(child.output, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count == 0 { isSilent = true }
      guard count > 0 else { return }
      tail = (tail + buffer[..<count]).suffix(CommandRun.tailLimit)
    }
  }

  private func reaped() -> CommandRun.End {
    var status: Int32 = 0
    // The kernel fills the status during the call.
    while unsafe waitpid(child.process, &status, 0) < 0 {
      guard errno == EINTR else { return ending?.reason ?? .signalled(SIGKILL) }
    }
    // As <bits/waitstatus.h> lays it out; its macros are not shown to Swift.
    let signal = status & 0x7F
    if signal == 0, (status >> 8) & 0xFF == 0 { return .exited(0) }
    if let ending { return ending.reason }
    return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
  }
}
