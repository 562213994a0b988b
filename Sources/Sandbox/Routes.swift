import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// Leads each request to what answers it, beneath `/api/v1` or beneath nothing.
struct Routes: Sendable {
  let images: ImageService
  let free: FreeEndpoints

  /// Bytes of a request body; more is a 413. A 25 MB picture in base64 fits three times.
  private static let bodyLimit = 128 << 20

  func reply(to request: Request) async -> Reply {
    do throws(Refusal) { return try await answer(to: request) } catch { return Reply(error) }
  }

  private func answer(to request: Request) async throws(Refusal) -> Reply {
    var path = request.uri.path
    if path.hasPrefix("/api/v1/") { path.removeFirst("/api/v1".count) }
    switch (request.method, path) {
    case (.get, "/models"):
      // The one endpoint that the vendor's schema gives no 401.
      return free.models(type: request.uri.queryParameters["type"].map(String.init))
    case (.get, "/image/styles"):
      _ = try key(of: request)
      return free.styles
    case (.get, "/billing/balance"):
      _ = try key(of: request)
      return free.balance
    case (.get, "/billing/usage-history"):
      _ = try key(of: request)
      return try free.usage(request.uri.queryParameters.map { (String($0.key), String($0.value)) })
    case (.get, "/api_keys/rate_limits"):
      _ = try key(of: request)
      return free.rateLimits
    case (.post, "/sandbox/balance"): return try free.topUp(try await body(of: request))
    case (.post, _):
      guard let endpoint = PaidEndpoint(rawValue: path) else { break }
      if images.demandsX402, request.headers[.authorization] == nil { return PaymentRequired.discovery(endpoint) }
      let key = try key(of: request)
      return await images.reply(
        to: ImageService.Call(
          endpoint: endpoint, key: key, idempotencyKey: Self.idempotencyKey(request),
          contentType: request.headers[.contentType] ?? "", body: try await body(of: request)))
    default: break
    }
    throw Refusal(status: 404, message: "Not found: \(request.method.rawValue) \(path)")
  }

  private func body(of request: Request) async throws(Refusal) -> [UInt8] {
    guard let body = try? await request.body.collect(upTo: Self.bodyLimit) else {
      throw Refusal(status: 413, message: "The request body is too large")
    }
    return Array(buffer: body)
  }

  private func key(of request: Request) throws(Refusal) -> String {
    guard let key = request.headers[.authorization].flatMap(Self.bearerToken), key != SandboxServer.rejectedKey else {
      throw Refusal(status: 401, message: "Authentication failed")
    }
    return key
  }

  private static func bearerToken(_ header: String) -> String? {
    let parts = header.split(separator: " ")
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }

  private static func idempotencyKey(_ request: Request) -> String? {
    HTTPField.Name("Idempotency-Key").flatMap { request.headers[$0] }
  }
}
