/// The secret that pays. It has no way out but ``authorization``: printing, interpolating, dumping or mirroring it
/// shows a placeholder.
public struct APIKey: Sendable, Hashable {
  private let secret: String

  /// - Parameter text: the key; white space around it, as a key file's last line feed, is dropped.
  public init(_ text: String) throws(APIConfigurationError) {
    let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
    secret = String(trimmed)
    guard !secret.isEmpty else { throw .emptyKey }
    // Anything else could not stand in a header (RFC 9110 §5.5), and a key file with two lines is a mistake.
    guard secret.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .malformedKey }
  }

  /// The value of the `Authorization` header.
  var authorization: String { "Bearer \(secret)" }

  /// The text with every occurrence of the key replaced: a vendor may echo what it was sent.
  func redacted(from text: String) -> String {
    guard text.utf8.count >= secret.utf8.count else { return text }
    return text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "[API key]")
  }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "[API key]" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
