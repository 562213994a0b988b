import Dispatch
import Foundation
import Synchronization
import Testing

/// The built program, run as people run it.
final class Command: Sendable {
  struct Ended: Sendable {
    var status: Int32
    var output: String
    var notes: String
  }

  /// Where the tests were built, the program was too.
  static let path = URL(filePath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent()
    .appending(path: "darkroom").path()

  /// Only what a test names: the machine's own configuration and key stay out.
  private static let environment = ["PATH": "/usr/bin:/bin", "HOME": NSTemporaryDirectory()]

  /// Runs the program to its end.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], as user: User? = nil, beneath program: [String] = []
  ) async throws -> Ended {
    let running = try Command(arguments, environment: environment, as: user, beneath: program)
    return await running.end()
  }

  /// Somebody else, with one group.
  struct User: Sendable {
    var user: Int
    var group: Int

    var words: [String] { ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups"] }
  }

  private let process: Mutex<Process>
  /// A file rather than a pipe: nobody has to read it while the program writes.
  private let outputFile: URL
  private let notes: Notes
  private let ended: AsyncStream<Int32>

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - user: in whose name; takes root.
  ///   - program: another program with its options, which runs this one.
  init(
    _ arguments: [String], environment: [String: String] = [:], as user: User? = nil, beneath program: [String] = []
  ) throws {
    let process = Process()
    let words = program + (user?.words ?? []) + [Self.path] + arguments
    process.executableURL = URL(filePath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = Self.environment.merging(environment) { $1 }
    outputFile = FileManager.default.temporaryDirectory.appending(path: "darkroom-output-\(UUID().uuidString)")
    try Data().write(to: outputFile)
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    let pipe = Pipe()
    process.standardError = pipe
    let notes = Notes(pipe)
    let (ended, end) = AsyncStream<Int32>.makeStream()
    process.terminationHandler = { process in
      let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
      notes.finish {
        end.yield(status)
        end.finish()
      }
    }
    try process.run()
    self.process = Mutex(process)
    self.notes = notes
    self.ended = ended
  }

  deinit {
    try? FileManager.default.removeItem(at: outputFile)
    process.withLock { if $0.isRunning { $0.terminate() } }
  }

  /// Returns when whatever is waited for has had its time: a minute, and more on a machine that has much else to do, where
  /// each turn takes longer.
  private static func patience() async throws {
    for _ in 0..<600 { try await Task.sleep(for: .milliseconds(100)) }
  }

  /// Waits for a line on standard error that begins with `word`. One that never comes fails the test where it waits, and
  /// so does the program's end.
  func line(beginning word: String, at location: SourceLocation = #_sourceLocation) async throws -> String {
    let line = await withTaskGroup { [notes] group -> String? in
      group.addTask { await notes.lines.first { $0.hasPrefix(word) } }
      group.addTask {
        try? await Self.patience()
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    return try #require(line, "no line \"\(word)…\" in:\n\(notes.text)", sourceLocation: location)
  }

  func signal(_ number: Int32) {
    process.withLock { _ = kill($0.processIdentifier, number) }
  }

  /// Waits until the program has been at rest for a moment, and then does something again.
  func stirs() async throws {
    var (before, rests) = (try wakings(), 0)
    for _ in 0..<3000 {
      // A program at work rings no bell.
      try await Task.sleep(for: .milliseconds(20))
      let now = try wakings()
      if now != before, rests >= 5 { return }
      rests = now == before ? rests + 1 : 0
      before = now
    }
    Issue.record("it does not stir: \(notes.text)")
  }

  /// How often its threads have waited for something that came (proc(5), `voluntary_ctxt_switches`).
  private func wakings() throws -> Int {
    let tasks = "/proc/\(process.withLock { $0.processIdentifier })/task"
    return try FileManager.default.contentsOfDirectory(atPath: tasks).reduce(0) { sum, task in
      // A thread that is gone meanwhile counts for nothing.
      let status = (try? String(contentsOfFile: "\(tasks)/\(task)/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
      return sum + (line?.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? 0)
    }
  }

  /// Waits for the program's end; one that does not end is killed.
  func end() async -> Ended {
    let status = await withTaskGroup { group in
      group.addTask {
        guard (try? await Self.patience()) != nil else { return }
        self.signal(SIGKILL)
      }
      var status: Int32 = -1
      for await found in ended { status = found }
      group.cancelAll()
      return status
    }
    let output = (try? Data(contentsOf: outputFile)) ?? Data()
    return Ended(status: status, output: String(decoding: output, as: UTF8.self), notes: notes.text)
  }
}

/// A program's standard error, line by line. Its end is the program's, not the pipe's: a program started at the same
/// moment may have inherited the other side.
private final class Notes: Sendable {
  let lines: AsyncStream<String>
  private let line: AsyncStream<String>.Continuation
  private let state = Mutex((text: "", rest: ""))
  private let pipe: Pipe
  private let queue = DispatchQueue(label: "notes")
  // A dispatch source may be used from any thread (dispatch_source_cancel(3)); the protocol does not say so to Swift.
  private nonisolated(unsafe) let source: any DispatchSourceRead

  var text: String { state.withLock { $0.text } }

  init(_ pipe: Pipe) {
    self.pipe = pipe
    (lines, line) = AsyncStream<String>.makeStream()
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    source.setEventHandler { [weak self] in self?.drain() }
    source.activate()
  }

  private func drain() {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(pipe.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
      guard count > 0 else { return }
      let text = String(decoding: buffer[..<count], as: UTF8.self)
      let found = state.withLock { state -> [String] in
        state.text += text
        var parts = (state.rest + text).components(separatedBy: "\n")
        state.rest = parts.removeLast()
        return parts
      }
      for found in found { line.yield(found) }
    }
  }

  /// Reads what is left, then calls `body`.
  func finish(_ body: @escaping @Sendable () -> Void) {
    queue.async { [self] in
      drain()
      source.cancel()
      line.finish()
      body()
    }
  }
}
