/// How a body is compressed (RFC 9110 §8.4.1).
enum ContentCoding: Hashable {
  case identity
  case gzip
  /// Not read.
  case other(String)

  init(_ head: ResponseHead) {
    switch head.contentEncoding {
    case nil: self = .identity
    // The older name means the same (RFC 9110 §8.4.1.3).
    case "gzip"?, "x-gzip"?: self = .gzip
    case let name?: self = .other(name)
    }
  }

  /// A small body, which is in memory anyway, without its compression; at most `limit` bytes of it.
  ///
  /// - Returns: `nil` when it cannot be undone.
  func decoded(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    switch self {
    case .identity: bytes
    case .gzip: try? GzipStream.inflated(bytes, limit: limit)
    case .other: nil
    }
  }
}
