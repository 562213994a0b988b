import Foundation
import Testing

/// Scenario 43 with the program itself: ends that nobody planned, and what the operator sees.
@Suite(.timeLimit(.minutes(3))) struct AfterCommandTests {
  private static let canal =
    #"{"generate": {"model": "venice-sd35", "prompt": "A canal", "width": 256, "height": 256}}"#

  /// A site whose command is a script in its folder, which it is told as `$1`.
  private func site(_ script: String, settings: String = "") async throws -> Site {
    let path = NSTemporaryDirectory() + "darkroom-after-\(UUID().uuidString)"
    try Data("#!/bin/sh\ncd \"$1\"\n\(script)\n".utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    // The output tree lies in the site's folder.
    return try await Site(
      pipelines: ["default": "\(Site.plainPipeline)\nafter: [run: [\(path), '{directory}/../..', '{name}']]\n"],
      settings: settings)
  }

  private func lines(_ file: String, in site: Site) -> [String] {
    (try? String(decoding: site.contents(file), as: UTF8.self).split(separator: "\n").map(String.init)) ?? []
  }

  /// A daemon whose command is at work, and has written its key.
  private func daemonAtItsCommand(in site: Site) async throws -> Command {
    let daemon = try Command(["run", "--config", site.configuration])
    try site.drop(Self.canal, as: "canal.json")
    _ = try await daemon.line(beginning: "delivering")
    while lines("keys", in: site).isEmpty { await Task.yield() }
    return daemon
  }

  @Test("a command that the daemon's SIGKILL cut short ends with it, and is run again with the same key (scenario 43)")
  func aCommandIsRunAgainAfterSIGKILL() async throws {
    let site = try await site(
      "echo $$ >> pids; echo $DARKROOM_KEY $DARKROOM_ATTEMPT >> keys; [ $(wc -l < keys) -ge 2 ] || exec sleep 100")
    let daemon = try await daemonAtItsCommand(in: site)
    daemon.signal(SIGKILL)
    _ = await daemon.end()
    let process = try #require(lines("pids", in: site).first.flatMap { Int32($0) })
    let deadline = ContinuousClock.now + .seconds(10)
    while kill(process, 0) == 0, .now < deadline { await Task.yield() }
    #expect(kill(process, 0) == -1)
    let again = try await site.run("run", "--once")
    #expect(again.status == 0, "\(again.notes)")
    let keys = lines("keys", in: site).map { $0.split(separator: " ") }
    #expect(keys.map { $0.last } == ["1", "2"])
    #expect(Set(keys.map { $0.first }).count == 1)
    #expect(try site.charges() == 1)
    #expect(site.files(in: "output") == ["canal/canal.png", "canal/manifest.json"])
  }

  @Test("a stop ends a command at once, and the next start runs it again (scenario 43)")
  func aStopEndsACommandAtOnce() async throws {
    let site = try await site(
      "echo $DARKROOM_KEY >> keys; [ $(wc -l < keys) -ge 2 ] || exec sleep 100")
    let daemon = try await daemonAtItsCommand(in: site)
    let before = ContinuousClock.now
    daemon.signal(SIGTERM)
    let end = await daemon.end()
    #expect(end.status == 0, "\(end.notes)")
    #expect(ContinuousClock.now - before < .seconds(10))
    #expect(!end.notes.contains("deferred"))
    #expect(try await site.run("run", "--once").status == 0)
    #expect(Set(lines("keys", in: site)).count == 1)
    #expect(lines("keys", in: site).count == 2)
  }

  @Test("--once exits with 1 when something was given up, and jobs show says what came of it (scenario 43)")
  func jobsShowSaysWhatCameOfIt() async throws {
    let site = try await site(
      "echo no such host >&2; exit 75", settings: "after: { give-up: 1s, timeout: 10s, concurrency: 2 }")
    try site.drop(Self.canal, as: "canal.json")
    let run = try await site.run("run", "--once")
    #expect(run.status == 1, "\(run.notes)")
    #expect(run.notes.contains("\ngiven up   "))
    #expect(run.notes.hasSuffix("1 published, 1 failed, 0 held, 0 waiting\n"))
    let list = try await site.run("jobs", "list", "--json")
    let job = try #require(
      (JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [String: Any])?["job"] as? String)
    let shown = try await site.run("jobs", "show", job)
    let line = try #require(shown.output.split(separator: "\n").first { $0.hasPrefix("after 1") })
    #expect(
      line.contains("run /") && line.contains("given up") && line.contains("it ended with status 75: no such host"))
    let json = try await site.run("jobs", "show", job, "--json")
    let document = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(document["state"] as? String == "published")
    let delivery = try #require((document["deliveries"] as? [[String: Any]])?.first)
    #expect(delivery["state"] as? String == "given-up")
    #expect(delivery["kind"] as? String == "run")
    #expect(delivery["number"] as? Int == 1)
  }

  @Test(arguments: [
    ("whsec_short", "has to hold whsec_ and 24 to 64 bytes in base64"), ("", "has to hold whsec_"),
    ("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX\nwhsec_GBkaGxwdHh8gISIjJCUmJygpKissLS4v\n", ""),
  ])
  func aSecretThatIsNoneIsSaidAtStart(text: String, words: String) async throws {
    let site = try await Site()
    try Data(text.utf8).write(to: URL(filePath: "\(site.folder)/secret"))
    let run = try await Command.run(
      ["check", "--config", site.configuration],
      environment: ["DARKROOM_AFTER_WEBHOOK_SECRET_FILE": "secret", "CREDENTIALS_DIRECTORY": site.folder])
    #expect(run.status == (words.isEmpty ? 0 : 2), "\(run.notes)")
    #expect(words.isEmpty || run.notes.contains(words), "\(run.notes)")
    #expect(!run.notes.contains("whsec_short"))
  }

  @Test func nobodyIsWarnedOfAfterAnyMore() async throws {
    let site = try await site("true")
    let run = try await site.run("check")
    #expect(run.status == 0)
    #expect(!run.notes.contains("after"))
  }
}
