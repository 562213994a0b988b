/// What the text of a picture field is. A path is never confused with base64: base64 has no dot, and a file name has.
public enum ImageArgument: Hashable, Sendable {
  case url(String)
  case dataURI(base64: String)
  case base64(String)
  /// None of these; a path relative to the inbox, perhaps.
  case other(why: String)

  public init(_ text: String) {
    if Self.isURL(text) {
      self = .url(text)
    } else if text.hasPrefix("data:") {
      let base64 = Self.base64(ofDataURI: text)
      self = base64.map(Self.dataURI) ?? .other(why: "a data URI must read data:image/TYPE;base64,DATA")
    } else if text.isEmpty {
      self = .other(why: "it is empty")
    } else if let odd = text.utf8.first(where: { !Base64.isBase64($0) }) {
      let shown = String(Unicode.Scalar(odd)).debugDescription
      self = .other(why: odd < 0x80 ? "base64 has no \(shown)" : "base64 is ASCII")
    } else {
      self = .base64(text)
    }
  }

  static func isURL(_ text: String) -> Bool {
    let start = text.prefix(8).lowercased()
    let rest = start == "https://" ? text.dropFirst(8) : start.hasPrefix("http://") ? text.dropFirst(7) : ""
    return !rest.isEmpty && !rest.contains(where: \.isWhitespace)
  }

  /// RFC 2397, base64 form.
  static func base64(ofDataURI text: String) -> String? {
    guard let comma = text.utf8.firstIndex(of: UInt8(ascii: ",")) else { return nil }
    let parts = text[..<comma].dropFirst("data:".count).split(separator: ";", omittingEmptySubsequences: false)
    guard let type = parts.first, type.lowercased().hasPrefix("image/"), parts.dropFirst().last == "base64" else {
      return nil
    }
    return String(text[text.index(after: comma)...])
  }

  /// As many bytes tell whether something looks like an image.
  static let signatureLength = 12

  /// The bytes begin like PNG, JPEG, WebP, GIF, BMP, TIFF, or an ISO media file (AVIF, HEIC).
  static func looksLikeAnImage(_ bytes: [UInt8]) -> Bool {
    let head = bytes.prefix(signatureLength)
    func starts(_ text: String, at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
    return head.starts(with: [0x89, 0x50, 0x4E, 0x47]) || head.starts(with: [0xFF, 0xD8, 0xFF])
      || (starts("RIFF") && starts("WEBP", at: 8)) || starts("GIF8") || starts("BM") || starts("II*\0")
      || starts("MM\0*") || starts("ftyp", at: 4)
  }
}
