import Crypto
import Foundation

/// What messages are signed with, as Standard Webhooks 1.0.0 writes it: `whsec_` and 24 to 64 bytes in base64. Printing,
/// interpolating, dumping or mirroring it shows a placeholder.
public struct WebhookSecret: Sendable, Hashable {
  private let bytes: [UInt8]

  /// How to make one, for messages.
  public static let recipe = "echo whsec_$(head -c 32 /dev/urandom | base64)"

  /// - Returns: `nil` for anything else.
  public init?(_ text: String) {
    let prefix = "whsec_"
    guard text.hasPrefix(prefix), let data = Data(base64Encoded: String(text.dropFirst(prefix.count))),
      (24...64).contains(data.count)
    else { return nil }
    bytes = Array(data)
  }

  /// One signature of the scheme `v1`: HMAC-SHA256 over `id.timestamp.body`.
  ///
  /// - Parameters:
  ///   - id: without a dot, which separates.
  ///   - timestamp: seconds since 1970.
  func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
    let content = Array("\(id).\(timestamp).".utf8) + body
    let code = HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: bytes))
    return "v1,\(Data(code).base64EncodedString())"
  }
}

extension WebhookSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "[webhook secret]" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
