import Documents
import Foundation
import Money

/// The configuration file and the environment as one flat list of settings: `api.timeout` in the file is
/// `DARKROOM_API_TIMEOUT` in the environment, which wins.
struct Settings {
  /// Where a value was written, for messages.
  struct Value {
    var text: String
    var origin: String
  }

  static let keys = [
    "inbox", "output", "failed", "spool", "pipelines", "control", "workers", "api.base-url", "api.key-file",
    "api.concurrency", "api.requests-per-minute", "api.timeout", "api.connect-timeout", "api.attempts",
    "api.account-check",
    "api.catalogue-refresh", "budget.per-job-usd", "budget.per-day-usd", "budget.unknown-model-usd", "budget.extra-usd",
    "limits.pixels", "limits.bytes", "limits.worker-memory", "limits.worker-time", "intake.settle",
    "intake.image-wait", "intake.rescan", "intake.poll", "retention.originals", "retention.records", "retention.bytes",
    "after.timeout", "after.give-up", "after.concurrency", "after.webhook-secret-file",
  ]

  private var values: [String: Value] = [:]

  /// - Parameters:
  ///   - file: the configuration file's path and bytes; `nil` where there is none.
  ///   - environment: of the process.
  init(file: (path: String, bytes: [UInt8])?, environment: [String: String]) throws(SettingsError) {
    if let file {
      let root: Node
      do {
        root = try DocumentReader.yaml(file.bytes, limits: DocumentLimits(bytes: 1 << 20))
      } catch {
        throw SettingsError(origin: "\(file.path), \(error.position)", message: error.reason)
      }
      try take(root, prefix: "", file: file.path)
    }
    for key in Self.keys {
      let name = Self.environmentName(of: key)
      if let text = environment[name] { values[key] = Value(text: text, origin: "$\(name)") }
    }
  }

  static func environmentName(of key: String) -> String {
    "DARKROOM_" + key.uppercased().replacing(".", with: "_").replacing("-", with: "_")
  }

  private mutating func take(_ node: Node, prefix: String, file: String) throws(SettingsError) {
    guard case .object(let entries) = node.content else {
      // A file of comments only is a configuration of defaults.
      if case .null = node.content, prefix.isEmpty { return }
      throw SettingsError(origin: "\(file), \(node.position)", message: "expected settings, found \(node.kind)")
    }
    for entry in entries {
      let key = prefix + entry.key
      let origin = "\(file), \(entry.keyPosition)"
      if Self.keys.contains(where: { $0.hasPrefix(key + ".") }) {
        try take(entry.node, prefix: key + ".", file: file)
        continue
      }
      guard Self.keys.contains(key) else {
        let hint = Self.keys.nearest(to: key).map { "; did you mean \"\($0)\"?" } ?? ""
        throw SettingsError(origin: origin, message: "\"\(key)\" is no setting\(hint)")
      }
      switch entry.node.content {
      case .string(let text), .number(let text): values[key] = Value(text: text, origin: origin)
      case .null, .bool, .array, .object:
        throw SettingsError(origin: origin, message: "\(key) has to be text or a number, not \(entry.node.kind)")
      }
    }
  }

  /// Whether anyone said anything of a setting.
  func has(_ key: String) -> Bool { values[key] != nil }

  func text(_ key: String) -> String? { values[key]?.text }

  /// A path; a relative one counts from the working directory.
  func path(_ key: String, default fallback: String) throws(SettingsError) -> String {
    guard let value = values[key] else { return fallback }
    guard !value.text.isEmpty else { throw SettingsError(origin: value.origin, message: "\(key) is empty") }
    return URL(filePath: value.text).standardizedFileURL.path(percentEncoded: false)
  }

  func integer(_ key: String, in range: ClosedRange<Int>, default fallback: Int) throws(SettingsError) -> Int {
    guard let value = values[key] else { return fallback }
    guard let number = Int(value.text), range.contains(number) else {
      throw SettingsError(
        origin: value.origin,
        message:
          "\(key) is \"\(value.text)\"; it has to be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// More is a slip of the pen, and sums of less always fit ``USD``. Prices of the catalogue have the same bound.
  private static let mostUSD = USD(microdollars: 1_000_000 * 1_000_000)

  /// An amount of US dollars: `25`, `0.05`; zero is one.
  func amount(_ key: String, default fallback: USD) throws(SettingsError) -> USD {
    guard let value = values[key] else { return fallback }
    guard let amount = USD(value.text), (.zero...Self.mostUSD).contains(amount) else {
      throw SettingsError(
        origin: value.origin,
        message: "\(key) is \"\(value.text)\"; it has to be US dollars such as 25 or 0.05, up to \(Self.mostUSD)")
    }
    return amount
  }

  /// An amount that limits; `none` is no limit.
  func limit(_ key: String, default fallback: USD) throws(SettingsError) -> USD? {
    text(key) == "none" ? nil : try amount(key, default: fallback)
  }

  /// A time that something is kept; `none` is for good.
  func lifetime(_ key: String, default fallback: Duration) throws(SettingsError) -> Duration? {
    text(key) == "none" ? nil : try duration(key, default: fallback)
  }

  /// `300s`, `5m`, `1h`, `30d`, `250ms`; more than zero.
  ///
  /// - Parameter least: whole seconds.
  func duration(
    _ key: String, default fallback: Duration, atLeast least: Duration? = nil
  ) throws(SettingsError) -> Duration {
    guard let value = values[key] else { return fallback }
    guard let duration = Duration(unitText: value.text) else {
      throw SettingsError(
        origin: value.origin,
        message: "\(key) is \"\(value.text)\"; it has to be a time such as 300s, 5m, 1h, 30d or 250ms")
    }
    if let least, duration < least {
      throw SettingsError(
        origin: value.origin,
        message: "\(key) is \"\(value.text)\"; it has to be at least \(least.components.seconds)s")
    }
    return duration
  }
}

/// What is wrong with a setting, and where it was written.
struct SettingsError: Error, Hashable, CustomStringConvertible {
  var origin: String
  var message: String

  var description: String { "\(origin): \(message)" }
}

extension Duration {
  /// Reads a number with its unit: `250ms`, `300s`, `5m`, `1h`, `30d`; `nil` for anything else, zero included.
  init?(unitText text: String) {
    let units: [(suffix: String, milliseconds: Int)] = [
      ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
    for unit in units where text.hasSuffix(unit.suffix) {
      guard let number = Int(text.dropLast(unit.suffix.count)), (1...1_000_000_000).contains(number) else { continue }
      self = .milliseconds(number * unit.milliseconds)
      return
    }
    return nil
  }
}
