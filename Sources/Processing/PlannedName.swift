/// An output's file name before the output exists: whole but for the digest of its bytes, where the template wants
/// that.
public struct PlannedName: Hashable, Sendable, Codable {
  /// Bytes of a file name on Linux (limits.h, `NAME_MAX`).
  static let byteLimit = 255
  /// Digits of `{sha256:8}`.
  static let digestLength = 8
  /// The job's own record lies beside the outputs.
  static let manifest = "manifest.json"

  /// What lies around the digests: one more than there are digests.
  private let pieces: [String]

  /// A name that does not depend on the output's bytes, or `nil`.
  public var settled: String? { pieces.count == 1 ? pieces[0] : nil }

  /// The name of a finished output.
  ///
  /// - Parameter sha256: SHA-256 of the output's bytes, lower-case hexadecimal.
  /// - Precondition: `sha256` has at least eight digits, hexadecimal all.
  public func name(sha256: String) -> String {
    let digest = sha256.prefix(Self.digestLength)
    precondition(digest.utf8.count == Self.digestLength && digest.allSatisfy(\.isHexDigit), "a digest in hexadecimal")
    return pieces.joined(separator: String(digest))
  }

  /// What no name may have: separators of any system, control characters, line breaks and the marks that turn the
  /// direction of writing.
  package static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "/", "\\", "\u{61C}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{FEFF}":
      true
    default:
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
      default: false
      }
    }
  }
}

extension PlannedName {
  /// A part of a name whose value is known.
  enum Value {
    /// Kept as it is: the template's own text, numbers.
    case fixed(String)
    /// Made harmless, and cut when the name would be too long.
    case text(String)
    case digest
  }

  init(_ values: [Value]) {
    var values = values.map(Self.harmless)
    Self.shorten(&values)
    var pieces = [""]
    for value in values {
      switch value {
      case .fixed(let text), .text(let text): pieces[pieces.count - 1] += text
      case .digest: pieces.append("")
      }
    }
    if let first = pieces[0].unicodeScalars.first, first == "." || first == "-" {
      pieces[0] = "_" + String(pieces[0].unicodeScalars.dropFirst())
    }
    if pieces == [""] { pieces = ["_"] }
    if pieces.count == 1, pieces[0].lowercased() == Self.manifest { pieces[0] = "_" + pieces[0] }
    self.pieces = pieces
  }

  private static func harmless(_ value: Value) -> Value {
    guard case .text(let text) = value else { return value }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(byteLimit) {
      scalars.append(isForbidden(scalar) ? "_" : scalar)
    }
    return .text(String(scalars))
  }

  /// Cuts the longest text, a character's scalar at a time, until the name fits.
  private static func shorten(_ values: inout [Value]) {
    func byteCount(_ value: Value) -> Int {
      switch value {
      case .fixed(let text), .text(let text): text.utf8.count
      case .digest: digestLength
      }
    }
    var excess = values.reduce(0) { $0 + byteCount($1) } - byteLimit
    while excess > 0 {
      var longest: (index: Int, text: String)?
      for (index, value) in values.enumerated() {
        if case .text(let text) = value, text.utf8.count > longest?.text.utf8.count ?? 0 { longest = (index, text) }
      }
      // The template's promise (`leastRoom`) leaves text to cut for as long as the name is too long.
      guard let (index, text) = longest else { preconditionFailure("a template's own text fills the name") }
      let cut = String(text.unicodeScalars.dropLast())
      excess -= text.utf8.count - cut.utf8.count
      values[index] = .text(cut)
    }
  }
}
