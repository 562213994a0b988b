// The local API: a server on loopback that speaks the image vendor's API, draws its pictures itself, and fails on
// request. People try Darkroom against it without a key; tests learn from it what a paid service does on a bad day. It
// shares no code with the client, so that a mistake cannot cancel itself out.
//
// Failures: SandboxError, where the server cannot start or write its files. What a call gets wrong is a Refusal, which
// becomes the vendor's error body and never leaves the module.

import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTPTypes
import ServiceLifecycle

/// Serves until its task is cancelled or its service group shuts down.
public struct SandboxServer: Service {
  /// The one bearer token that is refused with 401: what an expired or mistyped key looks like. Any other is accepted.
  public static let rejectedKey = "sandbox-rejected-key"

  /// Bytes of a request body; more is a 413. A 25 MB picture in base64 fits three times.
  private static let bodyLimit = 128 << 20

  private let configuration: SandboxConfiguration
  private let logger: Logger
  private let onReady: @Sendable (Int) async -> Void

  /// - Parameter onReady: told the port once connections are accepted, after the port file is written.
  public init(
    configuration: SandboxConfiguration, logger: Logger? = nil,
    onReady: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.logger = logger ?? Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
    self.onReady = onReady
  }

  /// - Throws: `SandboxError`.
  public func run() async throws {
    let account = Account(
      balance: USD(microdollars: configuration.balanceUSD * 1_000_000),
      requestsPerMinute: configuration.requestsPerMinute, blocksAfterFailures: configuration.blocksAfterFailures)
    let images = ImageService(
      catalogue: .vendor, account: account,
      charges: try configuration.chargesFile.map { path throws(SandboxError) in try ChargeLog(path: path) },
      latency: configuration.latency)
    let free = FreeEndpoints(
      catalogue: .vendor, account: account, requestsPerMinute: configuration.requestsPerMinute)
    let (failures, failure) = AsyncStream<SandboxError>.makeStream()
    let application = Application(
      responder: CallbackResponder<BasicRequestContext> { request, _ in
        let reply = await Self.reply(to: request, images: images, free: free)
        return try Self.response(reply)
      },
      server: .http1(configuration: .init(additionalChannelHandlers: [ConnectionBreaker()])),
      configuration: .init(address: .hostname("127.0.0.1", port: configuration.port), serverName: "darkroom-sandbox"),
      onServerRunning: { [configuration, onReady] channel in
        guard let port = channel.localAddress?.port else { return }
        do throws(SandboxError) {
          if let path = configuration.portFile { try PortFile.write(port, to: path) }
        } catch {
          failure.yield(error)
          return
        }
        await onReady(port)
      },
      logger: logger)
    try await withThrowingTaskGroup { group in
      group.addTask { try await application.run() }
      group.addTask {
        for await error in failures { throw error }
      }
      defer { group.cancelAll() }
      do {
        try await group.next()
      } catch let error as IOError {
        throw SandboxError.cannotListen(port: configuration.port, reason: error.description)
      } catch is CancellationError {
        return
      }
    }
  }

  private static func reply(to request: Request, images: ImageService, free: FreeEndpoints) async -> Reply {
    var path = request.uri.path
    if path.hasPrefix("/api/v1/") { path.removeFirst("/api/v1".count) }
    let key = request.headers[.authorization].flatMap(bearerToken)
    let isAuthorized = key != nil && key != rejectedKey
    switch (request.method, path) {
    case (.get, "/models"):
      // The one endpoint that the vendor's schema gives no 401.
      return free.models(type: request.uri.queryParameters["type"].map(String.init))
    case (.get, "/image/styles") where isAuthorized: return free.styles
    case (.get, "/billing/balance") where isAuthorized: return free.balance
    case (.get, "/api_keys/rate_limits") where isAuthorized: return free.rateLimits
    case (.get, "/image/styles"), (.get, "/billing/balance"), (.get, "/api_keys/rate_limits"):
      return Reply(Refusal(status: 401, message: "Authentication failed"))
    case (.post, _):
      guard let endpoint = PaidEndpoint(rawValue: path) else { break }
      guard let key, isAuthorized else { return Reply(Refusal(status: 401, message: "Authentication failed")) }
      guard let body = try? await request.body.collect(upTo: bodyLimit) else {
        return Reply(Refusal(status: 413, message: "The request body is too large"))
      }
      return await images.reply(
        to: ImageService.Call(
          endpoint: endpoint, key: key, idempotencyKey: idempotencyKey(request),
          contentType: request.headers[.contentType] ?? "", body: Array(buffer: body)))
    default: break
    }
    return Reply(Refusal(status: 404, message: "Not found: \(request.method.rawValue) \(path)"))
  }

  private static func bearerToken(_ header: String) -> String? {
    let parts = header.split(separator: " ")
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }

  private static func idempotencyKey(_ request: Request) -> String? {
    HTTPField.Name("Idempotency-Key").flatMap { request.headers[$0] }
  }

  private static func response(_ reply: Reply) throws -> Response {
    var headers: HTTPFields = [.contentType: reply.mediaType]
    for (name, value) in reply.headers {
      guard let name = HTTPField.Name(name) else { continue }
      headers[name] = value
    }
    headers[ConnectionFault.header] = reply.fault?.rawValue
    return Response(
      status: HTTPResponse.Status(code: reply.status), headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
  }
}
