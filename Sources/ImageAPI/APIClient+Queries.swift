import Documents
import Synchronization

// Free calls. They go the same way as paid ones, a connection each, since they are few; but they may be repeated.

extension APIClient {
  /// `GET /billing/balance`: whether the account can pay for a call.
  public func canConsume() async throws(QueryError) -> Bool {
    let path = "/billing/balance"
    guard let canConsume = try await object(path).bool("canConsume") else {
      throw .unreadable(why: "'canConsume' is missing", path: path)
    }
    return canConsume
  }

  /// `GET /api_keys/rate_limits`: whether the key may be used. That it answers at all proves that the key is one.
  public func isAccessPermitted() async throws(QueryError) -> Bool {
    let path = "/api_keys/rate_limits"
    guard let isPermitted = try await object(path).object("data")?.bool("accessPermitted") else {
      throw .unreadable(why: "'data.accessPermitted' is missing", path: path)
    }
    return isPermitted
  }

  /// Names for `style_preset`. The vendor's documents show three shapes, all are read: `{"data": […]}` (the schema), a
  /// bare array (one page), and `styles[]` with a `name` each (another).
  public func styles() async throws(QueryError) -> [String] {
    let path = "/image/styles"
    let value = try await json(path)
    let items: [JSONValue]
    switch value {
    case .array(let list): items = list
    case .object(let object):
      guard case .array(let list)? = object["data"] ?? object["styles"] else {
        throw .unreadable(why: "it has neither 'data' nor 'styles'", path: path)
      }
      items = list
    case .null, .bool, .number, .string: throw .unreadable(why: "it is no list", path: path)
    }
    return items.compactMap { item in
      switch item {
      case .string(let name): name
      case .object(let object): object.string("name")
      case .null, .bool, .number, .array: nil
      }
    }
  }

  /// The entries of `GET /models` as the vendor sends them, each with an `id` and a `model_spec`.
  ///
  /// - Parameter type: `image`, `upscale`, `inpaint`, …; `nil` for the vendor's default.
  public func models(type: String? = nil) async throws(QueryError) -> [JSONObject] {
    let path = "/models" + (type.map { "?type=\($0)" } ?? "")
    let object = try await object(path)
    guard case .array? = object["data"] else { throw .unreadable(why: "'data' is missing", path: path) }
    return object.objects("data")
  }

  func object(_ path: String) async throws(QueryError) -> JSONObject {
    guard case .object(let object) = try await json(path) else {
      throw .unreadable(why: "it is no object", path: path)
    }
    return object
  }

  private func json(_ path: String) async throws(QueryError) -> JSONValue {
    let body = try await body(path)
    do {
      return try DocumentReader.json(body).value
    } catch {
      throw .unreadable(why: "\(error)", path: path)
    }
  }

  /// What may pass by itself (no connection, 500, 503, 502, …) is tried again; a refusal, a redirect and the end of
  /// patience are not.
  private func body(_ path: String) async throws(QueryError) -> [UInt8] {
    var pauses = configuration.queryPauses[...]
    while true {
      let sink = MemorySink()
      var request = newRequest(.GET, path: path)
      request.headers.add(name: "Accept", value: "application/json")
      request.headers.replaceOrAdd(name: "Accept-Encoding", value: "gzip")
      let exchange = await Exchange.run(
        request, configuration: configuration, timeLimit: min(configuration.timeout, .seconds(30)), into: sink)
      let failure: QueryError
      switch CallOutcome(exchange, configuration: configuration) {
      case .response(let head):
        let body = ContentCoding(head).decoded(sink.bytes, limit: configuration.responseLimit)
        guard let body else { throw .unreadable(why: "its compression cannot be undone", path: path) }
        return body
      case .refused(let refusal):
        failure = .refused(refusal, path: path)
        guard refusal.kind == .inferenceFailed || refusal.kind == .overloaded else { throw failure }
      case .notSent(let reason):
        failure = .unreachable(why: "\(reason)", path: path)
        guard reason != .cancelled else { throw failure }
      case .unknown(let outcome):
        failure = .unreachable(why: outcome.reason.words(status: outcome.head?.status), path: path)
        guard outcome.mayPass else { throw failure }
      }
      // Whoever has just failed needs a moment, and tells nobody when it is over.
      guard let pause = pauses.popFirst(), (try? await Task.sleep(for: pause)) != nil else { throw failure }
    }
  }
}

extension UnknownOutcome {
  fileprivate var mayPass: Bool {
    switch reason {
    case .connectionLost, .status, .timedOut: true
    case .uploadFailed, .notTheVendorsError, .redirect, .tooLarge, .notKept, .cancelled: false
    }
  }
}

/// Small answers stay in memory.
private final class MemorySink: ResponseSink {
  private let storage = Mutex<[UInt8]>([])

  var bytes: [UInt8] { storage.withLock { $0 } }

  func write(_ bytes: [UInt8]) async { storage.withLock { $0 += bytes } }
}
