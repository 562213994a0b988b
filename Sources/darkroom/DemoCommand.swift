import ArgumentParser
import Daemon
import Foundation
import ImageAPI
import Logging
import Sandbox

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Runs the main job against the local API: no key, no network, no set-up.",
    discussion: """
      Starts the local API, drops four requests and a photo into an inbox, and publishes their outputs. Everything stays \
      in the folder for you to look at.
      """)

  @Option(help: ArgumentHelp("The folder to work in; it must be new or empty.", valueName: "dir"))
  var output: String?

  private static let drops: [(path: String, bytes: [UInt8])] = [
    ("photos/harbour.jpg", PackageResources.harbour_jpg),
    ("web/canal.json", PackageResources.canal_json),
    ("shop/mug.yaml", PackageResources.mug_yaml),
    ("print/gondola.json", PackageResources.gondola_json),
    ("night.yaml", PackageResources.night_yaml),
  ]

  func run() async throws {
    let folder = try Self.folder(output)
    try Self.dropRequests(into: folder)
    let (ports, port) = AsyncStream<Int>.makeStream()
    let charges = "\(folder)/charges.jsonl"
    let report = try await withThrowingTaskGroup(of: DaemonService.Report?.self) { group in
      group.addTask {
        let server = SandboxServer(configuration: SandboxConfiguration(chargesFile: charges)) { port.yield($0) }
        defer { port.finish() }
        try await server.run()
        return nil
      }
      group.addTask {
        for await port in ports { return try await Self.drain(folder, port: port) }
        return nil
      }
      defer { group.cancelAll() }
      for try await report in group where report != nil { return report }
      return nil
    }
    guard let report else { throw CommandFailure("the local API ended early", code: DarkroomCommand.Exit.someFailed) }
    Console.out(Self.tree(folder))
    try RunCommand.exit(for: report)
  }

  /// A new folder, numbered where nobody named one.
  private static func folder(_ wanted: String?) throws -> String {
    var candidate = URL(filePath: wanted ?? "darkroom-demo")
    var number = 1
    while let entries = try? FileManager.default.contentsOfDirectory(atPath: candidate.path(percentEncoded: false)),
      !entries.isEmpty
    {
      guard wanted == nil else {
        throw CommandFailure("\(candidate.path(percentEncoded: false)) is not empty; name a new folder")
      }
      number += 1
      candidate = URL(filePath: "darkroom-demo-\(number)")
    }
    return candidate.path(percentEncoded: false)
  }

  private static func dropRequests(into folder: String) throws {
    for drop in drops {
      let file = URL(filePath: "\(folder)/inbox/\(drop.path)")
      do {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(drop.bytes).write(to: file)
      } catch {
        throw CommandFailure("\(file.path(percentEncoded: false)) cannot be written: \(error.localizedDescription)")
      }
      Console.note("dropped    inbox/\(drop.path)", .quiet)
    }
  }

  private static func drain(_ folder: String, port: Int) async throws -> DaemonService.Report {
    let api = try APIConfiguration(baseURL: "http://127.0.0.1:\(port)/api/v1", key: try APIKey("demo"))
    let configuration = DaemonConfiguration(
      inbox: "\(folder)/inbox", output: "\(folder)/output", failed: "\(folder)/failed", spool: "\(folder)/spool",
      api: api, workers: max(ProcessInfo.processInfo.activeProcessorCount, 1), settling: .milliseconds(100))
    let service = DaemonService(
      configuration: configuration, pipelines: PipelineShelf(try Pipelines.catalog(folder: nil)), logger: .quiet,
      observer: EventLines.print)
    return try await service.drain()
  }

  /// What lies in the output tree, a line a file, the way `tree` shows it.
  private static func tree(_ folder: String) -> String {
    var lines = ["\(folder)/output"]
    func list(_ path: String, indent: String) {
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
        .filter { !$0.hasPrefix(".") }.sorted()
      for (index, name) in names.enumerated() {
        let isLast = index == names.count - 1
        lines.append(indent + (isLast ? "└── " : "├── ") + name)
        list("\(path)/\(name)", indent: indent + (isLast ? "    " : "│   "))
      }
    }
    list("\(folder)/output", indent: "")
    return lines.joined(separator: "\n")
  }
}
