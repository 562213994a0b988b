// The local API: a server on loopback that speaks the image vendor's API, draws its pictures itself, and fails on
// request. People try Darkroom against it without a key; tests learn from it what a paid service does on a bad day. It
// shares no code with the client, so that a mistake cannot cancel itself out.
//
// Failures: SandboxError, where the server cannot start or write its files. What a call gets wrong is a Refusal, which
// becomes the vendor's error body and never leaves the module.

import FoundationEssentials
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
    let routes = try routes()
    let (failures, failure) = AsyncStream<SandboxError>.makeStream()
    let application = Application(
      responder: CallbackResponder<BasicRequestContext> { request, _ in
        var reply = await routes.reply(to: request)
        if reply.isJSON, Gzip.isAccepted(by: request.headers[.acceptEncoding]) {
          // Without a thread for it, while the server stops, the answer goes out as it is.
          reply = (try? await ImageService.offCooperativePool { [reply] in reply.gzipped() }) ?? reply
        }
        return Self.response(reply)
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

  private func routes() throws(SandboxError) -> Routes {
    let account = Account(
      balance: USD(microdollars: configuration.balanceMicrodollars),
      requestsPerMinute: configuration.requestsPerMinute, blocksAfterFailures: configuration.blocksAfterFailures)
    let month: TimeInterval = 30 * 86_400
    let named = configuration.deprecated.flatMap { [$0.key] + [$0.value].compactMap(\.self) }.sorted()
    if let unknown = named.first(where: { !Catalogue.vendor.has($0) }) {
      throw .unknownModel(id: unknown)
    }
    let catalogue = Catalogue.vendor.deprecating(
      configuration.deprecated, removesAt: Date(timeIntervalSinceNow: month).iso8601Milliseconds)
    let history = UsageHistory()
    return Routes(
      images: ImageService(
        catalogue: catalogue, account: account,
        charges: try configuration.chargesFile.map { path throws(SandboxError) in try ChargeLog(path: path) },
        history: history, latency: configuration.latency, demandsX402: configuration.demandsX402),
      free: FreeEndpoints(
        catalogue: catalogue, account: account, history: history, requestsPerMinute: configuration.requestsPerMinute))
  }

  private static func response(_ reply: Reply) -> Response {
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
