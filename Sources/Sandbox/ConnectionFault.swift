import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// What goes wrong with a connection, below HTTP.
enum ConnectionFault: String, Sendable {
  /// Closed before the first byte of the answer.
  case drop
  /// Closed after the headers and half of the promised body.
  case truncate

  /// Carries the wish from the answer to the connection, and never leaves the server.
  static let header: HTTPField.Name = {
    guard let name = HTTPField.Name("x-sandbox-connection-fault") else { preconditionFailure("a valid field name") }
    return name
  }()
}

/// Breaks the connection where an answer asks for it. Hummingbird finishes every answer it begins; only the channel can
/// do otherwise.
final class ConnectionBreaker: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// Bytes of the body still to be sent before the connection closes; `nil` is a whole answer.
  private var bytesLeft: Int?
  private var isBroken = false

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    // What follows the break is dropped quietly: a failed promise would be logged as a fault of the server's own.
    guard !isBroken else {
      promise?.succeed()
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(var head):
      let fault = head.headerFields[ConnectionFault.header].flatMap(ConnectionFault.init(rawValue:))
      head.headerFields[ConnectionFault.header] = nil
      switch fault {
      case nil:
        context.write(wrapOutboundOut(.head(head)), promise: promise)
      case .drop:
        promise?.succeed()
        breakConnection(context)
      case .truncate:
        bytesLeft = (head.headerFields[.contentLength].flatMap { Int($0) } ?? 0) / 2
        context.write(wrapOutboundOut(.head(head)), promise: promise)
      }
    case .body(var buffer):
      guard let left = bytesLeft else {
        context.write(data, promise: promise)
        return
      }
      guard left < buffer.readableBytes else {
        bytesLeft = left - buffer.readableBytes
        context.write(data, promise: promise)
        return
      }
      let half = buffer.readSlice(length: left) ?? ByteBuffer()
      context.writeAndFlush(wrapOutboundOut(.body(half)), promise: promise)
      breakConnection(context)
    case .end:
      context.write(data, promise: promise)
      if bytesLeft != nil { breakConnection(context) }
    }
  }

  private func breakConnection(_ context: ChannelHandlerContext) {
    isBroken = true
    context.close(promise: nil)
  }
}
