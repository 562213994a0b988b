extension StringProtocol {
  /// Foreign text in one line, fit for a terminal, a log or a message: line ends and all that would move a cursor, change
  /// a colour or turn the direction of writing are shown as JSON escapes, so that JSON stays the same JSON.
  public var visible: String { escaped(keeping: []) }

  /// As ``visible``, with its lines.
  public var visibleLines: String { escaped(keeping: ["\n", "\t"]) }

  private func escaped(keeping kept: Set<Unicode.Scalar>) -> String {
    guard unicodeScalars.contains(where: { $0.isUnfit && !kept.contains($0) }) else { return String(self) }
    var output = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if !scalar.isUnfit || kept.contains(scalar) {
        output.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 16)
        output.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars)
      }
    }
    return String(output)
  }
}

extension Unicode.Scalar {
  /// C0 and C1 control characters, marks of direction (UAX #9), line and paragraph separators, and the invisible that no
  /// script needs. Joiners stay: scripts and emoji are made with them.
  fileprivate var isUnfit: Bool {
    switch value {
    case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x206F, 0xFEFF, 0xFFF9...0xFFFB:
      true
    default: false
    }
  }
}
