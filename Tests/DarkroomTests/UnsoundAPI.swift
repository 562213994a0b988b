import Foundation
import Synchronization

/// `unsound_api.py`, with folders and a configuration for runs of the program against it.
final class UnsoundAPI: Sendable {
  /// A request as the server saw it.
  struct Seen: Decodable, Sendable {
    var time: Double
    var path: String
    var status: Int
    var usd: Double?
  }

  let folder: String
  let configuration: String
  private let process: Mutex<Process>

  /// - Parameter settings: more lines of the configuration.
  init(_ kind: String, settings: String = "") async throws {
    folder = NSTemporaryDirectory() + "darkroom-unsound-\(UUID().uuidString)"
    configuration = "\(folder)/darkroom.yaml"
    for name in ["inbox", "pipelines"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    try Data("\(Site.plainPipeline)\nverify: { on-mismatch: accept }\n".utf8)
      .write(to: URL(filePath: "\(folder)/pipelines/default.yaml"))
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: "unsound_api.py").path(), kind,
      "\(folder)/port", "\(folder)/seen.jsonl",
    ]
    process.environment = ["PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"]
    try process.run()
    self.process = Mutex(process)
    // The file is there once the program listens.
    while !FileManager.default.fileExists(atPath: "\(folder)/port") { try await Task.sleep(for: .milliseconds(20)) }
    let port = try String(contentsOfFile: "\(folder)/port", encoding: .utf8)
    try Data(
      """
      inbox: \(folder)/inbox
      output: \(folder)/output
      failed: \(folder)/failed
      spool: \(folder)/spool
      pipelines: \(folder)/pipelines
      api:
        base-url: http://127.0.0.1:\(port)/api/v1
        requests-per-minute: 100000
        concurrency: 8
        account-check: 100ms
      intake: { settle: 50ms }
      \(settings)
      """.utf8
    ).write(to: URL(filePath: configuration))
  }

  deinit {
    // It inherits a mask of signals that keeps SIGTERM from it.
    process.withLock { _ = kill($0.processIdentifier, SIGKILL) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  func drop(_ text: String, as path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(folder)/inbox/\(path)"))
  }

  /// In their order.
  func seen() throws -> [Seen] {
    guard let data = FileManager.default.contents(atPath: "\(folder)/seen.jsonl"), let end = data.lastIndex(of: 0x0A)
    else { return [] }
    // The last line may be on its way.
    return try data[..<end].split(separator: 0x0A).map { try JSONDecoder().decode(Seen.self, from: $0) }
  }

  /// Waits until paid calls came and then nothing more for a time, or more than `most` requests did.
  func requests(quiet: Duration, most: Int) async throws -> [Seen] {
    var count = -1
    var since = ContinuousClock.now
    while true {
      let seen = try seen()
      if seen.count != count { (count, since) = (seen.count, .now) }
      let isQuiet = .now - since > quiet && seen.contains { $0.path.contains("/image/generate") }
      if count > most || isQuiet { return seen }
      // Quiet is the lack of events: only looking again tells.
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  var charged: Double { get throws { try seen().compactMap(\.usd).reduce(0, +) } }

  func manifests() throws -> [[String: Any]] {
    let output = "\(folder)/output"
    return try FileManager.default.contentsOfDirectory(atPath: output).filter { !$0.hasPrefix(".") }.sorted()
      .compactMap { name in
        let data = try Data(contentsOf: URL(filePath: "\(output)/\(name)/manifest.json"))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any]
      }
  }
}
