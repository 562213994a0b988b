import Catalogue
import Daemon
import Foundation
import ImageAPI
import Ledger
import Money

/// What the command was told, from its file and the environment, made into what the rooms take.
struct Configuration {
  static let defaultPath = "/etc/darkroom/darkroom.yaml"

  var daemon: DaemonConfiguration
  /// The folder of pipeline files; `nil` for the pipelines that are built in.
  var pipelineFolder: String?
  /// What is worth a word although everything can start.
  var warnings: [String] = []

  /// - Parameters:
  ///   - path: `--config`; without it `$DARKROOM_CONFIG`, then the default path if there is a file.
  ///   - needsKey: whether a missing key is an error, or a warning.
  static func load(
    path: String?, needsKey: Bool = true, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Configuration {
    try Configuration(
      settings(path: path, environment: environment), needsKey: needsKey, environment: environment)
  }

  /// The settings as they were written, see ``load(path:environment:)``.
  static func settings(
    path: String?, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Settings {
    let named = path ?? environment["DARKROOM_CONFIG"]
    let file = named ?? Self.defaultPath
    guard let data = FileManager.default.contents(atPath: file) else {
      if let named { throw SettingsError(origin: named, message: "the configuration file cannot be read") }
      return try Settings(file: nil, environment: environment)
    }
    return try Settings(file: (file, Array(data)), environment: environment)
  }

  init(_ settings: Settings, needsKey: Bool, environment: [String: String]) throws {
    let local = try LocalSettings(settings)
    let baseURL = settings.text("api.base-url") ?? APIConfiguration.defaultBaseURL
    let key: APIKey?
    do {
      key = try Self.key(settings, baseURL: baseURL, environment: environment)
    } catch let error as SettingsError where !needsKey {
      warnings.append("\(error)")
      key = nil
    }
    let api = try APIConfiguration(
      baseURL: baseURL, key: key,
      timeout: settings.duration("api.timeout", default: .seconds(300)),
      connectTimeout: settings.duration("api.connect-timeout", default: .seconds(10)))
    daemon = DaemonConfiguration(
      inbox: local.inbox, output: local.output, failed: local.failed, spool: local.spool, api: api,
      workers: local.workers, concurrency: try settings.integer("api.concurrency", in: 1...64, default: 4),
      requestsPerMinute: try settings.integer("api.requests-per-minute", in: 1...100_000, default: 20),
      limits: local.limits, worker: local.worker,
      retry: RetryPolicy(attempts: try settings.integer("api.attempts", in: 1...100, default: 6)),
      settling: try settings.duration("intake.settle", default: .seconds(1)),
      imageWait: try settings.duration("intake.image-wait", default: .seconds(60)),
      rescan: try settings.duration("intake.rescan", default: .seconds(60)),
      poll: try settings.duration("intake.poll", default: .seconds(1)),
      accountCheck: try settings.duration("api.account-check", default: .seconds(60)),
      budget: try Self.budget(settings), assumptions: try Self.assumptions(settings),
      catalogueLifetime: try settings.duration(
        "api.catalogue-refresh", default: .seconds(86_400), atLeast: .seconds(60)),
      retention: try Self.retention(settings), after: try AfterConfiguration(settings, environment: environment),
      control: local.control)
    pipelineFolder = local.pipelineFolder
  }

  static func budget(_ settings: Settings) throws(SettingsError) -> Budget {
    Budget(
      perJob: try settings.limit("budget.per-job-usd", default: USD(microdollars: 2_000_000)),
      perDay: try settings.limit("budget.per-day-usd", default: USD(microdollars: 25_000_000)))
  }

  static func retention(_ settings: Settings) throws(SettingsError) -> Retention {
    Retention(
      originals: try settings.lifetime("retention.originals", default: .seconds(30 * 86_400)),
      records: try settings.lifetime("retention.records", default: .seconds(365 * 86_400)),
      bytes: settings.text("retention.bytes").map { $0 == "none" } ?? true
        ? nil : Int64(try settings.integer("retention.bytes", in: 0...(1 << 60), default: 0)))
  }

  static func assumptions(_ settings: Settings) throws(SettingsError) -> PriceAssumptions {
    let standard = PriceAssumptions()
    return PriceAssumptions(
      unknownModel: try settings.amount("budget.unknown-model-usd", default: standard.unknownModel),
      extra: try settings.amount("budget.extra-usd", default: standard.extra))
  }

  /// The path of a secret's file: beneath `$CREDENTIALS_DIRECTORY` unless it is absolute; `nil` without that directory.
  static func credential(_ name: String, _ environment: [String: String]) -> String? {
    name.hasPrefix("/") ? name : environment["CREDENTIALS_DIRECTORY"].map { "\($0)/\(name)" }
  }

  /// The key comes from a file, or from the environment; an API on this machine takes any.
  private static func key(
    _ settings: Settings, baseURL: String, environment: [String: String]
  ) throws -> APIKey {
    let name = settings.text("api.key-file") ?? "venice-api-key"
    let file = credential(name, environment)
    if let file, let data = FileManager.default.contents(atPath: file) {
      return try APIKey(String(decoding: data, as: UTF8.self))
    }
    if let file, settings.has("api.key-file") {
      throw SettingsError(origin: "api.key-file", message: "\(file) cannot be read")
    }
    if let key = environment["VENICE_API_KEY"] { return try APIKey(key) }
    if let host = URL(string: baseURL)?.host(), ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host) {
      return try APIKey("local")
    }
    throw SettingsError(
      origin: "api.key-file",
      message: "there is no API key: put it in \(file ?? name + " (beneath $CREDENTIALS_DIRECTORY)"), "
        + "or in $VENICE_API_KEY")
  }
}
