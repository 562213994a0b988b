import Foundation
import Synchronization
import Testing

@testable import Daemon

/// An API whose every answer a test decides, and that remembers what it was sent: for what the local API does not do.
///
/// It serves one connection after the other, so that the handler sees requests in one order and may read and change what
/// is on the disk.
final class StubAPI: Sendable {
  struct Request: Sendable {
    var method: String
    /// Without `/api/v1`, with its query.
    var path: String
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var isPaid: Bool { method == "POST" }

    func contains(_ bytes: [UInt8]) -> Bool { Data(body).range(of: Data(bytes)) != nil }
  }

  struct Reply: Sendable {
    var status = 200
    var type = "application/json"
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    /// The connection closes without a word.
    var isLost = false

    static let lost = Reply(isLost: true)

    static func json(_ text: String, status: Int = 200, headers: [String: String] = [:]) -> Reply {
      Reply(status: status, headers: headers, body: Array(text.utf8))
    }

    static func refusal(_ status: Int, headers: [String: String] = [:]) -> Reply {
      json(#"{"error": "no"}"#, status: status, headers: headers)
    }

    /// What `generate` answers.
    static func generated(_ pictures: [UInt8]...) -> Reply {
      let texts = pictures.map { "\"\(Data($0).base64EncodedString())\"" }
      return json(#"{"id": "generate-1", "images": [\#(texts.joined(separator: ","))]}"#)
    }

    /// What the operations on a picture answer.
    static func picture(_ bytes: [UInt8]) -> Reply { Reply(type: "image/png", body: bytes) }
  }

  /// Prices without constraints. `tiered` costs 0.02 USD and at worst 0.05; `plain` costs 0.01.
  static let models = [
    "image": [
      #"{"id": "plain", "type": "image", "model_spec": {"pricing": {"generation": {"usd": 0.01}}}}"#,
      #"""
      {"id": "tiered", "type": "image",
        "model_spec": {"pricing": {"resolutions": {"1K": {"usd": 0.02}, "4K": {"usd": 0.05}}}}}
      """#,
      #"{"id": "bria-bg-remover", "type": "image", "model_spec": {"pricing": {"generation": {"usd": 0.03}}}}"#,
    ],
    "inpaint": [
      #"{"id": "firered-image-edit", "type": "inpaint", "model_spec": {"pricing": {"inpaint": {"usd": 0.04}}}}"#
    ],
    "upscale": [
      #"""
      {"id": "upscaler", "type": "upscale",
        "model_spec": {"pricing": {"upscale": {"2x": {"usd": 0.02}, "4x": {"usd": 0.08}}}}}
      """#
    ],
  ]

  let port: Int
  private let listener: CInt
  private let received = Mutex<[Request]>([])
  private let answer: @Sendable (Request) -> Reply?

  /// - Parameter answer: `nil` for what is answered in the usual way: models, styles, a balance, a key that works.
  init(_ answer: @escaping @Sendable (Request) -> Reply?) throws {
    self.answer = answer
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, address, &length) == 0
      }
    }
    try #require(bound)
    self.listener = listener
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { break }
        self?.serve(connection)
        close(connection)
      }
      // Here, and not before: another stub's listener may get the number.
      close(listener)
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// Every request, in order.
  var requests: [Request] { received.withLock { $0 } }
  /// The paid ones' paths.
  var calls: [String] { requests.filter(\.isPaid).map(\.path) }

  private func serve(_ connection: CInt) {
    guard let request = Self.read(connection) else { return }
    received.withLock { $0.append(request) }
    let reply = answer(request) ?? Self.usual(request)
    guard !reply.isLost else { return }
    var head = "HTTP/1.1 \(reply.status) Stub\r\nContent-Type: \(reply.type)\r\nConnection: close\r\n"
    for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
    head += "Content-Length: \(reply.body.count)\r\n\r\n"
    var left = (Array(head.utf8) + reply.body)[...]
    while !left.isEmpty {
      let written = left.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard written > 0 else { return }
      left = left.dropFirst(written)
    }
  }

  private static func read(_ connection: CInt) -> Request? {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    func more() -> Bool {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return false }
      data.append(contentsOf: buffer[..<count])
      return true
    }
    let blank = Data("\r\n\r\n".utf8)
    while data.range(of: blank) == nil { guard more() else { return nil } }
    guard let end = data.range(of: blank) else { return nil }
    let lines = String(decoding: data[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ").map(String.init)
    let length = lines.lazy.map { $0.lowercased() }.first { $0.hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
    while data.count < end.upperBound + (length ?? 0) { guard more() else { return nil } }
    return Request(
      method: words[0], path: words[1].replacing("/api/v1", with: ""), body: Array(data[end.upperBound...]))
  }

  private static func usual(_ request: Request) -> Reply {
    if request.path.hasPrefix("/models") {
      let type = request.path.split(separator: "=").last.map(String.init) ?? ""
      return .json(#"{"object": "list", "data": [\#((models[type] ?? []).joined(separator: ","))]}"#)
    }
    switch request.path {
    case "/image/styles": return .json(#"{"object": "list", "data": ["Anime"]}"#)
    case "/billing/balance":
      return .json(#"{"canConsume": true, "consumptionCurrency": "USD", "balances": {"usd": 1, "diem": 0}}"#)
    case "/api_keys/rate_limits": return .json(#"{"data": {"accessPermitted": true, "rateLimits": []}}"#)
    case "/image/generate": return .generated(Workshop.picture(width: 256, height: 256))
    default: return request.isPaid ? .picture(Workshop.picture(width: 256, height: 256)) : .refusal(404)
    }
  }
}
