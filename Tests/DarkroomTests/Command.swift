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
    _ arguments: [String], environment: [String: String] = [:], as user: User? = nil
  ) async throws -> Ended {
    let running = try Command(arguments, environment: environment, as: user)
    return await running.end()
  }

  /// Somebody else, with one group.
  struct User: Sendable {
    var user: Int
    var group: Int

    var options: [String] { ["--reuid=\(user)", "--regid=\(group)", "--clear-groups"] }
  }

  private let process: Mutex<Process>
  /// A file rather than a pipe: nobody has to read it while the program writes.
  private let outputFile: URL
  private let notes: Notes
  private let ended: AsyncStream<Int32>

  /// Starts the program.
  ///
  /// - Parameter user: in whose name; takes root.
  init(_ arguments: [String], environment: [String: String] = [:], as user: User? = nil) throws {
    let process = Process()
    process.executableURL = URL(filePath: user == nil ? Self.path : "/usr/bin/setpriv")
    process.arguments = (user.map { $0.options + [Self.path] } ?? []) + arguments
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

  /// Waits for a line on standard error that begins with `word`; throws when the program ends before.
  func line(beginning word: String) async throws -> String {
    for await line in notes.lines where line.hasPrefix(word) { return line }
    throw Missing(word: word, notes: notes.text)
  }

  struct Missing: Error {
    var word: String
    var notes: String
  }

  func signal(_ number: Int32) {
    process.withLock { _ = kill($0.processIdentifier, number) }
  }

  /// Waits for the program's end.
  func end() async -> Ended {
    var status: Int32 = -1
    for await found in ended { status = found }
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
