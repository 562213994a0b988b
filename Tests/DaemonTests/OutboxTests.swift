import Foundation
import Ledger
import Spool
import Testing

@testable import Daemon

/// Scenario 43 from the request to the last attempt: commands and webhooks after publication.
@Suite(.timeLimit(.minutes(3))) struct OutboxTests {
  /// A workshop whose pipeline has these steps after it; `[…]` of each in YAML.
  private func settings(_ after: [String]) -> Workshop.Settings {
    var settings = Workshop.Settings()
    settings.pipelines["default"] =
      "\(Workshop.plain)\nafter:\n" + after.map { "  - \($0)" }.joined(separator: "\n") + "\n"
    return settings
  }

  /// An executable script in the workshop.
  private func script(_ text: String, in workshop: Workshop, as name: String = "publish") throws -> String {
    let path = "\(workshop.folder)/\(name)"
    try Data("#!/bin/sh\ncd \(workshop.folder)\n\(text)\n".utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  private func lines(_ file: String, in workshop: Workshop) throws -> [String] {
    String(decoding: try workshop.contents(file), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func deliveries(_ workshop: Workshop) throws -> [Delivery] {
    let ledger = try JobLedger(path: "\(workshop.folder)/spool/ledger.sqlite")
    return try ledger.jobs().flatMap { try ledger.deliveries(of: $0.id) }
  }

  private func states(_ workshop: Workshop) throws -> [JobState] {
    try JobLedger(path: "\(workshop.folder)/spool/ledger.sqlite").jobs().map(\.state)
  }

  /// What the `sqlite3` program does to the ledger.
  private func change(_ workshop: Workshop, _ sql: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/sqlite3")
    process.arguments = ["\(workshop.folder)/spool/ledger.sqlite", sql]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  // MARK: Commands

  @Test("a command that fails twice is run again with the same key, and the job is published throughout (scenario 43)")
  func aCommandThatFailsTwiceIsRunAgain() async throws {
    let workshop = try Workshop()
    let program = try script(
      """
      ls output/canal >> seen; echo "$DARKROOM_KEY $DARKROOM_ATTEMPT" >> keys
      echo "no. $(wc -l < keys)" >&2; [ "$(wc -l < keys)" -ge 3 ]
      """, in: workshop)
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain(settings(["run: [\(program)]"]))
    #expect(run.report == DaemonService.Report(published: 1))
    let keys = try lines("keys", in: workshop).map { $0.split(separator: " ").map(String.init) }
    #expect(keys.map { $0[1] } == ["1", "2", "3"])
    #expect(Set(keys.map { $0[0] }).count == 1)
    #expect(
      try lines("seen", in: workshop) == Array(repeating: ["canal.png", "manifest.json"], count: 3).flatMap(\.self))
    let delivery = try #require(try deliveries(workshop).first)
    #expect(delivery.state == .delivered)
    #expect(delivery.key == keys[0][0])
    #expect(delivery.attempts == 3)
    let job = delivery.job.description
    let events = run.events.filter {
      switch $0 {
      case .published, .delivering, .delivered, .deliveryDeferred, .deliveryGivenUp: true
      default: false
      }
    }
    let target = "run \(program)"
    #expect(events.first == .published(job: job, place: "canal", files: ["canal.png"], warnings: []))
    #expect(
      events.dropFirst().map { event in
        if case .deliveryDeferred(_, _, _, let reason) = event { reason } else { "\(event)" }
      } == [
        "\(DaemonEvent.delivering(job: job, target: target, attempt: 1))", "it ended with status 1: no. 1",
        "\(DaemonEvent.delivering(job: job, target: target, attempt: 2))", "it ended with status 1: no. 2",
        "\(DaemonEvent.delivering(job: job, target: target, attempt: 3))",
        "\(DaemonEvent.delivered(job: job, target: target))",
      ])
    // Nothing is done twice that was done.
    #expect(try await workshop.drain().report == DaemonService.Report())
    #expect(try lines("keys", in: workshop).count == 3)
  }

  @Test("a command gets its arguments and an environment without the daemon's secrets (scenario 43)")
  func aCommandGetsItsArgumentsAndNoSecrets() async throws {
    setenv("CREDENTIALS_DIRECTORY", "/run/credentials/of-the-test", 1)
    let workshop = try Workshop()
    let program = try script(
      "env | sort > env; printf '%s\\n' \"$@\" > args", in: workshop)
    try workshop.drop(
      Workshop.request("A canal").dropLast() + #", "output": "web", "labels": {"sku": "$(id) 'x"}}"#, as: "red mug.json"
    )
    let run = try await workshop.drain(
      settings([
        #"run: [\#(program), "{manifest}", "--sku={label.sku}", "{place}", "{pipeline} {name}", "{key}", "{job}"]"#
      ]))
    #expect(run.report == DaemonService.Report(published: 1), "\(run.events)")
    let delivery = try #require(try deliveries(workshop).first)
    let directory = "\(workshop.folder)/output/web/red mug"
    #expect(
      try lines("args", in: workshop) == [
        "\(directory)/manifest.json", "--sku=$(id) 'x", "web/red mug", "default red mug", delivery.key,
        delivery.job.description,
      ])
    #expect(
      try lines("env", in: workshop).filter { !$0.hasPrefix("PWD=") && !$0.hasPrefix("OLDPWD=") } == [
        "DARKROOM_ATTEMPT=1", "DARKROOM_DIRECTORY=\(directory)", "DARKROOM_JOB=\(delivery.job)",
        "DARKROOM_KEY=\(delivery.key)", "DARKROOM_MANIFEST=\(directory)/manifest.json", "DARKROOM_NAME=red mug",
        "DARKROOM_PIPELINE=default", "DARKROOM_PLACE=web/red mug", "HOME=/nowhere", "LANG=C.UTF-8",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      ])
    unsetenv("CREDENTIALS_DIRECTORY")
  }

  @Test("a command works in the published directory (scenario 43)")
  func aCommandWorksInThePublishedDirectory() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain(settings(["run: [/bin/cp, canal.png, \(workshop.folder)/copy.png]"]))
    #expect(run.report == DaemonService.Report(published: 1), "\(run.events)")
    #expect(try workshop.contents("copy.png") == workshop.contents("output/canal/canal.png"))
  }

  @Test("a command that hangs is ended at the time-out and run again (scenario 43)")
  func aCommandThatHangsIsEndedAndRunAgain() async throws {
    let workshop = try Workshop()
    let program = try script("echo x >> runs; [ $(wc -l < runs) -ge 2 ] || sleep 100", in: workshop)
    var settings = settings(["run: [\(program)]"])
    settings.after.timeout = .milliseconds(400)
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(try lines("runs", in: workshop).count == 2)
    #expect(
      run.events.compactMap { if case .deliveryDeferred(_, _, _, let reason) = $0 { reason } else { nil } }
        == ["it was ended after 0.4 seconds"])
  }

  @Test("what never works is given up, said, and leaves the job published; then the next comes (scenario 43)")
  func whatNeverWorksIsGivenUp() async throws {
    let workshop = try Workshop()
    var settings = settings([
      "run: [/bin/sh, -c, 'echo broken; exit 75']", "run: [/bin/touch, \(workshop.folder)/next]",
    ])
    settings.after.giveUp = .milliseconds(200)
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(published: 1, failed: 1))
    #expect(try states(workshop) == [.published])
    let all = try deliveries(workshop)
    #expect(all.map(\.state) == [.givenUp, .delivered])
    // 20 ms, 40, 80, 100 at most: at least three attempts in 200 ms of waiting, and not more than waiting allows.
    #expect((4...9).contains(all[0].attempts))
    #expect(all[0].waited <= .milliseconds(200))
    #expect(
      all[0].error == "it ended with status 75: broken; given up after \(all[0].attempts) attempts")
    #expect(
      run.events.contains(
        .deliveryGivenUp(job: all[0].job.description, target: all[0].words, reason: all[0].error ?? "")))
    #expect(FileManager.default.fileExists(atPath: "\(workshop.folder)/next"))
  }

  @Test("steps run in the order of the list: what follows a command waits for it (scenario 43)")
  func stepsRunInTheOrderOfTheList() async throws {
    let workshop = try Workshop()
    let receiver = try Receiver(in: workshop)
    let slow = try script(
      "echo x >> tries; sleep 0.2; [ $(wc -l < tries) -ge 3 ] || exit 1; wc -l < received.jsonl > before; echo 1 >> order",
      in: workshop, as: "slow")
    let second = try script("echo 2 >> order", in: workshop, as: "second")
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain(
      settings([
        "webhook: \(receiver.url("200/first"))", "run: [\(slow)]", "webhook: \(receiver.url("200/then"))",
        "run: [\(second)]",
      ]))
    #expect(run.report == DaemonService.Report(published: 1), "\(run.events)")
    #expect(try lines("order", in: workshop) == ["1", "2"])
    #expect(try lines("before", in: workshop) == ["1"])
    #expect(try receiver.requests().map(\.path) == ["/200/first", "/200/then"])
  }

  @Test("at most so many at once as configured, and all of them in the end (scenario 43)")
  func atMostSoManyAtOnce() async throws {
    let workshop = try Workshop()
    for index in 1...9 { try workshop.drop(Workshop.request("A canal"), as: "canal-\(index).json") }
    var settings = settings(["run: [\(workshop.folder)/publish]"])
    settings.after.concurrency = 3
    settings.after.firstDelay = .seconds(3000)
    settings.after.longestDelay = .seconds(3000)
    // There is no such program yet, and a drain does not wait that long.
    #expect(try await workshop.drain(settings).report == DaemonService.Report(published: 9, waiting: 9))
    _ = try script("touch at.$DARKROOM_NAME; ls at.* | wc -l >> counts; sleep 0.5; rm at.$DARKROOM_NAME", in: workshop)
    try change(workshop, "UPDATE deliveries SET not_before = 0")
    #expect(try await workshop.drain(settings).report == DaemonService.Report())
    let counts = try lines("counts", in: workshop).compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    #expect(counts.count == 9)
    #expect((2...3).contains(counts.max() ?? 0), "\(counts)")
  }

  @Test(
    "a request that cannot fill a command's arguments is refused before anything is paid (scenario 43)",
    arguments: [
      ("", #"the pipeline's command needs the label "sku" for "{label.sku}", and the request has none"#),
      (
        #", "labels": {"sku": "--delete"}"#,
        #""--delete" for "{label.sku}" would be an option to the pipeline's command; a value there must not begin with a hyphen"#
      ),
    ])
  func aRequestThatCannotFillACommandIsRefused(labels: String, error: String) async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal").dropLast() + labels + "}", as: "canal.json")
    let run = try await workshop.drain(settings([#"run: [/bin/true, "{label.sku}"]"#]))
    #expect(run.report == DaemonService.Report(failed: 1))
    #expect(try workshop.charges().isEmpty)
    #expect(try workshop.json("failed/canal.json.error.json")["error"] as? String == error)
  }

  @Test("a job in flight keeps what was to follow it when it was accepted (scenario 44)")
  func aJobInFlightKeepsWhatWasToFollow() async throws {
    let workshop = try Workshop()
    let first = settings(["run: [/usr/bin/touch, \(workshop.folder)/old]"])
    // Accepted, and waiting for the account.
    try workshop.drop(Workshop.request("A canal [sandbox:status=402;times=1]"), as: "canal.json")
    let (before, after) = try await workshop.withSandbox { [first] port in
      let before = try await workshop.drain(first, port: port)
      // The last task of the first daemon lets go of the spool a moment after its end.
      while (try? SpoolDirectory(path: "\(workshop.folder)/spool")) == nil { await Task.yield() }
      let later = settings(["run: [/usr/bin/touch, \(workshop.folder)/new]"])
      return (before, try await workshop.drain(later, port: port))
    }
    #expect(before.report == DaemonService.Report(waiting: 1))
    #expect(after.report == DaemonService.Report(published: 1), "\(after.events)")
    #expect(FileManager.default.fileExists(atPath: "\(workshop.folder)/old"))
    #expect(!FileManager.default.fileExists(atPath: "\(workshop.folder)/new"))
  }

  @Test("a crash between the rename and the ledger loses nothing that follows (scenarios 40, 43)")
  func aCrashBetweenTheRenameAndTheLedgerLosesNothing() async throws {
    let workshop = try Workshop()
    let receiver = try Receiver(in: workshop)
    let settings = settings(["webhook: \(receiver.url("200/x"))"])
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    _ = try await workshop.drain(settings)
    try change(
      workshop,
      """
      DELETE FROM outputs; DELETE FROM deliveries; UPDATE jobs SET state = 'responded', published = NULL;
      INSERT INTO places SELECT place, id FROM jobs;
      """)
    #expect(try await workshop.drain(settings).report == DaemonService.Report(published: 1))
    let requests = try receiver.requests()
    #expect(requests.count == 2)
    #expect(Set(requests.map(\.body)).count == 1)
  }

  // MARK: Webhooks

  @Test("a webhook is signed as Standard Webhooks has it, and says all that a receiver elsewhere needs (scenario 43)")
  func aWebhookIsSignedAndSaysAll() async throws {
    let workshop = try Workshop()
    let receiver = try Receiver(in: workshop)
    var settings = settings(["webhook: \(receiver.url("500,later,200/hook?token=1"))"])
    settings.after.secrets = [
      try #require(WebhookSecret("whsec_" + Data(repeating: 9, count: 24).base64EncodedString())),
      try #require(WebhookSecret(Receiver.secret)),
    ]
    try workshop.drop(
      Workshop.request("A canal").dropLast() + #", "labels": {"sku": "4711 webhook-id: forged"}}"#, as: "canal.json")
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(published: 1), "\(run.events)")
    let requests = try receiver.requests()
    try #require(requests.map(\.answer) == ["500", "later", "200"])
    // The second answer asked for a second.
    #expect(requests[2].at - requests[1].at >= 1)
    #expect(requests.map(\.signed) == [true, true, true])
    let delivery = try #require(try deliveries(workshop).first)
    for request in requests {
      #expect(request.path == "/500,later,200/hook?token=1")
      #expect(request["webhook-id"] == [delivery.key])
      #expect(request["idempotency-key"] == [delivery.key])
      #expect(request["content-type"] == ["application/json"])
      #expect(request["webhook-signature"].first?.split(separator: " ").count == 2)
      #expect(request["authorization"] == [])
      #expect(!request.headers.flatMap(\.self).contains { $0.contains("4711") || $0.contains("test-key") })
      #expect(request.body == requests[0].body)
    }
    let message = try requests[0].json
    let manifest = try workshop.json("output/canal/manifest.json")
    #expect(message["type"] as? String == "job.published")
    #expect(message["timestamp"] as? String == manifest["published"] as? String)
    let data = try #require(message["data"] as? [String: Any])
    #expect(data["job"] as? String == delivery.job.description)
    #expect(data["place"] as? String == "canal")
    #expect(try #require(data["manifest"] as? NSDictionary) == manifest as NSDictionary)
    let reasons = run.events.compactMap { if case .deliveryDeferred(_, _, _, let reason) = $0 { reason } else { nil } }
    #expect(reasons == ["status 500: because[31m | of it", "status 503: because[31m | of it"])
    // A token in the query is for the receiver alone.
    #expect(delivery.words == "webhook \(receiver.url("500,later,200/hook"))")
  }

  @Test("without a secret a webhook is unsigned; a redirect is not followed; 410 ends it at once (scenario 43)")
  func statusesMeanWhatStandardWebhooksSays() async throws {
    let workshop = try Workshop()
    let receiver = try Receiver(in: workshop)
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain(
      settings(
        ["301,204/moved", "410/gone", "long,200/long", "404,200/missing"].map { "webhook: \(receiver.url($0))" }))
    #expect(run.report == DaemonService.Report(published: 1, failed: 1))
    let requests = try receiver.requests()
    #expect(requests.allSatisfy { $0.signed == nil && $0["webhook-id"].count == 1 })
    #expect(
      Dictionary(grouping: requests, by: \.path).mapValues { $0.map(\.answer) } == [
        "/301,204/moved": ["301", "204"], "/410/gone": ["410"], "/long,200/long": ["long", "200"],
        "/404,200/missing": ["404", "200"],
      ])
    let all = try deliveries(workshop)
    #expect(all.map(\.state) == [.delivered, .givenUp, .delivered, .delivered])
    #expect(all[1].error == "status 410: because[31m | of it; the receiver wants no more messages")
    #expect(try states(workshop) == [.published])
  }

  @Test("a receiver that does not answer is asked again after the time-out (scenario 43)")
  func aReceiverThatDoesNotAnswerIsAskedAgain() async throws {
    let workshop = try Workshop()
    let receiver = try Receiver(in: workshop)
    var settings = settings(["webhook: \(receiver.url("hang,200/x"))", "webhook: http://127.0.0.1:1/closed"])
    settings.after.timeout = .milliseconds(500)
    settings.after.giveUp = .milliseconds(100)
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain(settings)
    #expect(run.report == DaemonService.Report(published: 1, failed: 1))
    #expect(try receiver.requests().map(\.answer) == ["hang", "200"])
    let all = try deliveries(workshop)
    #expect(all.map(\.state) == [.delivered, .givenUp])
    #expect(all[1].error?.contains("connection refused; given up after ") == true, "\(all[1].error ?? "")")
    #expect(
      run.events.contains { event in
        if case .deliveryDeferred(_, _, _, let reason) = event {
          reason == "no answer within 0.5 seconds"
        } else {
          false
        }
      })
  }
}
