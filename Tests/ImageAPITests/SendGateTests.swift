import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import ImageAPI

struct SendGateTests {
  private let channel = EmbeddedChannel()
  private let gate = SendGate()

  private func join() throws {
    let joined = gate.join(channel)
    channel.embeddedEventLoop.run()
    try joined.wait()
  }

  private func writeHead() {
    let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
    channel.writeAndFlush(HTTPClientRequestPart.head(head), promise: nil)
  }

  @Test func connectionThatCarriedNothing_isKnown() throws {
    try channel.pipeline.syncOperations.addHandler(HTTPRequestEncoder())
    try join()
    #expect(!gate.close())
  }

  @Test func firstByte_isSeen() throws {
    try channel.pipeline.syncOperations.addHandler(HTTPRequestEncoder())
    try join()
    writeHead()
    #expect(try channel.readOutbound(as: IOData.self) != nil)
    #expect(gate.close())
    #expect(gate.close())
  }

  /// A connection that comes up after the call was given up.
  @Test func closedGate_letsNothingOutAndClosesTheConnection() throws {
    try channel.connect(to: SocketAddress(unixDomainSocketPath: "/nowhere")).wait()
    try channel.pipeline.syncOperations.addHandler(HTTPRequestEncoder())
    try join()
    #expect(!gate.close())
    writeHead()
    #expect(try channel.readOutbound(as: IOData.self) == nil)
    #expect(!channel.isActive)
    #expect(!gate.close())
  }

  @Test func pipelineWithoutTheEncoder_isRefused() {
    #expect(throws: (any Error).self) { try join() }
  }
}
