/// An answer, before it meets HTTP.
struct Reply: Sendable {
  var status: Int
  var mediaType: String
  var headers: [String: String] = [:]
  var body: [UInt8]
  /// What happens to the connection instead of a whole answer.
  var fault: ConnectionFault?

  init(
    status: Int = 200, mediaType: String, headers: [String: String] = [:], body: [UInt8], fault: ConnectionFault? = nil
  ) {
    self.status = status
    self.mediaType = mediaType
    self.headers = headers
    self.body = body
    self.fault = fault
  }

  init(_ json: JSON, status: Int = 200) {
    self.init(status: status, mediaType: "application/json; charset=utf-8", body: Array(json.serialized.utf8))
  }

  init(_ refusal: Refusal) {
    self.init(refusal.body, status: refusal.status)
    headers["Retry-After"] = refusal.retryAfter.map(String.init)
    // Somewhere to go for a client that follows redirects, which a paid call must not do.
    if (300...399).contains(refusal.status) { headers["Location"] = "/api/v1/image/styles" }
  }

  var isJSON: Bool { mediaType.hasPrefix("application/json") }

  /// The answer with its body compressed; as it is, where it is not JSON.
  func gzipped() -> Reply {
    guard isJSON, let compressed = Gzip.compressed(body) else { return self }
    var reply = self
    reply.body = compressed
    reply.headers["Content-Encoding"] = "gzip"
    reply.headers["Vary"] = "Accept-Encoding"
    return reply
  }

  static let closedConnection = Reply(mediaType: "text/plain", body: [], fault: .drop)

  mutating func describe(_ rate: Account.Rate) {
    headers["x-ratelimit-limit-requests"] = String(rate.limit)
    headers["x-ratelimit-remaining-requests"] = String(rate.remaining)
    headers["x-ratelimit-reset-requests"] = String(rate.reset)
  }
}
