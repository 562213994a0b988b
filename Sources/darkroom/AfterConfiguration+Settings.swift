import Daemon
import Foundation

extension AfterConfiguration {
  init(_ settings: Settings, environment: [String: String]) throws(SettingsError) {
    let standard = AfterConfiguration()
    self.init(
      timeout: try settings.duration("after.timeout", default: standard.timeout),
      giveUp: try settings.duration("after.give-up", default: standard.giveUp),
      concurrency: try settings.integer("after.concurrency", in: 1...64, default: standard.concurrency),
      secrets: try Self.secrets(settings, environment), home: environment["HOME"] ?? standard.home)
  }

  /// One a line; none where no file is named.
  private static func secrets(
    _ settings: Settings, _ environment: [String: String]
  ) throws(SettingsError) -> [WebhookSecret] {
    let key = "after.webhook-secret-file"
    guard let name = settings.text(key) else { return [] }
    guard let file = Configuration.credential(name, environment),
      let data = FileManager.default.contents(atPath: file)
    else {
      let place = name.hasPrefix("/") ? name : "\(name) beneath $CREDENTIALS_DIRECTORY"
      throw SettingsError(origin: key, message: "\(place) cannot be read")
    }
    let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    let secrets = lines.compactMap { WebhookSecret(String($0)) }
    // What is wrong with it is not shown: it may be a secret all the same.
    guard !secrets.isEmpty, secrets.count == lines.count else {
      throw SettingsError(
        origin: key,
        message: "\(file) has to hold whsec_ and 24 to 64 bytes in base64, one secret a line; make one with: "
          + WebhookSecret.recipe)
    }
    return secrets
  }
}
