import Codecs
import Foundation

/// The settings that concern this machine alone: folders, workers, limits.
struct LocalSettings {
  var inbox: String
  var output: String
  var failed: String
  var spool: String
  /// The folder of pipeline files; `nil` for the pipelines that are built in.
  var pipelineFolder: String?
  var workers: Int
  var limits: Limits

  init(_ settings: Settings) throws(SettingsError) {
    let state = "/var/lib/darkroom"
    inbox = try settings.path("inbox", default: state + "/inbox")
    output = try settings.path("output", default: state + "/output")
    failed = try settings.path("failed", default: state + "/failed")
    spool = try settings.path("spool", default: state + "/spool")
    workers = try settings.integer(
      "workers", in: 1...256, default: max(ProcessInfo.processInfo.activeProcessorCount, 1))
    let standard = Limits()
    limits = Limits(
      pixels: try settings.integer("limits.pixels", in: 1...1_000_000_000, default: standard.pixels),
      bytes: try settings.integer("limits.bytes", in: 1...1 << 30, default: standard.bytes))
    let folder = try settings.path("pipelines", default: "/etc/darkroom/pipelines")
    let isThere = settings.has("pipelines") || FileManager.default.fileExists(atPath: folder)
    pipelineFolder = isThere ? folder : nil
  }
}
