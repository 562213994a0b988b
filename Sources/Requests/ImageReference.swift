import Documents
import ImageAPI

/// What stands in a picture's field: a file beneath the inbox, or what the API takes as it is.
///
/// A path has a dot, base64 has none, so the two are never confused; a URL and a data URI begin with their scheme.
enum ImageReference: Hashable {
  /// A path relative to the inbox.
  case file(String)
  /// Base64, a data URI or an `http(s)` URL; white space in base64 is removed, as it carries nothing.
  case inline(String)

  /// Characters of base64 below which there cannot be a picture: the smallest WebP has 26 bytes.
  private static let shortestBase64 = 32
  /// Bytes of a path (limits.h, `PATH_MAX`).
  private static let pathLimit = 4096

  init(_ text: String, at place: Place) throws(RequestError) {
    let start = text.prefix(8).lowercased()
    if start.hasPrefix("http://") || start.hasPrefix("https://") {
      self = .inline(text)
      return
    }
    if let dots = Self.elision(in: text) {
      throw .notAnImage(place, why: "its text is elided, '\(dots)' stands for the rest, as in documentation")
    }
    if start.hasPrefix("data:") || !text.utf8.contains(UInt8(ascii: ".")) {
      guard text.isEmpty || text.utf8.count >= Self.shortestBase64 || start.hasPrefix("data:") else {
        throw .notAnImage(
          place, why: "'\(text)' is too short for a picture in base64, and a path has a dot, as in 'photo.jpg'")
      }
      self = .inline(Self.withoutWhitespace(text))
    } else {
      self = .file(try Self.path(text, at: place))
    }
  }

  /// A path beneath the inbox: relative, its parts joined by single separators.
  static func path(_ text: String, at place: Place) throws(RequestError) -> String {
    func invalid(_ why: String) -> RequestError { .invalid(place, value: text, why: why) }
    if text.contains("://") { throw invalid("only http:// and https:// URLs are taken") }
    if text.hasPrefix("/") { throw invalid("a path is relative to the inbox; it does not begin with /") }
    if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      throw invalid("a path has no control characters")
    }
    if text.utf8.count >= pathLimit { throw invalid("it has \(text.utf8.count) bytes, a path has fewer than 4096") }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).filter { $0 != "." }
    for part in parts {
      if part.isEmpty { throw invalid("there is a / too many") }
      if part == ".." { throw invalid("a path lies beneath the inbox; it has no '..'") }
      if part.utf8.count > 255 { throw invalid("a file name has at most 255 bytes") }
    }
    guard !parts.isEmpty else { throw invalid("it names no file") }
    return parts.joined(separator: "/")
  }

  /// The dots that stand for left-out base64; `nil` when there are none. No other text between base64 characters has
  /// three dots and nothing else.
  private static func elision(in text: String) -> String? {
    for dots in ["...", "…"] {
      guard let range = text.firstRange(of: dots) else { continue }
      let before = text[..<range.lowerBound].split(separator: ",", maxSplits: 1).last ?? ""
      let after = text[range.upperBound...]
      if isBase64(before), isBase64(after) { return dots }
    }
    return nil
  }

  private static func isBase64(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): true
      default: false
      }
    }
  }

  private static func withoutWhitespace(_ text: String) -> String {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard text.utf8.contains(where: isBlank) else { return text }
    return String(decoding: text.utf8.filter { !isBlank($0) }, as: UTF8.self)
  }
}
