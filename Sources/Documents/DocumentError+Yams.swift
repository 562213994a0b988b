import Yams

extension DocumentError {
  /// What libyaml or Yams found in a text. A problem that lies behind the last visible character is the missing rest.
  init(_ error: YamlError, in text: String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      let position = Position(mark)
      if problem == "but found another document" {
        self = .severalDocuments(position)
      } else if problem.hasPrefix("Maximum nesting level") {
        self = .tooDeep(position, limit: 1000)
      } else if position >= Position(endOf: text.trimmingTrailingBlanks) {
        // At the end of the stream libyaml may stand on a line that does not exist.
        self = .unexpectedEnd(min(position, Position(endOf: text)), expected: "the rest of the YAML (\(problem))")
      } else {
        self = .yaml(position, problem: problem)
      }
    case .reader(let problem, _, let value, _):
      // libyaml tells the character but counts neither lines nor columns here.
      guard let code = UInt32(exactly: value),
        let index = text.unicodeScalars.firstIndex(where: { $0.value == code })
      else {
        self = .yaml(Position(line: 1, column: 1), problem: problem)
        return
      }
      self = .controlCharacter(Position(endOf: String(text[..<index])), code: code)
    case .duplicatedKeysInMapping(let duplicates, let context):
      self = .duplicateKey(Position(context.mark), key: duplicates.first ?? "", first: nil)
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      self = .yaml(Position(line: 1, column: 1), problem: "\(error)")
    }
  }
}

extension Position {
  init(_ mark: Mark?) {
    self.init(line: mark?.line ?? 1, column: mark?.column ?? 1)
  }

  /// The position after the last character of a text, with libyaml's line breaks.
  init(endOf text: String) {
    var line = 1
    var column = 1
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        line += 1
        column = 1
      default: column += 1
      }
      previous = scalar
    }
    self.init(line: line, column: column)
  }
}

extension String {
  fileprivate var trimmingTrailingBlanks: String {
    let blanks: Set<Unicode.Scalar> = [" ", "\t", "\n", "\r"]
    guard let last = unicodeScalars.lastIndex(where: { !blanks.contains($0) }) else { return "" }
    return String(unicodeScalars[...last])
  }
}
