import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Sends messages to other people's servers. It has no key of the API's and cannot send one.
///
/// Each message goes out over a connection of its own, which nobody else can have closed; no redirect is followed, and
/// nothing is repeated: whether to send again is the caller's decision.
public struct WebhookClient: Sendable {
  public struct Message: Sendable, Hashable {
    /// `http://` or `https://`.
    public var url: String
    /// Beside the content's type and length.
    public var headers: [ResponseHead.Header]
    public var body: [UInt8]

    public init(url: String, headers: [ResponseHead.Header], body: [UInt8]) {
      self.url = url
      self.headers = headers
      self.body = body
    }
  }

  public enum Outcome: Sendable, Hashable {
    /// The server answered.
    ///
    /// - body: its first ``bodyLimit`` bytes at most; empty for a 2xx, which needs no words.
    case answered(ResponseHead, body: [UInt8])
    /// No answer came; whether the message arrived is not known.
    case failed(String)
    /// The task was cancelled; whether the message arrived is not known.
    case cancelled
  }

  /// Of an answer's body, in bytes: what is beyond is not read.
  public static let bodyLimit = 4096

  /// Of one message, from its first step to the last byte that is read.
  public let timeout: Duration
  /// Tests replace it to trust their own server.
  var tls = TLSConfiguration.makeClientConfiguration()

  public init(timeout: Duration) {
    self.timeout = timeout
  }

  /// Sends one message as a POST of JSON. Ends when the server has answered, when the time is over, or soon after the
  /// task is cancelled.
  public func post(_ message: Message) async -> Outcome {
    guard message.headers.allSatisfy(Self.isSound) else { return .failed("a header's name or value cannot be sent") }
    var request = HTTPClientRequest(url: message.url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "Accept-Encoding", value: "identity")
    request.headers.add(name: "User-Agent", value: "darkroom")
    for header in message.headers { request.headers.add(name: header.name, value: header.value) }
    request.body = .bytes(ByteBuffer(bytes: message.body))

    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: min(timeout, .seconds(10)).timeAmount), decompression: .disabled)
    configuration.httpVersion = .http1Only
    configuration.maximumUsesPerConnection = 1
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
    let outcome = await withTimeLimit(timeout) { [request, timeout] in
      await Self.exchange(request, by: client, timeout: timeout)
    } onExpiry: { outcome in
      if case .cancelled = outcome { outcome = .failed("no answer within \(timeout)") }
    }
    // Nobody waits for the connection's end, which may take the network many seconds.
    client.shutdown { _ in }
    return outcome
  }

  private static func exchange(
    _ request: HTTPClientRequest, by client: HTTPClient, timeout: Duration
  ) async -> Outcome {
    do {
      try Task.checkCancellation()
      // Our own limit ends the exchange, body included; the library's deadline covers only the head.
      let response = try await client.execute(request, deadline: .now() + timeout.timeAmount + .hours(1))
      let head = ResponseHead(
        status: Int(response.status.code),
        headers: response.headers.map { ResponseHead.Header(name: $0.name, value: $0.value) })
      // The message has been taken: what else the server has to say changes nothing.
      if head.isSuccess { return .answered(head, body: []) }
      return .answered(head, body: await beginning(of: response.body))
    } catch {
      switch Exchange.Failure(error) {
      case .cancelled: return .cancelled
      case .timedOut: return .failed("no answer within \(timeout)")
      case .tls(let words): return .failed("TLS: \(words)")
      case .connection(let words), .upload(let words), .sink(let words): return .failed(words)
      case .tooLarge: return .failed("the answer is too large")
      }
    }
  }

  /// What came of it; an answer that breaks off still has its head.
  private static func beginning(of body: HTTPClientResponse.Body) async -> [UInt8] {
    var bytes: [UInt8] = []
    do {
      for try await piece in body {
        bytes += piece.readableBytesView.prefix(bodyLimit - bytes.count)
        if bytes.count == bodyLimit { break }
      }
    } catch {}
    return bytes
  }

  /// A name is a token, and a value is printable ASCII (RFC 9110 §5.1, §5.5): no line can be added to the head.
  private static func isSound(_ header: ResponseHead.Header) -> Bool {
    !header.name.isEmpty
      && header.name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
          true
        default: false
        }
      } && header.value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }
}
