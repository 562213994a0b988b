/// What a worker says, made fit for a message: it may be anything.
enum OneLine {
  private static let limit = 300

  static func text(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      String(
        String.UnicodeScalarView(
          line.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: true
            }
          }))
    }.filter { !$0.isEmpty }
    let text = lines.joined(separator: " | ")
    return text.count <= limit ? text : text.prefix(limit) + "…"
  }
}
