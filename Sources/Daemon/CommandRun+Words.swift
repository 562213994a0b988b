import Glibc

extension CommandRun.Outcome {
  /// What went wrong, with the last that the program said; `nil` when nothing did.
  func failure(timeout: Duration) -> String? {
    let what: String
    switch end {
    case .exited(0): return nil
    case .exited(let status): what = "it ended with status \(status)"
    case .signalled(let number): what = "it was ended by signal \(number)"
    case .timedOut: what = "it was ended after \(timeout)"
    case .stopped: what = "it was ended with the daemon"
    case .notStarted(let number):
      // The text is the C library's for as long as the thread lives; it is copied at once.
      what = "it cannot be started: \(unsafe strerror(number).map { unsafe String(cString: $0) } ?? "errno \(number)")"
    }
    let said = OneLine.text(tail)
    return said.isEmpty ? what : "\(what): \(said)"
  }
}

/// What others say, made fit for a line of a log: no character of it can move a cursor or begin a line of its own.
enum OneLine {
  /// - Parameter bytes: UTF-8, or anything.
  static func text(_ bytes: [UInt8], limit: Int = 600) -> String {
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
      String(
        String.UnicodeScalarView(
          line.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: true
            }
          })
      ).trimmingPrefix { $0.isWhitespace }
    }.filter { !$0.isEmpty }
    let text = lines.joined(separator: " | ")
    return text.count <= limit ? text : "…" + text.suffix(limit)
  }
}
