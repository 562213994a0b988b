import Foundation
import Testing

/// A server that takes webhooks, in Python; see `webhook_receiver.py`.
final class Receiver: Sendable {
  struct Request: Decodable, Sendable {
    /// Seconds since 1970.
    var at: Double
    var path: String
    var answer: String
    /// `nil` without a signature.
    var signed: Bool?
    var body: String
    var headers: [[String]]

    subscript(name: String) -> [String] { headers.filter { $0[0] == name }.map { $0[1] } }

    var json: [String: Any] {
      get throws {
        try #require(JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
      }
    }
  }

  static let secret = "whsec_" + Data(0..<32).base64EncodedString()

  let port: Int
  private let record: String
  private let process: Int32

  init(in workshop: Workshop) throws {
    record = "\(workshop.folder)/received.jsonl"
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: "webhook_receiver.py").path(), record,
      Self.secret,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    // Nothing of the tests' is held open by a receiver that outlives them.
    process.standardError = FileHandle.nullDevice
    try process.run()
    self.process = process.processIdentifier
    let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  deinit { kill(process, SIGKILL) }

  func url(_ path: String) -> String { "http://127.0.0.1:\(port)/\(path)" }

  /// What came, in order.
  func requests() throws -> [Request] {
    guard let data = FileManager.default.contents(atPath: record) else { return [] }
    return try data.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Request.self, from: $0) }
  }
}
