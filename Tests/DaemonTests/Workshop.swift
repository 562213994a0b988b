import Codecs
import Foundation
import ImageAPI
import Ledger
import Logging
import Raster
import Requests
import Sandbox
import Synchronization
import Testing
import Workers

@testable import Daemon

/// A daemon with folders of its own, and the local API it calls.
final class Workshop: Sendable {
  let folder: String

  /// Small pictures, one output: what a test of the daemon needs of a pipeline.
  static let plain = """
    outputs:
      - file: "{name}.png"
        metadata: provenance
    """

  init() throws {
    folder = NSTemporaryDirectory() + "darkroom-\(UUID().uuidString)"
    for name in ["inbox", "pipelines"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: folder)
  }

  // MARK: Before

  func drop(_ text: String, as path: String) throws {
    try drop(Array(text.utf8), as: path)
  }

  func drop(_ bytes: [UInt8], as path: String) throws {
    let file = URL(filePath: "\(folder)/inbox/\(path)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  /// A request for one small picture, with whatever the prompt provokes.
  static func request(_ prompt: String, more: String = "") -> String {
    #"{"generate": {"model": "venice-sd35", "prompt": "\#(prompt)", "width": 256, "height": 256\#(more)}}"#
  }

  /// A PNG of stripes: large ones have few bytes.
  static func picture(width: Int, height: Int) -> [UInt8] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    // Each row but for its shade is like the others, and there are 256 of them.
    let rows = (0..<min(height, 256)).map { row -> [UInt8] in
      var pixels: [UInt8] = []
      for column in 0..<width { pixels += [UInt8(row), UInt8(column / 16 % 256), 128] }
      return pixels
    }
    for row in 0..<height { pixels += rows[row % 256] }
    let image = Image(size: Size(width: width, height: height), layout: .rgb8, pixels: pixels)
    return (try? PNG.encode(image, options: PNG.Options(compression: 1))) ?? []
  }

  // MARK: The run

  struct Settings: Sendable {
    var pipelines = ["default": Workshop.plain]
    var timeout = Duration.seconds(60)
    var retry = RetryPolicy(attempts: 4, firstDelay: .milliseconds(20), longestDelay: .milliseconds(100))
    var concurrency = 4
    var sandbox = SandboxConfiguration()
    var baseURL: String?
    var budget = Budget()
    var accountCheck = Duration.seconds(60)
    var requestsPerMinute = 10_000
    var catalogueLifetime = Duration.seconds(86_400)
    var after = AfterConfiguration(
      timeout: .seconds(20), home: "/nowhere", firstDelay: .milliseconds(20), longestDelay: .milliseconds(100))
    var rescan = Duration.seconds(60)
    var worker = WorkerPool.Configuration()
    var limits = Limits()
  }

  struct Run: Sendable {
    var report: DaemonService.Report
    var events: [DaemonEvent]
  }

  func configuration(_ settings: Settings, port: Int) throws -> DaemonConfiguration {
    let api = try APIConfiguration(
      baseURL: settings.baseURL ?? "http://127.0.0.1:\(port)/api/v1", key: try APIKey("test-key-of-the-workshop"),
      timeout: settings.timeout)
    return DaemonConfiguration(
      inbox: "\(folder)/inbox", output: "\(folder)/output", failed: "\(folder)/failed", spool: "\(folder)/spool",
      api: api, workers: 2, concurrency: settings.concurrency, requestsPerMinute: settings.requestsPerMinute,
      limits: settings.limits, worker: settings.worker, retry: settings.retry,
      settling: .milliseconds(50), accountCheck: settings.accountCheck, budget: settings.budget,
      catalogueLifetime: settings.catalogueLifetime, after: settings.after)
  }

  func catalog(_ settings: Settings) throws -> PipelineCatalog {
    PipelineCatalog(
      try settings.pipelines.map { try PipelineReader.read(Array($0.value.utf8), file: "\($0.key).yaml") })
  }

  /// Drains the inbox against the local API.
  func drain(_ settings: Settings = Settings()) async throws -> Run {
    try await withSandbox(settings) { port in try await self.drain(settings, port: port) }
  }

  func drain(_ settings: Settings = Settings(), port: Int) async throws -> Run {
    let events = Mutex<[DaemonEvent]>([])
    let service = DaemonService(
      configuration: try configuration(settings, port: port), pipelines: PipelineShelf(try catalog(settings)),
      logger: .silent
    ) { event in events.withLock { $0.append(event) } }
    let report = try await service.drain()
    return Run(report: report, events: events.withLock { $0 })
  }

  /// Runs `body` while the local API serves on a port of its own, its charges in ``charges()``.
  func withSandbox<Value: Sendable>(
    _ settings: Settings = Settings(), _ body: @escaping @Sendable (Int) async throws -> Value
  ) async throws -> Value {
    var sandbox = settings.sandbox
    sandbox.chargesFile = "\(folder)/charges.jsonl"
    let (ports, port) = AsyncStream<Int>.makeStream()
    let server = SandboxServer(configuration: sandbox) { port.yield($0) }
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask {
        try await server.run()
        return nil
      }
      group.addTask {
        for await port in ports { return try await body(port) }
        return nil
      }
      defer { group.cancelAll() }
      for try await value in group {
        if let value { return value }
      }
      throw CancellationError()
    }
  }

  // MARK: After

  struct Charge: Decodable, Sendable {
    var id: String
    var key: String?
    var endpoint: String
    var sha256: String
    var usd: Double
  }

  /// What the local API charged, in order.
  func charges() throws -> [Charge] {
    guard let data = FileManager.default.contents(atPath: "\(folder)/charges.jsonl") else { return [] }
    return try data.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Charge.self, from: $0) }
  }

  /// Paths of all files beneath one of the folders, sorted; dot folders left out.
  func files(in tree: String) -> [String] {
    let root = "\(folder)/\(tree)"
    guard let paths = FileManager.default.enumerator(atPath: root) else { return [] }
    return paths.compactMap { $0 as? String }.filter { path in
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
      return exists && !isFolder.boolValue && !path.split(separator: "/").contains { $0.hasPrefix(".") }
    }.sorted()
  }

  /// The folders of jobs in the spool, by the jobs' ids.
  var jobFolders: [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/spool")
    return (names ?? []).filter { UUID(uuidString: $0) != nil }
  }

  func contents(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(folder)/\(path)")))
  }

  /// A JSON file as a dictionary.
  func json(_ path: String) throws -> [String: Any] {
    try #require(
      JSONSerialization.jsonObject(with: Data(try contents(path))) as? [String: Any], "\(path) is no JSON object")
  }
}

extension Logger {
  static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
