/// A name or value from a request or a file in quotes, fit for a message of one line.
func quoted(_ text: String) -> String { "'\(oneLine(text))'" }

/// Without control characters and not endless, whatever it comes from.
func oneLine(_ text: String) -> String {
  let shown = text.unicodeScalars.prefix(80).map { $0.properties.isPrintable ? String($0) : $0.escaped(asASCII: true) }
  return shown.joined() + (text.unicodeScalars.count > 80 ? "…" : "")
}

extension Unicode.Scalar.Properties {
  fileprivate var isPrintable: Bool {
    switch generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
    default: true
    }
  }
}
