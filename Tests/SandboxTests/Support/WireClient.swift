import NIOCore
import NIOPosix

/// An HTTP client of the tests' own, as plain as can be: bytes out, bytes in until the server closes. What the server
/// does to a connection is seen as it is.
struct WireClient: Sendable {
  struct Response: Sendable, Equatable {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var isWhole: Bool { headers["content-length"] == String(body.count) }
    var mediaType: String { String((headers["content-type"] ?? "").prefix { $0 != ";" }) }
  }

  let port: Int

  /// Sends one request and reads until the connection closes. `nil` when it closes without a byte.
  func exchange(
    _ method: String, _ path: String, headers: [String: String] = ["Authorization": "Bearer key"], body: [UInt8] = []
  ) async throws -> Response? {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
    return Self.parsed(try await raw(Array((head + "\r\n").utf8) + body))
  }

  /// Posts JSON text.
  func post(_ path: String, _ json: String, headers: [String: String] = [:]) async throws -> Response? {
    let all = ["Authorization": "Bearer key", "Content-Type": "application/json"].merging(headers) { $1 }
    return try await exchange("POST", path, headers: all, body: Array(json.utf8))
  }

  /// All bytes that come back until the connection closes.
  func raw(_ bytes: [UInt8]) async throws -> [UInt8] {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(bytes: bytes))
      var received: [UInt8] = []
      for try await buffer in inbound { received += Array(buffer: buffer) }
      return received
    }
  }

  private static func parsed(_ bytes: [UInt8]) -> Response? {
    guard !bytes.isEmpty, let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let sides = line.split(separator: ":", maxSplits: 1)
      headers[sides[0].lowercased()] = sides.count > 1 ? String(sides[1].drop { $0 == " " }) : ""
    }
    return Response(
      status: Int(lines[0].split(separator: " ")[1]) ?? 0, headers: headers, body: Array(bytes[end.upperBound...]))
  }
}

extension String {
  fileprivate func components(separatedBy separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
