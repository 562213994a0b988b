import Foundation
import Testing

/// Folders, a configuration and a local API for runs of the program.
final class Site: Sendable {
  let folder: String
  let configuration: String
  /// Of the API, as the configuration has it.
  let baseURL: String
  private let sandbox: Command?

  static let plainPipeline = """
    outputs:
      - file: "{name}.png"
    """

  /// Starts a local API of its own, unless the URL of another one is given.
  ///
  /// - Parameter options: of `darkroom sandbox`.
  init(
    pipelines: [String: String] = ["default": plainPipeline], settings: String = "", sandbox options: [String] = [],
    baseURL: String? = nil
  ) async throws {
    folder = NSTemporaryDirectory() + "darkroom-site-\(UUID().uuidString)"
    configuration = "\(folder)/darkroom.yaml"
    let portFile = "\(folder)/port"
    for name in ["inbox", "pipelines"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    for (name, text) in pipelines {
      try Data(text.utf8).write(to: URL(filePath: "\(folder)/pipelines/\(name).yaml"))
    }
    if let baseURL {
      self.baseURL = baseURL
      sandbox = nil
    } else {
      let sandbox = try Command(["sandbox", "--port-file", portFile, "--charges", "\(folder)/charges.jsonl"] + options)
      _ = try await sandbox.line(beginning: "serving")
      let port = try String(contentsOfFile: portFile, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
      self.baseURL = "http://127.0.0.1:\(port)/api/v1"
      self.sandbox = sandbox
    }
    try Data(
      """
      inbox: \(folder)/inbox
      output: \(folder)/output
      failed: \(folder)/failed
      spool: \(folder)/spool
      pipelines: \(folder)/pipelines
      control: \(folder)/control.sock
      api:
        base-url: \(self.baseURL)
        requests-per-minute: 10000
      intake: { settle: 50ms }
      \(settings)
      """.utf8
    ).write(to: URL(filePath: configuration))
  }

  deinit {
    sandbox?.signal(SIGTERM)
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Ends the local API; whoever calls it then finds nobody.
  func stopAPI() async {
    sandbox?.signal(SIGTERM)
    _ = await sandbox?.end()
  }

  func drop(_ bytes: [UInt8], as path: String) throws {
    let file = URL(filePath: "\(folder)/inbox/\(path)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func drop(_ text: String, as path: String) throws { try drop(Array(text.utf8), as: path) }

  func run(_ arguments: String..., beneath program: [String] = []) async throws -> Command.Ended {
    try await Command.run(arguments + ["--config", configuration], beneath: program)
  }

  /// Files beneath one of the folders, sorted; dot folders left out.
  func files(in tree: String) -> [String] {
    let root = "\(folder)/\(tree)"
    guard let paths = FileManager.default.enumerator(atPath: root) else { return [] }
    return paths.compactMap { $0 as? String }.filter { path in
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
      return exists && !isFolder.boolValue && !path.split(separator: "/").contains { $0.hasPrefix(".") }
    }.sorted()
  }

  /// All that lies in the site, folders and what is hidden too: kind, size, inode, and when it was changed.
  func inventory() -> [String: String] {
    var found: [String: String] = [:]
    let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    for path in [""] + paths {
      guard let facts = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)") else { continue }
      let changed = (facts[.modificationDate] as? Date)?.timeIntervalSince1970
      found[path] = "\(facts[.type] ?? ""), \(facts[.size] ?? ""), \(facts[.systemFileNumber] ?? ""), \(changed ?? 0)"
    }
    return found
  }

  func contents(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: "\(folder)/\(path)"))) }

  /// How many calls the local API has charged.
  func charges() throws -> Int {
    guard FileManager.default.fileExists(atPath: "\(folder)/charges.jsonl") else { return 0 }
    return try contents("charges.jsonl").split(separator: UInt8(ascii: "\n")).count
  }

  func json(_ path: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(try contents(path))) as? [String: Any])
  }
}
