import Foundation
import Processing

/// What people see: results on standard output, all else on standard error; colour and progress only on a terminal.
/// Whatever is said comes to the terminal as text: only what is written here moves a cursor or changes a colour.
enum Console {
  static let isTerminal = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

  enum Mark: String {
    case done = "32"
    case warning = "33"
    case failed = "31"
    case quiet = "2"
  }

  /// A line of the result.
  static func out(_ line: String) {
    write(line.visibleLines + "\n", to: .standardOutput)
  }

  /// A line about the work.
  static func note(_ line: String, _ mark: Mark? = nil) {
    let line = line.visibleLines
    guard isTerminal, let mark else { return write(line + "\n", to: .standardError) }
    write("\u{1B}[\(mark.rawValue)m\(line)\u{1B}[0m\n", to: .standardError)
  }

  static func error(_ message: String) {
    note("darkroom: \(message)", .failed)
  }

  /// Overwrites the last line of a terminal; nothing elsewhere. `nil` clears it.
  static func progress(_ line: String?) {
    guard isTerminal else { return }
    write("\r\u{1B}[K\((line ?? "").visible)", to: .standardError)
  }

  private static func write(_ text: String, to handle: FileHandle) {
    // A closed pipe is the reader's wish; there is nobody left to tell.
    try? handle.write(contentsOf: Data(text.utf8))
  }
}
