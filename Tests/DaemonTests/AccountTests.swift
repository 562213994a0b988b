import Foundation
import Synchronization
import Testing

@testable import Daemon

/// An account without money and a key that is refused, through the whole daemon.
@Suite(.timeLimit(.minutes(1))) struct AccountTests {
  private static func request(_ prompt: String) -> String {
    #"{"generate": {"model": "plain", "prompt": "\#(prompt)", "width": 256, "height": 256}}"#
  }

  private func settings() -> Workshop.Settings {
    var settings = Workshop.Settings()
    settings.accountCheck = .milliseconds(20)
    return settings
  }

  // Scenario 22. Three calls find it out at once; the third question for the balance finds money.
  @Test func anAccountThatIsToppedUpGoesOnByItself() async throws {
    let questions = Mutex(0)
    let stub = try StubAPI { request in
      if request.path == "/billing/balance" {
        let hasMoney = questions.withLock {
          $0 += 1
          return $0 >= 3
        }
        return .json(#"{"canConsume": \#(hasMoney), "balances": {"usd": 0}}"#)
      }
      return request.isPaid && questions.withLock({ $0 < 3 }) ? .refusal(402) : nil
    }
    let workshop = try Workshop()
    for name in ["a", "b", "c"] { try workshop.drop(Self.request(name), as: "\(name).json") }
    try await workshop.serve(settings(), port: stub.port) { daemon in
      try await daemon.wait(untilPublished: 3)
      #expect(daemon.events.count(where: \.isAccountClosed) == 1)
      #expect(daemon.events.count(where: \.isAccountOpened) == 1)
      #expect(daemon.events.count(where: \.isCalling) <= 6)
    }
    #expect(questions.withLock { $0 } == 3)
  }

  // Scenario 23: the key is refused, and a free request says that it is the key. The job that found it out goes on too.
  @Test(arguments: [401, 403]) func aKeyThatIsMendedGoesOnByItself(_ status: Int) async throws {
    let questions = Mutex(0)
    let stub = try StubAPI { request in
      if request.path == "/api_keys/rate_limits" {
        let isMended = questions.withLock {
          $0 += 1
          return $0 >= 3
        }
        return isMended ? nil : .refusal(401)
      }
      return request.isPaid && questions.withLock({ $0 < 3 }) ? .refusal(status) : nil
    }
    let workshop = try Workshop()
    for name in ["a", "b"] { try workshop.drop(Self.request(name), as: "\(name).json") }
    var settings = settings()
    settings.concurrency = 1
    try await workshop.serve(settings, port: stub.port) { daemon in
      try await daemon.wait(untilPublished: 2)
      #expect(daemon.events.count(where: \.isAccountClosed) == 1)
      #expect(daemon.events.count(where: \.isAccountOpened) == 1)
    }
    #expect(questions.withLock { $0 } == 3)
    // One refused, then the two.
    #expect(stub.calls.count == 3)
  }

  // Scenario 23: whether the key works was not to be learnt, so that the job is neither failed nor the account closed.
  @Test func aQuestionThatDoesNotGetThroughDecidesNothing() async throws {
    let isAsked = Mutex(false)
    let stub = try StubAPI { request in
      if request.path == "/api_keys/rate_limits" {
        isAsked.withLock { $0 = true }
        return .lost
      }
      return request.isPaid && isAsked.withLock({ !$0 }) ? .refusal(401) : nil
    }
    let workshop = try Workshop()
    try workshop.drop(Self.request("A canal"), as: "canal.json")
    let run = try await workshop.drain(settings(), port: stub.port)
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(run.events.count(where: \.isAccountClosed) == 0)
    #expect(stub.calls.count == 2)
  }

  // Local pictures need no account.
  @Test func aClosedAccountKeepsNoLocalPictureWaiting() async throws {
    let stub = try StubAPI { request in
      if request.path == "/billing/balance" { return .json(#"{"canConsume": false, "balances": {"usd": 0}}"#) }
      return request.isPaid ? .refusal(402) : nil
    }
    let workshop = try Workshop()
    try workshop.drop(Self.request("A canal"), as: "canal.json")
    try await workshop.serve(settings(), port: stub.port) { daemon in
      try await daemon.wait(for: \.isAccountClosed)
      try workshop.drop(Workshop.picture(width: 64, height: 64), as: "photo.png")
      try workshop.drop(#"{"source": "photo.png"}"#, as: "local.json")
      try await daemon.takeIn()
      try await daemon.wait(untilPublished: 1)
    }
    #expect(workshop.files(in: "output") == ["local/local.png", "local/manifest.json"])
    #expect(stub.calls.count == 1)
  }

  // An answer that waits for room is paid for, and is published whatever becomes of the account.
  @Test func aClosedAccountKeepsNoAnswerWaiting() async throws {
    let isEmpty = Mutex(false)
    let stub = try StubAPI { $0.isPaid && isEmpty.withLock({ $0 }) ? .refusal(402) : nil }
    let workshop = try Workshop()
    try workshop.drop(Self.request("One"), as: "one.json")
    #expect(try await workshop.drain(port: stub.port).report == DaemonService.Report(published: 1))
    try FileManager.default.removeItem(atPath: "\(workshop.folder)/output/one")
    isEmpty.withLock { $0 = true }
    try workshop.drop(Self.request("Two"), as: "two.json")
    try workshop.ledger(
      """
      DELETE FROM outputs; DELETE FROM originals; INSERT INTO places SELECT place, id FROM jobs;
      UPDATE jobs SET state = 'responded', published = NULL, reason = 'room',
        not_before = unixepoch() * 1000000 + 2000000;
      """)
    let run = try await workshop.drain(port: stub.port)
    #expect(run.report == DaemonService.Report(published: 1, waiting: 1))
    #expect(stub.calls.count == 2)
  }

  // "Model overloaded": its model's other jobs wait with it, another model's do not.
  @Test func aModelThatIsLeftAloneKeepsItsOwnJobsWaitingAndNoOthers() async throws {
    let stub = try StubAPI { $0.text.contains("busy") ? .refusal(429) : nil }
    let workshop = try Workshop()
    try workshop.drop(Self.request("busy"), as: "a.json")
    try workshop.drop(Self.request("well"), as: "b.json")
    try workshop.drop(
      #"{"generate": {"model": "tiered", "prompt": "well"}}"#, as: "c.json")
    var settings = settings()
    settings.concurrency = 1
    settings.retry = RetryPolicy(attempts: 4, firstDelay: .seconds(600), longestDelay: .seconds(600))
    let run = try await workshop.drain(settings, port: stub.port)
    #expect(run.report == DaemonService.Report(published: 1, waiting: 2))
    #expect(stub.calls.count == 2)
    #expect(workshop.files(in: "output") == ["c/c.png", "c/manifest.json"])
  }
}
