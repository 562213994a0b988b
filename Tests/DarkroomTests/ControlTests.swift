import Foundation
import Testing

/// The control socket, and the operator's words, with the built program: people of the daemon's group who have no rights
/// on the spool ask and are answered.
@Suite(.timeLimit(.minutes(3))) struct ControlTests {
  private static func canal(_ directive: String = "") -> String {
    #"{"generate": {"model": "venice-sd35", "prompt": "A canal \#(directive)", "width": 256, "height": 256}}"#
  }

  /// Neither user nor group has a name, nor anything but what the test gives them.
  private static let member = Command.User(user: 54_321, group: 4242)
  private static let stranger = Command.User(user: 54_322, group: 4243)

  private func site() async throws -> Site {
    let site = try await Site()
    try FileManager.default.setAttributes(
      [.groupOwnerAccountID: 4242, .posixPermissions: 0o775], ofItemAtPath: "\(site.folder)/inbox")
    return site
  }

  private func jobs(_ site: Site, _ arguments: String..., as user: Command.User? = nil) async throws -> Command.Ended {
    try await Command.run(["jobs"] + arguments + ["--config", site.configuration], as: user)
  }

  /// The documents of a list, one a line.
  private func documents(_ run: Command.Ended) throws -> [[String: Any]] {
    try run.output.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  private func daemon(_ site: Site, environment: [String: String] = [:]) throws -> Command {
    try Command(["run", "--config", site.configuration], environment: environment)
  }

  private func stop(_ daemon: Command) async {
    daemon.signal(SIGTERM)
    #expect(await daemon.end().status == 0)
  }

  // MARK: Rights

  @Test(.enabled(if: getuid() == 0, "it takes root to be somebody else"))
  func aMemberOfTheGroupIsAnsweredWithoutRightsOnTheSpool() async throws {
    let site = try await site()
    try site.drop(Self.canal(), as: "canal.json")
    try site.drop(Self.canal("[sandbox:status=400]"), as: "bad.json")
    let running = try daemon(site)
    _ = try await running.line(beginning: "published")
    let list = try await jobs(site, "list", "--json", "--state", "published", as: Self.member)
    let listed = try documents(list)
    #expect(listed.map { $0["place"] as? String } == ["canal"])
    let id = try #require(listed.first?["job"] as? String)
    let show = try await jobs(site, "show", String(id.prefix(30)), as: Self.member)
    #expect(show.status == 0 && show.output.contains("canal.png 256x256"), "\(show)")
    #expect(try await jobs(site, as: Self.member).output.contains("venice-sd35"))
    #expect(try await jobs(site, "queue", as: Self.member).output.hasPrefix("PIPELINE"))

    // The submitter's file is theirs; what appears in the inbox is the daemon's to remove.
    try Data(Self.canal().utf8).write(to: URL(filePath: "\(site.folder)/second.json"))
    let submit = try await Command.run(
      ["submit", "--wait", "--config", site.configuration, "\(site.folder)/second.json"], as: Self.member)
    #expect(submit.status == 0, "\(submit)")
    #expect(submit.notes.contains("published  second.json: second/"))
    try Data(Self.canal("[sandbox:drop]").utf8).write(to: URL(filePath: "\(site.folder)/third.json"))
    let held = try await Command.run(
      ["submit", "--wait", "--config", site.configuration, "\(site.folder)/third.json"], as: Self.member)
    #expect(held.status == 1 && held.notes.contains("held  "), "\(held)")

    let cancel = try await jobs(site, "cancel", "--state", "held", as: Self.member)
    #expect(cancel.status == 0 && cancel.output.hasPrefix("done"), "\(cancel)")
    // Who said so is in the daemon's log, as the kernel knows them.
    #expect(try await running.line(beginning: "operator   cancel").contains("by uid 54321 (process "))

    let denied = try await jobs(site, "list", as: Self.stranger)
    #expect(denied.status == 1)
    #expect(denied.notes.contains("permission denied: you are not in the group 4242"), "\(denied)")
    await stop(running)

    let alone = try await jobs(site, "list", as: Self.member)
    #expect(alone.status == 1)
    #expect(
      alone.notes.contains("no daemon listens at \(site.folder)/control.sock; and you have no rights on the ledger"))
    try Data(Self.canal().utf8).write(to: URL(filePath: "\(site.folder)/fourth.json"))
    let nobody = try await Command.run(
      ["submit", "--wait", "--config", site.configuration, "\(site.folder)/fourth.json"], as: Self.member)
    #expect(nobody.status == 75 && nobody.notes.contains("no daemon listens at"), "\(nobody)")
    #expect(FileManager.default.fileExists(atPath: "\(site.folder)/inbox/fourth.json"))
  }

  /// As a package sets it up: the daemon is a user of its own.
  @Test(.enabled(if: getuid() == 0, "it takes root to be somebody else"))
  func rootAndTheDaemonsOwnUserAreAnsweredWithAndWithoutIt() async throws {
    let site = try await site()
    let owner = Command.User(user: 54_323, group: 4242)
    try site.drop(Self.canal("[sandbox:drop]"), as: "canal.json")
    for path in ["", "/inbox", "/inbox/canal.json"] {
      try FileManager.default.setAttributes(
        [.ownerAccountID: owner.user, .groupOwnerAccountID: owner.group], ofItemAtPath: site.folder + path)
    }
    let running = try Command(["run", "--config", site.configuration], as: owner)
    _ = try await running.line(beginning: "held")
    for user in [nil, owner, Self.member] {
      let list = try await jobs(site, "list", "--json", as: user)
      #expect(try documents(list).map { $0["state"] as? String } == ["held"], "\(list)")
    }
    #expect(try await jobs(site, "list", as: Self.stranger).status == 1)
    await stop(running)

    #expect(try documents(try await jobs(site, "list", "--json", as: owner)).count == 1)
    #expect(try await jobs(site, "release", "ALL", "--yes", as: owner).output.hasPrefix("done"))
    #expect(try await jobs(site, "hold", "ALL").output.hasPrefix("done"))
    #expect(try await jobs(site, "cancel", "ALL").output.hasPrefix("done"))
    // What root said is the daemon's to read.
    let paths = try FileManager.default.subpathsOfDirectory(atPath: site.folder)
    let kept = paths.filter { $0.hasPrefix("spool") || $0.hasPrefix("failed") }
    #expect(kept.contains("spool/ledger.sqlite") && kept.contains("failed/canal.json.error.json"), "\(kept)")
    for path in kept {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(site.folder)/\(path)")
      #expect(attributes[.ownerAccountID] as? Int == owner.user, "\(path)")
    }
  }

  @Test func theSocketGoesWithTheDaemonAndAStaleOneIsReplaced() async throws {
    let site = try await site()
    let path = "\(site.folder)/control.sock"
    let first = try daemon(site)
    try site.drop(Self.canal(), as: "canal.json")
    _ = try await first.line(beginning: "published")
    first.signal(SIGKILL)
    _ = await first.end()
    #expect(FileManager.default.fileExists(atPath: path))
    let second = try daemon(site)
    try site.drop(Self.canal(), as: "again.json")
    _ = try await second.line(beginning: "published")
    #expect(try documents(try await jobs(site, "list", "--json")).count == 2)
    await stop(second)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func aDaemonWithoutASocketSaysSoOnceAndWorks() async throws {
    let site = try await site()
    let running = try daemon(site, environment: ["DARKROOM_CONTROL": "/nowhere/control.sock"])
    #expect(
      try await running.line(beginning: "control").contains(
        "off: /nowhere/control.sock: the control socket cannot be made: No such file or directory"))
    try site.drop(Self.canal(), as: "canal.json")
    _ = try await running.line(beginning: "published")
    // Reading needs no lock; a word that changes something does.
    #expect(try await jobs(site, "list").status == 0)
    let word = try await jobs(site, "reprocess", "ALL")
    #expect(word.status == 75, "\(word)")
    #expect(word.notes.contains("works on \(site.folder)/spool, and cannot be told: no daemon listens at"), "\(word)")
    running.signal(SIGTERM)
    let end = await running.end()
    #expect(end.status == 0)
    #expect(end.notes.components(separatedBy: "control    off").count == 2)
  }

  @Test func wordsAreTakenWithoutADaemonUnderTheSpoolsLock() async throws {
    let site = try await site()
    try site.drop(Self.canal("[sandbox:status=402]"), as: "canal.json")
    #expect(try await site.run("run", "--once").status == 75)
    #expect(try await jobs(site, "hold", "ALL").output.hasPrefix("done"))
    #expect(try documents(try await jobs(site, "list", "--json")).map { $0["reason"] as? String } == ["operator"])
    let rehearsal = try await jobs(site, "release", "ALL", "--dry-run")
    #expect(rehearsal.output.hasPrefix("would be") && rehearsal.status == 0)
    #expect(try documents(try await jobs(site, "list", "--json")).map { $0["state"] as? String } == ["held"])
    #expect(try await jobs(site, "cancel", "ALL").status == 0)
    #expect(site.files(in: "failed") == ["canal.json", "canal.json.error.json"])
    #expect(try await jobs(site, "hold", "0123").notes.contains("no job's id begins with 0123"))
    #expect(try await jobs(site, "hold", "zz").status == 2)
    #expect(try await jobs(site, "hold").status == 2)
    #expect(try site.charges() == 0)
  }

  @Test func aRunningDaemonCallsAReleasedJobAtOnce() async throws {
    let site = try await site()
    try site.drop(Self.canal("[sandbox:drop]"), as: "canal.json")
    let running = try daemon(site)
    _ = try await running.line(beginning: "held")
    #expect(try await jobs(site, "release", "ALL", "--yes").output.hasPrefix("done"))
    _ = try await running.line(beginning: "operator   release")
    _ = try await running.line(beginning: "held")
    await stop(running)
    #expect(try site.charges() == 2)
  }

  // Scenario 19: a selection may hold calls that nobody has looked at.
  @Test func aSelectionPaysASecondTimeOnlyWhenToldTo() async throws {
    let site = try await site()
    try site.drop(Self.canal("[sandbox:drop]"), as: "canal.json")
    #expect(try await site.run("run", "--once").status == 1)
    let asked = try await jobs(site, "release", "--state", "held")
    #expect(asked.status == 1)
    #expect(asked.output.hasPrefix("unconfirmed"))
    #expect(asked.notes.contains("1 may have been charged already and were left alone; say --yes to pay again"))
    #expect(try await site.run("run", "--once").status == 1)
    #expect(try site.charges() == 1)
    #expect(try await jobs(site, "release", "--state", "held", "--yes").status == 0)
    #expect(try await site.run("run", "--once").status == 1)
    #expect(try site.charges() == 2)
  }

  // MARK: Waiting

  @Test func whoWaitsIsToldAcrossARestartOfTheDaemon() async throws {
    let site = try await site()
    let first = try daemon(site)
    try site.drop(Self.canal(), as: "first.json")
    _ = try await first.line(beginning: "published")
    try Data(Self.canal("[sandbox:hang]").utf8).write(to: URL(filePath: "\(site.folder)/canal.json"))
    // Somebody who could not look into the ledger meanwhile.
    let waiting = try Command(
      ["submit", "--wait", "--config", site.configuration, "\(site.folder)/canal.json"],
      as: getuid() == 0 ? Self.member : nil)
    _ = try await first.line(beginning: "calling")
    first.signal(SIGKILL)
    _ = try await waiting.line(beginning: "the daemon at")
    _ = await first.end()
    // It asks again at least once while nobody is there, and says nothing of it.
    try await waiting.stirs()
    let second = try daemon(site)
    let end = await waiting.end()
    #expect(end.status == 1 && end.notes.contains("held       the daemon ended during the call"), "\(end)")
    await stop(second)
  }

  // Scenario 17.
  @Test func whoWaitsIsToldThatAPictureIsMissing() async throws {
    let site = try await site()
    let running = try daemon(site)
    try site.drop(Self.canal(), as: "canal.json")
    _ = try await running.line(beginning: "published")
    let request = #"{"edit": {"prompt": "Dusk", "image": "photos/harbour.jpg"}}"#
    try Data(request.utf8).write(to: URL(filePath: "\(site.folder)/dusk.json"))
    let waiting = try Command(["submit", "--wait", "--config", site.configuration, "\(site.folder)/dusk.json"])
    let line = try await waiting.line(beginning: "waiting")
    #expect(line == "waiting    dusk.json: it waits for photos/harbour.jpg, which is not in the inbox yet")
    try site.drop(LocalCommandTests.photoBytes(), as: "photos/harbour.jpg")
    let end = await waiting.end()
    #expect(end.status == 0 && end.notes.contains("published  dusk.json: dusk/"), "\(end)")
    await stop(running)
  }

  // MARK: Was it charged?

  private func reconciliation(
    _ site: Site, environment: [String: String] = [:]
  ) async throws -> (finding: String, words: String) {
    let held = try documents(try await jobs(site, "list", "--json", "--state", "held"))
    let id = try #require(held.first?["job"] as? String)
    let show = try await Command.run(
      ["jobs", "show", id, "--json", "--config", site.configuration], environment: environment)
    let document = try #require(try documents(show).first)
    let found = try #require(document["reconciliation"] as? [String: Any])
    // It says what it found and decides nothing.
    #expect(try documents(try await jobs(site, "list", "--json", "--state", "held")).count == 1)
    return (try #require(found["finding"] as? String), try #require(found["words"] as? String))
  }

  // Scenario 19.
  @Test func aChargeForAHeldJobIsFoundWithAndWithoutADaemon() async throws {
    let site = try await site()
    try site.drop(Self.canal("[sandbox:drop]"), as: "canal.json")
    try site.drop(Self.canal(), as: "sound.json")
    let running = try daemon(site)
    _ = try await running.line(beginning: "held")
    let found = try await reconciliation(site)
    #expect(found.finding == "charge", "\(found)")
    #expect(found.words.hasPrefix("the call may have been charged: 0.01 USD for venice-sd35-image-unit at "))
    #expect(found.words.contains("No kept answer explains that charge"))
    await stop(running)
    #expect(try await reconciliation(site).finding == "charge")
    #expect(try site.charges() == 2)
  }

  // Scenario 18: killed after the intent; the request never reached the API that is asked.
  @Test func noChargeForAHeldJobIsSaid() async throws {
    let site = try await site()
    let deaf = try DeafPort()
    let first = try daemon(site, environment: ["DARKROOM_API_BASE_URL": "http://127.0.0.1:\(deaf.number)/api/v1"])
    try site.drop(Self.canal(), as: "canal.json")
    _ = try await first.line(beginning: "calling")
    first.signal(SIGKILL)
    _ = await first.end()
    let second = try daemon(site)
    _ = try await second.line(beginning: "held")
    let found = try await reconciliation(site)
    #expect(found.finding == "none", "\(found)")
    #expect(found.words.contains("it was most likely not charged"))
    await stop(second)
    #expect(try site.charges() == 0)
  }

  @Test func anAPIWithoutAHistoryIsSaid() async throws {
    let site = try await site()
    try site.drop(Self.canal("[sandbox:drop]"), as: "canal.json")
    #expect(try await site.run("run", "--once").status == 1)
    let configuration = try String(contentsOfFile: site.configuration, encoding: .utf8)
    let base = try #require(configuration.firstMatch(of: /base-url: (\S+)/)?.1)
    let found = try await reconciliation(
      site, environment: ["DARKROOM_API_BASE_URL": String(base).replacing("/api/v1", with: "/other")])
    #expect(found.finding == "unavailable")
    #expect(
      found.words == "the API offers no usage history (404); look at the vendor's usage page before you release the job"
    )
  }
}
