import Codecs
import Foundation
import Workers

/// The settings that concern this machine alone: folders, workers, limits.
struct LocalSettings {
  var inbox: String
  var output: String
  var failed: String
  var spool: String
  /// The folder of pipeline files; `nil` for the pipelines that are built in.
  var pipelineFolder: String?
  /// The control socket; `nil` for none.
  var control: String?
  var workers: Int
  var limits: Limits
  /// Of the processes that open pictures.
  var worker: WorkerPool.Configuration

  init(_ settings: Settings) throws(SettingsError) {
    let state = "/var/lib/darkroom"
    inbox = try settings.path("inbox", default: state + "/inbox")
    output = try settings.path("output", default: state + "/output")
    failed = try settings.path("failed", default: state + "/failed")
    spool = try settings.path("spool", default: state + "/spool")
    try Self.checkApart([("inbox", inbox), ("output", output), ("failed", failed), ("spool", spool)])
    control =
      settings.text("control") == "none" ? nil : try settings.path("control", default: "/run/darkroom/control.sock")
    workers = try settings.integer(
      "workers", in: 1...256, default: max(ProcessInfo.processInfo.activeProcessorCount, 1))
    let standard = Limits()
    limits = Limits(
      pixels: try settings.integer("limits.pixels", in: 1...1_000_000_000, default: standard.pixels),
      bytes: try settings.integer("limits.bytes", in: 1...1 << 30, default: standard.bytes))
    let worker = WorkerPool.Configuration()
    self.worker = WorkerPool.Configuration(
      time: try settings.duration("limits.worker-time", default: worker.time, atLeast: .seconds(1)),
      memory: try settings.integer("limits.worker-memory", in: Self.leastMemory...1 << 40, default: worker.memory))
    let folder = try settings.path("pipelines", default: "/etc/darkroom/pipelines")
    let isThere = settings.has("pipelines") || FileManager.default.fileExists(atPath: folder)
    pipelineFolder = isThere ? folder : nil
  }

  /// A worker that has nothing to do takes a third of it: address space, most of which is never touched.
  private static let leastMemory = 256 << 20

  /// A tree within another would be taken for its contents: outputs for requests, the spool for outputs.
  private static func checkApart(_ trees: [(name: String, path: String)]) throws(SettingsError) {
    for (index, tree) in trees.enumerated() {
      for other in trees[..<index]
      where tree.path == other.path || tree.path.hasPrefix(other.path + "/") || other.path.hasPrefix(tree.path + "/") {
        throw SettingsError(
          origin: "\(other.name) and \(tree.name)",
          message: "\(other.path) and \(tree.path) lie in one another; give each a folder of its own")
      }
    }
  }
}
