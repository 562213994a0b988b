/// What others say, made fit for a message and a line of a log: no character of it can move a cursor or begin a line of its
/// own.
package enum OneLine {
  /// Which part of a text that is too long is kept.
  package enum Part {
    /// What was said first.
    case beginning
    /// What was said last.
    case end
  }

  /// - Parameter limit: in characters.
  package static func text(_ text: String, limit: Int = 300, keeping part: Part) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { line in
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
    guard text.count > limit else { return text }
    return switch part {
    case .beginning: text.prefix(limit) + "…"
    case .end: "…" + text.suffix(limit)
    }
  }
}
