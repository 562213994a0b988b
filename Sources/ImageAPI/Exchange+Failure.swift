import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

extension Exchange.Failure {
  /// What the network's errors mean; whether anything was sent is not theirs to say.
  ///
  /// - Parameter key: what no message may show; `nil` where no key is in use.
  init(_ error: any Error, key: APIKey? = nil) {
    let redacted = { (text: String) in key?.redacted(from: text) ?? text }
    switch error {
    case is CancellationError: self = .cancelled
    case let error as UploadFailure: self = .upload("\(error)")
    case let error as HTTPClientError where error == .cancelled: self = .cancelled
    case let error as HTTPClientError where error == .tlsHandshakeTimeout:
      self = .tls("the handshake took too long")
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
      self = .tls(redacted("\(error)"))
    default: self = .connection(redacted(Self.words(for: error)))
    }
  }

  private static func words(for error: any Error) -> String {
    switch error {
    case let error as HTTPClientError where error == .connectTimeout: "connecting took too long"
    case let error as HTTPClientError where error == .remoteConnectionClosed: "the other side closed it"
    case let error as HTTPClientError: error.shortDescription
    case let error as NIOConnectionError: causes(of: error).joined(separator: "; ")
    case let error as IOError: words(forErrno: error)
    default: "\(error)"
    }
  }

  private static func causes(of error: NIOConnectionError) -> [String] {
    let lookups = [error.dnsAError, error.dnsAAAAError].compactMap(\.self).map { "the name does not resolve (\($0))" }
    let attempts = error.connectionErrors.map { "\($0.target): \(words(for: $0.error))" }
    let all = lookups + attempts
    return all.isEmpty ? ["the name has no address"] : all
  }

  /// NIO's own text names the call that noticed, which misleads: a refused connection reads "connection reset".
  private static func words(forErrno error: IOError) -> String {
    switch error.errnoCode {
    case ECONNREFUSED: "connection refused"
    case ECONNRESET: "connection reset by the other side"
    case EPIPE: "the other side closed it"
    case ETIMEDOUT: "the network gave up (ETIMEDOUT)"
    case ENETUNREACH: "the network is unreachable"
    case EHOSTUNREACH: "the host is unreachable"
    default: error.description
    }
  }
}
