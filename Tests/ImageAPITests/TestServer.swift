import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on loopback that speaks raw bytes, so that it can misbehave in every way a real one might.
final class TestServer: Sendable {
  struct Request: Sendable {
    /// Counted from 0 in the order of acceptance.
    let connection: Int
    let method: String
    let path: String
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    subscript(name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
  }

  enum Step: Sendable {
    case send([UInt8])
    case close
    /// RST instead of FIN.
    case reset

    static func send(_ text: String) -> Step { .send(Array(text.utf8)) }
  }

  struct Behaviour: Sendable {
    /// Done when the connection is accepted.
    var onAccept: [Step] = []
    /// Done when a whole request is there.
    var reply: @Sendable (Request) -> [Step] = { _ in [] }
    /// Done when the first byte of a request is there.
    var onFirstByte: [Step] = []
    /// Never reads what the client sends.
    var isDeaf = false
    var tls = false
  }

  private struct Records {
    var requests: [Request] = []
    var connections = 0
    var bytesReceived = 0
    var bytesFlushed = 0
    var bytesQueued = 0
  }

  private let records = Mutex(Records())
  let port: Int
  private let channel: any Channel

  var requests: [Request] { records.withLock { $0.requests } }
  var connections: Int { records.withLock { $0.connections } }
  var bytesReceived: Int { records.withLock { $0.bytesReceived } }
  /// Taken by the kernel.
  var bytesFlushed: Int { records.withLock { $0.bytesFlushed } }

  private init(_ behaviour: Behaviour) async throws {
    let own = Box()
    let context = behaviour.tls ? try Self.tlsContext() : nil
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.autoRead, value: !behaviour.isDeaf)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let server = own.server.withLock({ $0 }) else { throw ChannelError.alreadyClosed }
          if let context { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
          try channel.pipeline.syncOperations.addHandler(Connection(server: server, behaviour: behaviour))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress!.port!
    own.server.withLock { $0 = self }
  }

  /// Runs a server for as long as the body runs.
  static func with<R>(_ behaviour: Behaviour, _ body: (TestServer) async throws -> R) async throws -> R {
    let server = try await TestServer(behaviour)
    do {
      let result = try await body(server)
      try await server.channel.close()
      return result
    } catch {
      try? await server.channel.close()
      throw error
    }
  }

  /// A whole response with a body of known length.
  static func response(
    _ status: Int, _ headers: [(String, String)] = [], body: [UInt8] = [], type: String = "application/json"
  ) -> Step {
    var head = "HTTP/1.1 \(status) Whatever\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    return .send(Array("\(head)\r\n".utf8) + body)
  }

  /// Made for these tests with
  /// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost
  /// -addext "subjectAltName=DNS:localhost,IP:127.0.0.1"`.
  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBmjCCAUGgAwIBAgIUH+AbFQ6iqV4KYpcpTcCRnt0ejy0wCgYIKoZIzj0EAwIw
    FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA5MjcyNloYDzIxMjYxMDI4
    MDkyNzI2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
    PQMBBwNCAAS3rT9ex/JFC7/WMPChztAPSHKgJRdmVcFsZo7S5zNLxt14lyxu1y1o
    4mG/0TCjsYeKJqdrD+QZ49+Cd/Rkb8+ho28wbTAdBgNVHQ4EFgQUDBXsEL5tITMA
    aACoE5xBjygOeTswHwYDVR0jBBgwFoAUDBXsEL5tITMAaACoE5xBjygOeTswDwYD
    VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
    zj0EAwIDRwAwRAIgLS9JJD9dTGq838BU2JSU8W8qIRhY+OMhlx9iyCmFFSICIHoV
    crJ06hUSWMwn0FuAIGvx0+sEeEe39S+RCi4K9+bX
    -----END CERTIFICATE-----
    """
  private static let privateKey = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQguen5cCfH7ka8iGI/
    Asmph7kNOyMUaA/9VhP4NBmjfgShRANCAAS3rT9ex/JFC7/WMPChztAPSHKgJRdm
    VcFsZo7S5zNLxt14lyxu1y1o4mG/0TCjsYeKJqdrD+QZ49+Cd/Rkb8+h
    -----END PRIVATE KEY-----
    """

  private static func tlsContext() throws -> NIOSSLContext {
    let certificate = try NIOSSLCertificate(bytes: Array(certificate.utf8), format: .pem)
    let key = try NIOSSLPrivateKey(bytes: Array(privateKey.utf8), format: .pem)
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: [.certificate(certificate)], privateKey: .privateKey(key)))
  }

  private final class Box: Sendable {
    let server = Mutex<TestServer?>(nil)
  }

  private final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: TestServer
    private let behaviour: Behaviour
    private var number = 0
    private var received: [UInt8] = []
    private var hasBegun = false

    init(server: TestServer, behaviour: Behaviour) {
      self.server = server
      self.behaviour = behaviour
    }

    func channelActive(context: ChannelHandlerContext) {
      number = server.records.withLock {
        $0.connections += 1
        return $0.connections - 1
      }
      perform(behaviour.onAccept, context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = Array(unwrapInboundIn(data).readableBytesView)
      received += bytes
      server.records.withLock { $0.bytesReceived += bytes.count }
      if !hasBegun {
        hasBegun = true
        perform(behaviour.onFirstByte, context: context)
      }
      while let request = nextRequest() {
        server.records.withLock { $0.requests.append(request) }
        perform(behaviour.reply(request), context: context)
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }

    private func nextRequest() -> Request? {
      guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
      let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
      let headers = lines.dropFirst().map { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        return (name: String(parts[0]), value: parts[1].trimmingCharacters(in: .whitespaces))
      }
      let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
      guard received.count >= end.upperBound + length else { return nil }
      let words = lines[0].split(separator: " ").map(String.init)
      let body = Array(received[end.upperBound..<end.upperBound + length])
      received.removeFirst(end.upperBound + length)
      return Request(connection: number, method: words[0], path: words[1], headers: headers, body: body)
    }

    private func perform(_ steps: [Step], context: ChannelHandlerContext) {
      for step in steps {
        switch step {
        case .send(let bytes):
          for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
            let piece = bytes[start..<min(start + 1 << 20, bytes.count)]
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.whenSuccess { [server] in
              server.records.withLock { $0.bytesFlushed += piece.count }
            }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: piece)), promise: promise)
          }
        case .close: context.close(promise: nil)
        case .reset:
          (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            .assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
      }
    }
  }
}
