import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One request and what came back, over a connection of its own.
///
/// A kept-alive connection may be closed by the other side at the moment a request is written to it, and then nobody
/// knows whether the request was read. So each exchange has its own client with its own pool, which has never seen a
/// connection before and never uses one twice. The library follows no redirect and repeats nothing: not the request,
/// and with `retryConnectionEstablishment` off not even the connection.
struct Exchange: Sendable {
  /// Why the response is not whole.
  enum Failure: Sendable {
    case timedOut
    case cancelled
    case tls(String)
    case connection(String)
    case upload(String)
    case sink(String)
    case tooLarge(limit: Int)
  }

  /// Of an error's body, in bytes: more than any vendor says.
  static let errorBodyLimit = 1 << 20

  let timeLimit: Duration
  private(set) var head: ResponseHead?
  /// The body of a response that is not 2xx; that of a 2xx is in the sink.
  private(set) var errorBody: [UInt8] = []
  /// In bytes.
  private(set) var bytesInSink = 0
  /// `nil` when the whole response was received and kept.
  private(set) var failure: Failure?
  /// A byte of the request may have left this machine.
  private(set) var wasSent = false

  private init(timeLimit: Duration) {
    self.timeLimit = timeLimit
  }

  /// Runs until the response is whole, something fails, or the time is over; a cancelled task ends it, too.
  static func run(
    _ request: HTTPClientRequest, configuration: APIConfiguration, timeLimit: Duration, into sink: some ResponseSink
  ) async -> Exchange {
    let gate = SendGate()
    let client = HTTPClient(
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
      configuration: clientConfiguration(configuration, gate: gate))
    var exchange = await withTimeLimit(timeLimit) {
      var exchange = Exchange(timeLimit: timeLimit)
      await exchange.receive(request, by: client, configuration: configuration, into: sink)
      return exchange
    } onExpiry: { exchange in
      if case .cancelled? = exchange.failure { exchange.failure = .timedOut }
    }
    exchange.wasSent = gate.close()
    // Nobody waits for this: closing a connection can take TLS, and giving up on one that is just being made can take
    // the network, many seconds, in which the response would not be made durable.
    client.shutdown { _ in }
    return exchange
  }

  private static func clientConfiguration(
    _ configuration: APIConfiguration, gate: SendGate
  ) -> HTTPClient.Configuration {
    var client = HTTPClient.Configuration(
      tlsConfiguration: configuration.tls, redirectConfiguration: .disallow,
      timeout: .init(connect: configuration.connectTimeout.timeAmount), decompression: .disabled)
    client.httpVersion = .http1Only
    client.maximumUsesPerConnection = 1
    client.connectionPool.retryConnectionEstablishment = false
    client.http1_1ConnectionDebugInitializer = gate.join
    return client
  }

  private mutating func receive(
    _ request: HTTPClientRequest, by client: HTTPClient, configuration: APIConfiguration, into sink: some ResponseSink
  ) async {
    do {
      // The library learns of a cancellation a moment later, when the request may be on its way.
      try Task.checkCancellation()
      // Our own limit ends the exchange, body included; the library's deadline covers only the head.
      let response = try await client.execute(request, deadline: .now() + timeLimit.timeAmount + .hours(1))
      let head = ResponseHead(response, redactedBy: configuration.key)
      self.head = head
      let limit = head.isSuccess ? configuration.responseLimit : Self.errorBodyLimit
      for try await piece in response.body {
        guard bytesInSink + errorBody.count + piece.readableBytes <= limit else {
          failure = .tooLarge(limit: limit)
          return
        }
        let bytes = Array(piece.readableBytesView)
        guard head.isSuccess else {
          errorBody += bytes
          continue
        }
        guard await write(bytes, to: sink) else { return }
      }
    } catch {
      failure = Failure(error, key: configuration.key)
    }
  }

  /// Hands over the error's body as well: for someone who has to look. When it cannot be kept, the outcome is as
  /// unknown as before.
  mutating func keepErrorBody(in sink: some ResponseSink) async {
    guard !errorBody.isEmpty, (try? await sink.write(errorBody)) != nil else { return }
    bytesInSink += errorBody.count
  }

  private mutating func write(_ bytes: [UInt8], to sink: some ResponseSink) async -> Bool {
    do {
      try await sink.write(bytes)
      bytesInSink += bytes.count
      return true
    } catch {
      failure = .sink("\(error)")
      return false
    }
  }
}

extension ResponseHead {
  var isSuccess: Bool { (200..<300).contains(status) }

  fileprivate init(_ response: HTTPClientResponse, redactedBy key: APIKey?) {
    self.init(
      status: Int(response.status.code),
      headers: response.headers.map { Header(name: $0.name, value: key?.redacted(from: $0.value) ?? $0.value) })
  }
}

extension Duration {
  /// At most a year, so that no sum of two overflows.
  var timeAmount: TimeAmount {
    let (seconds, attoseconds) = components
    return .nanoseconds(min(seconds, 365 * 86400) * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
