import AsyncHTTPClient
import NIOHTTP1

/// ImageAPI speaks HTTP with the vendor: it returns bytes and facts, never pixels, and of every paid call it says
/// whether it was charged, not charged, or whether nobody can know.
///
/// What it refuses before sending throws ``OperationError``; how a call ended is a ``CallOutcome``; what a response
/// holds that cannot be used throws ``AnswerError``; free queries throw ``QueryError``. Nothing here repeats a paid
/// call, follows a redirect, or sends two requests over one connection.
public struct APIClient: Sendable {
  public let configuration: APIConfiguration

  public init(configuration: APIConfiguration) {
    self.configuration = configuration
  }

  /// Makes one paid call, over a connection of its own.
  ///
  /// The body of a 2xx response goes to the sink exactly as it is received: no compression is asked for (a paid call
  /// sends `Accept-Encoding: identity`), and where a server compresses all the same, the compressed bytes are kept and
  /// ``ResponseHead/contentEncoding`` names the coding. A cancelled task ends the call; the outcome says what is known.
  ///
  /// - Parameters:
  ///   - uploads: one for each of the operation's files. They are read while they are sent; one that cannot be read to
  ///     its end breaks the request off, and the outcome is unknown once a byte may have gone out.
  ///   - idempotencyKey: of this call alone. The vendor ignores it today.
  public func call(
    _ operation: Operation, uploads: [Upload], idempotencyKey: String, into sink: some ResponseSink
  ) async -> CallOutcome {
    let body: RequestBody
    do {
      body = try RequestBody(operation, uploads: uploads)
      try await body.probe()
    } catch {
      return .notSent(error)
    }
    var request = newRequest(.POST, path: operation.endpoint.path)
    request.headers.add(name: "Accept", value: "application/json, image/*")
    request.headers.add(name: "Content-Type", value: body.contentType)
    request.headers.add(name: "Idempotency-Key", value: idempotencyKey)
    request.body = .stream(body, length: .known(Int64(body.count)))

    var exchange = await Exchange.run(
      request, configuration: configuration, timeLimit: configuration.timeout, into: sink)
    let outcome = CallOutcome(exchange, configuration: configuration)
    guard case .unknown = outcome else { return outcome }
    await exchange.keepErrorBody(in: sink)
    return CallOutcome(exchange, configuration: configuration)
  }

  /// With the headers that every request carries, and the key where there is one.
  func newRequest(_ method: HTTPMethod, path: String) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: configuration.baseURL + path)
    request.method = method
    if let key = configuration.key { request.headers.add(name: "Authorization", value: key.authorization) }
    request.headers.add(name: "Accept-Encoding", value: "identity")
    request.headers.add(name: "User-Agent", value: "darkroom")
    return request
  }
}
